import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whatever dies while the forge of a push over ssh is asked, by https: no process of either way stays, nobody
/// is told a lie, and the push can be repeated.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct SSHInterruptionTests {
    /// Runs `body` with a remote that leads to github.com by ssh; runs there start when asked for, and never end.
    private func play(
        _ faults: [GitHubScenario.Fault] = [], _ body: (PushScene, SSHServer) async throws -> Void
    ) async throws {
        let files = RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 }
        try await PushScene.with(
            [TestCommit(files)], plans: [PushScene.endless, PushScene.endless], faults: faults, tls: true
        ) { scene in
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: ["acme/api": scene.bare.path]))
            try await scene.work.git("remote", "set-url", "hephy", "hephy::git@github.com:acme/api").check()
            try await body(scene, server)
        }
    }

    @Test(arguments: [LeftBehindTests.Phase.listing, .dispatch, .following], LeftBehindTests.Death.allCases)
    func nothingIsLeftAndThePushCanBeRepeated(
        _ phase: LeftBehindTests.Phase, _ death: LeftBehindTests.Death
    ) async throws {
        try await play(phase.faults) { scene, server in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = death.push(scene, server.environment)
            try await LeftBehindTests.wait(for: phase, in: scene)
            try await death.strike(processes)
            #expect(try await pushing != 0)
            try await processes.end()
            try await processes.end(naming: scene.bare.path)
            #expect(try await scene.remoteRefs().isEmpty == !phase.hasLanded)
            let again = try await scene.git(
                "push", "hephy", "main", environment: server.environment.merging(["HEPHY_FOLLOW": "false"]) { $1 })
            #expect(again.status == 0, "\(again)")
            #expect((again.errors == "Everything up-to-date\n") == phase.hasLanded, "\(again)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            #expect(try scene.requests().count { $0.method == "POST" } <= 1)
            try await processes.end()
        }
    }

    @Test(arguments: [true, false]) func aTerminalThatInterruptsOrClosesDetaches(_ interrupts: Bool) async throws {
        try await play { scene, server in
            let word = "Hephy Build #"
            let screen = try await scene.terminal(
                "push", "hephy", "main", keys: [interrupts ? .interrupt(after: word) : .hangUp(after: word)],
                environment: server.environment)
            if interrupts { #expect(screen.status == 128 + SIGINT, "\(screen.text)") }
            #expect(screen.unsent == 0, "\(screen.text)")
            #expect(screen.text.contains("hephy: detached; the run goes on") == interrupts, "\(screen.text)")
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            #expect(try scene.requests().count { $0.method == "POST" } == 1)
            #expect(try server.connections() == 1)
        }
    }
}
