import HephyTestSupport
import Testing

/// The commands that tell of runs tell the same of a red one, whichever forge it is on.
@Suite(.timeLimit(.minutes(1)))
struct EveryForgeCommandsTests {
    typealias Call = (_ arguments: [String]) async throws -> GitFixture.Ran

    /// Expects `status`, `runs`, `logs` and `open` to know the one run, which has failed in the job `build`.
    private static func expect(sha: String, in fixture: GitFixture, _ hephy: Call) async throws {
        let status = try await hephy(["status"])
        #expect(status.status == 0 && status.output.hasPrefix("main is at \(sha.prefix(7))"), "\(status)")
        #expect(status.output.contains("  failed  "), "\(status)")
        let runs = try await hephy(["runs", "--json"])
        #expect(runs.status == 0 && runs.errors == "", "\(runs)")
        #expect(runs.output.contains(#""conclusion" : "failure""#) && runs.output.contains(sha), "\(runs)")
        try await OutputSchema.expect([runs.output], fixture)
        let logs = try await hephy(["logs", "--failed"])
        #expect(logs.status == 0 && logs.output.contains("main.c:3: expected ';'"), "\(logs)")
        let page = try await hephy(["open", "--print"])
        #expect(page.status == 0 && page.output.hasPrefix("http") && page.output.hasSuffix("\n"), "\(page)")
        let none = try await hephy(["logs", "--job", "no-such-job"])
        #expect(none.status == 6 && none.output == "", "\(none)")
    }

    @Test func onGitLab() async throws {
        let red = GitLabScenario.Plan(jobs: [
            .init("plan", stage: "plan"),
            .init("build", stage: "build", status: "failed", log: .init(lines: ["main.c:3: expected ';'"])),
        ])
        try await PipelineScene.play(plans: [red]) { scene in
            #expect(try await scene.push(options: ["logs=none"]).status == 1)
            let sha = try await scene.work.commitID()
            try await Self.expect(sha: sha, in: scene.fixture) { try await scene.hephy($0) }
        }
    }

    @Test(arguments: [GiteaScenario.Server.gitea, .forgejo])
    func onGiteaAndForgejo(_ server: GiteaScenario.Server) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.red]) { scene in
            #expect(try await scene.push(options: ["logs=none"]).status == 1)
            let sha = try await scene.work.commitID()
            try await Self.expect(sha: sha, in: scene.fixture) { try await scene.hephy($0) }
        }
    }
}
