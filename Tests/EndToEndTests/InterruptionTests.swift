import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Ctrl-C, signals, and programs that go away in the middle: nothing is left behind, and nobody is told a lie.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct InterruptionTests {
    private static let lastWords =
        "hephy: detached; the run goes on: 'hephy watch' comes back to it, 'hephy cancel' stops it"

    /// A push whose receive-pack gets no answer.
    private static func stalled(isCertain: Bool) -> [GitHubScenario.Fault] {
        [.init(.stall, path: "/acme/api/git-receive-pack", method: "POST", optional: !isCertain)]
    }

    @Test func ctrlCWhileARunIsFollowedDetaches() async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            let screen = try await scene.terminal("push", "hephy", "main", keys: [.interrupt(after: "Hephy Build #")])
            #expect(screen.status == 128 + SIGINT)
            #expect(screen.unsent == 0, "\(screen.text)")
            let last = try #require(screen.lines.last { !$0.isEmpty })
            #expect(last.hasSuffix("\r\u{1b}[K" + Self.lastWords), "\(screen.text.debugDescription)")
            #expect(screen.lines.count { $0.contains("detached") } == 1)
            #expect(screen.text.hasSuffix("\r\n"))
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.work.commitID("hephy/main") == scene.work.commitID("main"))
            // Whoever comes back finds the run.
            let count = try scene.requests().count
            let watch = try await Terminal.run(
                ["hephy", "watch"], in: scene.work.path, keys: [.interrupt(after: "Hephy Build #")],
                environment: scene.environment, fixture: scene.fixture)
            #expect(watch.status == 130, "\(watch.text)")
            #expect(watch.text.contains(Self.lastWords))
            #expect(try scene.requests().count > count)
            #expect(try scene.requests().allSatisfy { $0.method == "GET" })
        }
    }

    @Test func ctrlCBeforeARunHasAppearedDetachesAsWell() async throws {
        try await PushScene.with(plans: [.init(never: true)]) { scene in
            let screen = try await scene.terminal("push", "hephy", "main", keys: [.interrupt(after: "kaniko for ")])
            #expect(screen.status == 128 + SIGINT)
            let last = try #require(screen.lines.last { !$0.isEmpty })
            #expect(last.contains("hephy: detached; "), "\(screen.text)")
            #expect(last.contains("'hephy watch "), "\(screen.text)")
            try await Processes(fixture: scene.fixture).end()
        }
    }

    @Test func ctrlCBeforeThePushHasLandedLeavesNothing() async throws {
        try await PushScene.with(faults: Self.stalled(isCertain: false)) { scene in
            let screen = try await scene.terminal(
                "push", "--progress", "hephy", "main", keys: [.interrupt(after: "Writing objects: 100%")])
            #expect(screen.status == 128 + SIGINT)
            #expect(screen.unsent == 0, "\(screen.text)")
            #expect(!screen.text.contains("detached"))
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGINT, SIGHUP])
    func aHelperThatDiesInThePushIsAFailureAndTheNextPushWorks(_ signal: Int32) async throws {
        try await PushScene.with([TestCommit(["README": "hello\n"])], faults: Self.stalled(isCertain: false)) { scene in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main")
            _ = try await processes.appearance(of: "send-pack")
            let helper = try await processes.appearance(of: "git-remote-hephy")
            kill(helper.id, signal)
            let ran = try await pushing
            #expect(ran.status != 0, "\(ran)")
            #expect(!ran.errors.contains("main -> main\n"))
            try await processes.end()
            try await scene.git("push", scene.double.hephyURL("acme/again"), "main").check()
        }
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func aHelperThatDiesWhileItFollowsIsAFailureOfAPushThatStands(_ signal: Int32) async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main")
            _ = try await eventually("jobs") { try scene.requests().first { $0.path?.hasSuffix("/jobs") == true } }
            kill(try await processes.appearance(of: "git-remote-hephy").id, signal)
            let ran = try await pushing
            #expect(ran.status != 0)
            #expect(ran.errors.contains(" * [new branch]      main -> main"))
            try await processes.end()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            let again = try await scene.git("push", "hephy", "main").check()
            #expect(again.errors == "Everything up-to-date\n")
        }
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGHUP])
    func aHelperWhoseGitHasGoneEndsSoon(_ signal: Int32) async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main")
            _ = try await eventually("jobs") { try scene.requests().first { $0.path?.hasSuffix("/jobs") == true } }
            kill(try await processes.appearance(of: "git push ").id, signal)
            let ran = try await pushing
            #expect(ran.status == 128 + signal)
            try await processes.end()
            #expect(try scene.requests().allSatisfy { $0.method == "GET" })
        }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func aGitThatDiesInThePushTakesAllItsHelpersAlong(_ signal: Int32) async throws {
        try await PushScene.with(faults: Self.stalled(isCertain: false)) { scene in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main")
            _ = try await processes.appearance(of: "send-pack")
            kill(try await processes.appearance(of: "git push ").id, signal)
            _ = try await pushing
            try await processes.end()
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test func aPipeThatNobodyReadsEndsGitAndThenTheHelperAndNotTheRun() async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            try await scene.fixture.run(
                "sh", "-c", "git push hephy main 2>&1 | true", in: scene.work.path, environment: scene.environment
            ).check()
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
        }
    }

    @Test func aTerminalThatIsClosedEndsTheHelperAndNotTheRun() async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            let screen = try await scene.terminal("push", "hephy", "main", keys: [.hangUp(after: "Hephy Build #")])
            #expect(screen.unsent == 0, "\(screen.text)")
            try await Processes(fixture: scene.fixture).end()
            #expect(try scene.requests().allSatisfy { $0.method == "GET" })
        }
    }

    @Test(arguments: [
        (GitHubScenario.Fault(.stall, path: "*/info/refs", method: "GET"), "Send header: GET /acme/api/info/refs"),
        (stalled(isCertain: false)[0], "Writing objects: 100%"),
    ])
    func aTerminalThatIsClosedBeforeThePushHasLandedLeavesNothing(
        _ fault: GitHubScenario.Fault, _ text: String
    ) async throws {
        try await PushScene.with(faults: [fault]) { scene in
            let screen = try await scene.terminal(
                "push", "--progress", "hephy", "main", keys: [.hangUp(after: text)],
                environment: ["GIT_TRACE_CURL": "1"])
            #expect(screen.unsent == 0, "\(screen.text)")
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test(arguments: [502, 403, 500]) func aServerThatBreaksOffInThePushIsAFailure(_ status: Int) async throws {
        let faults = [GitHubScenario.Fault(.status, path: "*/git-receive-pack", method: "POST", status: status)]
        try await PushScene.with(faults: faults) { scene in
            let ran = try await scene.git("push", "hephy", "main")
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.errors.contains("RPC failed; HTTP \(status)"), "\(ran)")
            #expect(ran.said.isEmpty)
            // Nothing is looked for once the push has failed.
            #expect(try scene.requests().allSatisfy { $0.path?.contains("/jobs") == false && $0.method == "GET" })
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }
}
