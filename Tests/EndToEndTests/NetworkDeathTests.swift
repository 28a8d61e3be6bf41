import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The network dies in a push: where git ends hephy ends with its words, and where both wait nothing outlives git.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct NetworkDeathTests {
    @Test(arguments: [("GET", "info/refs"), ("POST", "git-receive-pack")])
    func aConnectionThatIsResetEndsAsOverPlainHTTP(_ method: String, _ request: String) async throws {
        let faults = ["plain", "hephy"].map {
            GitHubScenario.Fault(.reset, path: "/\($0)/api/\(request)", method: method, count: 9)
        }
        try await RelaySides.with(faults: faults) { sides in
            let processes = Processes(fixture: sides.relayed.work.fixture)
            #expect(try await sides.run(["push", "forge", "main", "topic"]).status != 0)
            try await processes.end()
            try await sides.expectSameRefs()
        }
    }

    /// A server that is there no more, and one that says nothing more; the one is asked again and again.
    @Test(arguments: [GitHubScenario.Fault.Kind.gone, .stall])
    func aGitThatIsKilledWhileNobodyAnswersLeavesNothing(_ kind: GitHubScenario.Fault.Kind) async throws {
        try await PushScene.with(plans: [PushScene.endless], faults: [.init(kind, path: "*/jobs")]) { scene in
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main")
            try await eventually("the fault") {
                try scene.double.journal().contains { $0.fault != nil || $0.kind == "stalled" } ? () : nil
            }
            kill(try await processes.appearance(of: "git push ").id, SIGKILL)
            #expect(try await pushing.status == 128 + SIGKILL)
            try await processes.end()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
        }
    }
}
