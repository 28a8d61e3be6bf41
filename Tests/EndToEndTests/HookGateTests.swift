import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A repository that takes what is green.
@Suite(.timeLimit(.minutes(2)))
struct HookGateTests {
    private static let red: [String: String] = [
        "build-local.sh": "echo \"for $HEPHY_DEFAULT_BRANCH\"; test \"$(cat hello)\" != broken"
    ]

    @Test func aRedPushIsRefusedAndAGreenOneTaken() async throws {
        try await HookScene.with(.steps(Self.red), installing: ["--gate"]) { scene in
            let good = try await scene.push()
            #expect(good.status == 0, "\(good)")
            let tip = try await scene.work.commitID()
            #expect(try await scene.landed() == tip)
            #expect(good.remote.contains("       for main"), "\(good)")
            #expect(good.remote.last?.hasPrefix("-----> Done in ") == true, "\(good)")

            _ = try await scene.local.commit("broken")
            let bad = try await scene.push()
            #expect(bad.status == 1, "\(bad)")
            #expect(bad.errors.contains(" ! [remote rejected] main -> main (pre-receive hook declined)"), "\(bad)")
            #expect(bad.remote.contains { $0.hasPrefix("-----> Failed after ") }, "\(bad)")
            #expect(
                bad.remote.last == "hephy: nothing of the push is taken: this repository takes what is green", "\(bad)")
            #expect(try await scene.landed() == tip)
            // Nothing of what was kept for the builds stays.
            _ = try await eventually("the end of what was kept") {
                let left = try? FileManager.default.contentsOfDirectory(atPath: scene.bare.path + "/hephy/gate")
                return (left ?? []).isEmpty ? true : nil
            }
            #expect(try await scene.bare.git("fsck", "--strict").check().output == "")
        }
    }

    @Test func theBuildSeesObjectsThatTheRepositoryHasNotTaken() async throws {
        let script = "git log --format=%H -1; git cat-file -t HEAD; git show HEAD~1:hello; cat hello"
        try await HookScene.with(.steps(["build-local.sh": script]), installing: ["--gate"]) { scene in
            let tip = try await scene.local.commit("second")
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            for line in [tip, "commit", "hello, world", "second"] {
                #expect(pushed.remote.contains("       \(line)"), "\(line) in \(pushed)")
            }
        }
    }

    @Test func theFirstPushOfARepositoryWithSHA256IsBuiltToo() async throws {
        try await HookScene.with(installing: nil) { scene in
            let bare = try await scene.fixture.bareRepository("wide.git", objectFormat: "sha256")
            let work = try await scene.fixture.repository("wide", [LocalScene.buildable], objectFormat: "sha256")
            try await scene.hook(["install", "--gate"], in: bare.path).check()
            let pushed = try await scene.fixture.run(
                "git", "push", bare.path, "main", in: work.path, environment: scene.local.environment)
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
            #expect(try await bare.commitID("main") == work.commitID())
        }
    }

    @Test func nobodyGetsRoundIt() async throws {
        try await HookScene.with(.steps(Self.red), installing: ["--gate"]) { scene in
            _ = try await scene.local.commit("broken")
            let none = try await scene.push(
                "-o", "hephy.trigger=none", "origin", "main", environment: ["HEPHY_GATE_PASS": "../../x"])
            #expect(none.status == 1, "\(none)")
            #expect(none.remote.first?.contains("so 'hephy.trigger=none' is no choice") == true, "\(none)")
            let unfollowed = try await scene.push("-o", "hephy.follow=false", "origin", "main")
            #expect(unfollowed.status == 1, "\(unfollowed)")
            for name in ["a", "b", "c", "d"] { try await scene.work.git("branch", name).check() }
            let many = try await scene.push("origin", "a", "b", "c", "d")
            #expect(many.status == 1)
            #expect(many.remote.first?.hasPrefix("hephy: 4 branches and tags at once; ") == true, "\(many)")
            let blob = try await scene.work.git("rev-parse", "HEAD:hello").check().line
            let object = try await scene.push("origin", "\(blob):refs/tags/blob")
            #expect(object.status == 1, "\(object)")
            #expect(try await scene.bare.git("for-each-ref").output == "")
        }
    }

    @Test func pushesAtTheSameTimeAreAllBuiltAndTaken() async throws {
        try await HookScene.with(installing: ["--gate"]) { scene in
            let names = ["one", "two", "three"]
            for name in names { try await scene.work.git("branch", name).check() }
            let pushes = try await withThrowingTaskGroup(of: GitFixture.Ran.self) { group in
                for name in names { group.addTask { try await scene.push("origin", name) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for pushed in pushes {
                #expect(pushed.status == 0, "\(pushed)")
                #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
            }
            let tip = try await scene.work.commitID()
            for name in names { #expect(try await scene.bare.commitID(name) == tip) }
        }
    }

    @Test func whatHasNothingToBuildPasses() async throws {
        try await HookScene.with(installing: ["--gate"]) { scene in
            try await scene.push("origin", "main", "main:other").check()
            let runs = try scene.local.runs().count
            let deleted = try await scene.push("origin", ":other", "main:refs/notes/it")
            #expect(deleted.status == 0, "\(deleted)")
            #expect(try await scene.landed("refs/heads/other") == nil)
            #expect(try scene.local.runs().count == runs)
        }
    }

    @Test func aHookThatWasThereDecidesFirst() async throws {
        try await HookScene.with(installing: nil) { scene in
            try scene.fixture.write(
                "#!/bin/sh\nread a b c\necho \"no $c\"\nexit 3\n", to: "app.git/hooks/pre-receive", executable: true)
            try await scene.hook(["install", "--gate"]).check()
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.remote == ["no refs/heads/main"], "\(pushed)")
            #expect(try scene.local.runs().isEmpty)
        }
    }

    @Test func aHephyThatIsGoneLetsNothingIn() async throws {
        try await HookScene.with(installing: ["--gate"]) { scene in
            let text = try scene.fixture.read("app.git/hooks/pre-receive")
            try scene.fixture.write(
                text.replacing("\(GitFixture.builtPrograms)/hephy", with: "/gone/hephy"),
                to: "app.git/hooks/pre-receive", executable: true)
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.remote.count == 1 && pushed.remote[0].hasPrefix("hephy: '/gone/hephy' is gone, so nothing"))
        }
    }

    /// A push whose git notes its number, to be killed or stopped by.
    private func pushNotingItself(_ scene: HookScene, to remote: String = "origin") async throws -> GitFixture.Ran {
        try await scene.fixture.run(
            ["sh", "-c", "echo $$ >../pusher; exec git push \"$1\" main", "sh", remote], in: scene.work.path,
            environment: scene.local.environment, timeout: .seconds(110))
    }

    private func pusher(_ scene: HookScene) async throws -> Int32 {
        try await eventually("the pusher's number") {
            (try? scene.fixture.read("pusher")).flatMap { Int32($0.filter(\.isNumber)) }
        }
    }

    /// Who goes before the verdict.
    enum Gone: CaseIterable, Sendable {
        case pusher
        /// The receiving git too, as where its server ends it; then it drops what it has received.
        case both
    }

    @Test(arguments: [true, false], Gone.allCases)
    func aPusherWhoGoesChangesNothing(isGreen: Bool, gone: Gone) async throws {
        let script = "\(LocalScene.waiting(for: "go")); \(isGreen)"
        try await HookScene.with(.steps(["build-local.sh": script]), installing: ["--gate"]) { scene in
            let processes = Processes(fixture: scene.fixture)
            let tip = try await scene.work.commitID()
            async let pushing = pushNotingItself(scene)
            let pusher = try await pusher(scene)
            _ = try await eventually("the run") { try scene.local.runs().first }
            kill(pusher, SIGKILL)
            #expect(try await pushing.status == 128 + SIGKILL)
            if gone == .both {
                let receivers = processes.running().filter { $0.command.contains("receive-pack") }
                #expect(!receivers.isEmpty)
                for receiver in receivers { kill(receiver.id, SIGTERM) }
                _ = try await eventually("the end of \(receivers)") {
                    receivers.contains { kill($0.id, 0) == 0 } ? nil : true
                }
                // Git drops what it has received, sooner or later.
                let objects = scene.bare.path + "/objects"
                for name in try FileManager.default.contentsOfDirectory(atPath: objects) where name.contains("incoming")
                {
                    try FileManager.default.removeItem(atPath: "\(objects)/\(name)")
                }
            }
            #expect(try await scene.landed() == nil)
            try scene.local.allow("go")
            try await processes.end()
            #expect(try await scene.landed() == (isGreen ? tip : nil))
            #expect(try await scene.bare.git("fsck").check().output == "")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scene.bare.path + "/hephy/gate").isEmpty)
        }
    }

    @Test func aPusherWhoReadsNothingHoldsNobodyUp() async throws {
        let script = "\(LocalScene.waiting(for: "go")); yes 'a line of the build' | head -n 100000"
        try await HookScene.with(.steps(["build-local.sh": script]), installing: ["--gate"]) { scene in
            async let pushing = pushNotingItself(scene)
            let pusher = try await pusher(scene)
            _ = try await Processes(fixture: scene.fixture).appearance(of: "execute-run")
            kill(pusher, SIGSTOP)
            try scene.local.allow("go")
            // The hook decides, and ends.
            _ = try await eventually("the end of the hook") {
                Processes(fixture: scene.fixture).running().contains { $0.command.contains("hook run") } ? nil : true
            }
            kill(pusher, SIGCONT)
            let pushed = try await pushing
            #expect(pushed.status == 0, "\(pushed.remote.suffix(5))")
            #expect(try await scene.landed() == scene.work.commitID())
        }
    }
}
