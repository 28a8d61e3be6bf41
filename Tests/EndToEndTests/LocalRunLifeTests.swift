import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How runs on this machine live on, end, and are remembered.
@Suite(.timeLimit(.minutes(2)), .enabled(if: Processes.areKnown))
struct LocalRunLifeTests {
    /// A build that waits for the file `go` behind its first line.
    private static let waiting = [
        "build-local.sh": "echo first line of $HEPHY_SHA\n\(LocalScene.waiting(for: "go"))\necho last line"
    ]

    private static func process(_ scene: LocalScene) async throws -> Processes.Entry {
        try await Processes(fixture: scene.fixture).appearance(of: "execute-run")
    }

    @Test func ctrlCLeavesTheRunToGoOnAndWatchShowsAllOfIt() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            let screen = try await scene.pushOnTerminal(keys: [.interrupt(after: "first line of")])
            #expect(screen.status == 128 + SIGINT)
            #expect(screen.text.contains("hephy: detached; the run goes on: 'hephy watch' comes back to it"))
            let run = try #require(try scene.runs().first)
            #expect(try scene.record(of: run).stage == "running")
            async let watching = scene.hephy("watch")
            try scene.allow("go")
            let watched = try await watching
            #expect(watched.status == 0, "\(watched)")
            let first = try #require(watched.errors.firstRange(of: "first line of"))
            let last = try #require(watched.errors.firstRange(of: "last line"))
            #expect(first.lowerBound < last.lowerBound)
            #expect(watched.errors.contains("-----> Done in "))
        }
    }

    @Test func aLogIsShownWhileItIsWritten() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            // The key is pressed only once the line is on the screen, and the build goes on for ever.
            let screen = try await scene.pushOnTerminal(keys: [.interrupt(after: "first line of")])
            #expect(screen.unsent == 0, "\(screen.text)")
        }
    }

    @Test func cancelEndsTheRunAndItsPrograms() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            async let pushing = scene.push()
            _ = try await Self.process(scene)
            _ = try await Processes(fixture: scene.fixture).appearance(of: "build-local.sh")
            let cancel = try await scene.hephy("cancel")
            #expect(cancel.status == 0, "\(cancel)")
            let pushed = try await pushing
            #expect(pushed.errors.contains("-----> Cancelled after "), "\(pushed)")
            #expect(pushed.status == 1)
            #expect(try await scene.hephy("watch").status == 7)
            try await Processes(fixture: scene.fixture).end()
        }
    }

    @Test func aRunThatIsCancelledIsNotTakenForOneThatANewerReplaced() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            try await scene.push("-o", "hephy.follow=false", "hephy", "main").check()
            _ = try await scene.commit("next")
            try await scene.push("-o", "hephy.follow=false", "hephy", "main").check()
            // The second waits for the first.
            for run in try scene.runs().reversed() {
                let id = String(try #require(run.split(separator: "/").last))
                #expect(try await scene.hephy("cancel", id).status == 0)
                let watched = try await scene.hephy("watch", id)
                #expect(watched.status == 7)
                #expect(watched.errors.contains("-----> Cancelled after "), "\(watched)")
            }
            let unknown = try await scene.hephy("watch", "1")
            #expect(unknown.status == 6, "\(unknown)")
            #expect(unknown.errors.hasPrefix("hephy: this machine has no run 1 of the repository"), "\(unknown)")
        }
    }

    @Test func stepsAreNeverThoseOfTheCommit() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            let taken = TestCommit(["share/steps/plan.sh": "echo stolen\nexit 1\n", "Dockerfile": "FROM scratch\n"])
            _ = try await scene.work.commit([taken])
            let ran = try await scene.fixture.run(
                ["git", "--git-dir=work/.git", "push", "hephy", "main"], in: scene.fixture.path(""),
                environment: scene.environment.merging(["HEPHY_SHARE": "share"]) { $1 })
            #expect(ran.status == 0, "\(ran)")
            #expect(!ran.errors.contains("stolen"), "\(ran)")
        }
    }

    @Test func aRunWhoseProgramIsKilledIsLost() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            async let pushing = scene.push()
            _ = try await Processes(fixture: scene.fixture).appearance(of: "build-local.sh")
            kill(try await Self.process(scene).id, SIGKILL)
            let pushed = try await pushing
            #expect(pushed.status == 1, "\(pushed)")
            #expect(pushed.errors.contains("lost: the program that executed it is gone"), "\(pushed)")
            let run = try #require(try scene.runs().first)
            #expect(try scene.record(of: run).ending == "lost")
            // What its step had started has not outlived it.
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.hephy("watch").status == 1)
            // The next run does not wait for it.
            _ = try await scene.commit("next")
            try scene.allow("go")
            #expect(try await scene.push().status == 0)
        }
    }

    @Test func aRunThatIsToldToEndSaysSo() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            async let pushing = scene.push()
            _ = try await Processes(fixture: scene.fixture).appearance(of: "build-local.sh")
            kill(try await Self.process(scene).id, SIGTERM)
            #expect(try await pushing.status == 1)
            #expect(try await scene.hephy("watch").status == 7)
            try await Processes(fixture: scene.fixture).end()
        }
    }

    @Test func runsOfOneRepositoryExecuteOneAfterTheOther() async throws {
        let script = """
            echo "begin $HEPHY_SHA" >>"$HOME/../order"
            \(LocalScene.waiting(for: "go"))
            echo "end $HEPHY_SHA" >>"$HOME/../order"
            """
        try await LocalScene.with(.steps(["build-local.sh": script])) { scene in
            let one = try await scene.work.commitID()
            try await scene.push("-o", "hephy.follow=false", "hephy", "main").check()
            let two = try await scene.commit("two")
            let screen = try await scene.pushOnTerminal(keys: [.interrupt(after: "waiting for #1")])
            #expect(screen.unsent == 0, "\(screen.text)")
            try scene.allow("go")
            #expect(try await scene.hephy("watch").status == 0)
            #expect(try scene.fixture.read("order") == "begin \(one)\nend \(one)\nbegin \(two)\nend \(two)\n")
            #expect(try scene.runs().map { try scene.record(of: $0).number } == [1, 2])
        }
    }

    @Test func anotherPushOfTheSameCommitTakesThePlaceOfTheFirst() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            try await scene.push("-o", "hephy.trigger=none", "hephy", "main").check()
            try await scene.push("-o", "hephy.follow=false", "hephy", "main:side").check()
            try await scene.push("hephy", ":side").check()
            try scene.allow("go")
            let second = try await scene.push("hephy", "main:side")
            #expect(second.status == 0, "\(second)")
            let runs = try scene.runs()
            #expect(try scene.record(of: runs[1]).ending == "success")
            // The first had ended by then, or was asked to.
            #expect(try ["cancelled", "success"].contains(scene.record(of: runs[0]).ending))
        }
    }

    @Test func aRunThatTakesTooLongIsEnded() async throws {
        try await LocalScene.with(.steps(Self.waiting)) { scene in
            try await scene.work.git("config", "hephy.local.timeLimit", "1").check()
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.errors.contains("it took longer than 1 s"), "\(pushed)")
            #expect(pushed.errors.contains("-----> Timed out after "), "\(pushed)")
            try await Processes(fixture: scene.fixture).end()
        }
    }

    @Test func oldRunsAreForgotten() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            try await scene.work.git("config", "hephy.local.keepRuns", "2").check()
            for number in 1...4 {
                _ = try await scene.commit("commit \(number)")
                try await scene.push().check()
            }
            // Before each run the others are counted.
            #expect(try scene.runs().map { try scene.record(of: $0).number } == [2, 3, 4])
        }
    }

    @Test(arguments: [true, false])
    func aFullDiskIsSaid(_ isFullAtOnce: Bool) async throws {
        let script = "echo some output; yes 'a line of the log' | head -c 4000000"
        try await LocalScene.with(.steps(["build-local.sh": script])) { scene in
            let disk = try await scene.smallDisk(kilobytes: 600)
            if isFullAtOnce {
                _ = try await scene.fixture.run("dd", "if=/dev/zero", "of=\(disk)/filler", "bs=1k")
            }
            try await scene.fixture.run("git", "init", "--bare", "--quiet", scene.fixture.path("app.git")).check()
            try await scene.work.git("remote", "set-url", "hephy", "hephy::\(scene.fixture.path("app.git"))").check()
            let pushed = try await scene.push(environment: ["XDG_DATA_HOME": disk])
            #expect(pushed.status != 0)
            #expect(pushed.errors.contains(" main -> main\n"), "\(pushed)")
            #expect(pushed.errors.contains("No space left on device"), "\(pushed)")
            if isFullAtOnce {
                #expect(pushed.errors.contains("the push stands, but its run could not be started"), "\(pushed)")
            } else {
                #expect(pushed.errors.contains("some output"))
                #expect(!pushed.errors.contains("lost"), "\(pushed)")
            }
        }
    }
}
