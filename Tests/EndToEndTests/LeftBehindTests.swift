import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whatever dies in whatever phase of a push: no process of it stays, and the push can be repeated.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct LeftBehindTests {
    enum Phase: String, Sendable, CaseIterable {
        case list, hook, listing, upload, dispatch, following

        /// The request of this phase that gets no answer.
        var faults: [GitHubScenario.Fault] {
            switch self {
            case .list: [.init(.stall, path: "*/info/refs", method: "GET")]
            case .listing: [.init(.stall, path: "*/runs", method: "GET")]
            case .upload: [.init(.stall, path: "*/git-receive-pack", method: "POST")]
            case .dispatch: [.init(.stall, path: "*/dispatches", method: "POST")]
            case .hook, .following: []
            }
        }

        /// Whether the ref has landed by then.
        var hasLanded: Bool { self == .dispatch || self == .following }
    }

    enum Death: String, Sendable, CaseIterable {
        case gitKilled, gitTerminated, groupInterrupted, groupHungUp, helperKilled, terminalClosed

        func strike(_ processes: Processes) async throws {
            let git = try await processes.appearance(of: "git push ").id
            switch self {
            case .gitKilled: kill(git, SIGKILL)
            case .gitTerminated: kill(git, SIGTERM)
            case .groupInterrupted: kill(-git, SIGINT)
            case .groupHungUp: kill(-git, SIGHUP)
            case .helperKilled: kill(try await processes.appearance(of: "/git-remote-hephy ").id, SIGKILL)
            case .terminalClosed: try processes.fixture.write("", to: "struck")
            }
        }

        /// Pushes, in a terminal where that is to be closed; gives the status.
        func push(_ scene: PushScene, _ environment: [String: String?]) async throws -> Int32 {
            guard self == .terminalClosed else {
                return try await scene.git("push", "hephy", "main", environment: environment).status
            }
            let script =
                "{ while ! [ -f '\(scene.fixture.path("struck"))' ]; do sleep 0.05; done; echo it is time; } &\n"
            let screen = try await Terminal.run(
                ["sh", "-c", script + "exec git push hephy main"], in: scene.work.path,
                keys: [.hangUp(after: "it is time")],
                environment: scene.environment.merging(environment) { _, own in own }, fixture: scene.fixture)
            #expect(screen.unsent == 0, "\(screen.text)")
            return screen.status
        }
    }

    /// A hook that says that it runs, and waits at a gate; on descriptors of its own, as hooks that go on working do.
    private static func hook(_ scene: PushScene) async throws {
        let gate = scene.fixture.path("gate")
        try await scene.fixture.run(["mkfifo", gate]).check()
        try scene.fixture.write(
            "#!/bin/sh\ntouch '\(gate).reached'\nread -r _ <'\(gate)'\n",
            to: scene.work.path + "/.git/hooks/pre-push", executable: true)
    }

    static func wait(for phase: Phase, in scene: PushScene) async throws {
        try await eventually("the phase \(phase)") {
            switch phase {
            case .hook: access(scene.fixture.path("gate.reached"), F_OK) == 0 ? () : nil
            case .following: try scene.requests().contains { $0.path?.hasSuffix("/jobs") == true } ? () : nil
            case .list, .listing, .upload, .dispatch:
                try scene.double.journal().contains { $0.kind == "stalled" } ? () : nil
            }
        }
    }

    @Test(arguments: Phase.allCases, Death.allCases)
    func nothingIsLeftAndThePushCanBeRepeated(_ phase: Phase, _ death: Death) async throws {
        try await PushScene.with(plans: [PushScene.endless, PushScene.endless], faults: phase.faults) { scene in
            let environment: [String: String?] = ["HEPHY_TRIGGER": phase == .dispatch ? "dispatch" : nil]
            let processes = Processes(fixture: scene.fixture)
            if phase == .hook { try await Self.hook(scene) }
            async let pushing = death.push(scene, environment)
            try await Self.wait(for: phase, in: scene)
            try await death.strike(processes)
            if phase == .hook {
                // Git's own child, which outlives a killed git without hephy too.
                let gate = scene.fixture.path("gate")
                try await scene.fixture.run([
                    "sh", "-c", "exec 3<>'\(gate)'; echo >&3; rm '\(scene.work.path)/.git/hooks/pre-push'",
                ])
                .check()
            }
            #expect(try await pushing != 0)
            try await processes.end()
            #expect(try await scene.remoteRefs().isEmpty == !phase.hasLanded)
            let again = try await scene.git(
                "push", "hephy", "main", environment: environment.merging(["HEPHY_FOLLOW": "false"]) { $1 })
            #expect(again.status == 0, "\(again)")
            #expect((again.errors == "Everything up-to-date\n") == phase.hasLanded, "\(again)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            #expect(try scene.requests().count { $0.method == "POST" } <= 1)
            try await processes.end()
        }
    }
}
