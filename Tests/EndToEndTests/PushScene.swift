import HephyTestSupport
import Testing

/// A work tree whose remote `hephy` leads to a bare repository behind the GitHub double.
struct PushScene {
    let work: TestRepository
    let bare: TestRepository
    let double: GitHubDouble
    /// With a credential helper that knows a token which may do everything.
    let environment: [String: String?]

    /// A workflow of hephy's that runs on each push to `main` and can be dispatched.
    static let workflow = """
        # hephy:workflow 1
        name: Hephy Build
        run-name: hephy ${{ inputs.hephy_id || github.sha }}
        on:
          push:
            branches: [main]
          workflow_dispatch:
            inputs:
              backend: { type: string }
              sha: { type: string }
              hephy_id: { type: string }
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - run: echo plan
          build:
            needs: plan
            runs-on: ubuntu-latest
            steps:
              - name: Build it
                run: make

        """

    static let workflowPath = ".github/workflows/hephy.yml"
    static let configPath = ".hephy/build-config.yaml"

    /// One commit with a Dockerfile and the workflow of hephy's.
    static let buildable = TestCommit([
        "Dockerfile": "FROM scratch\nCOPY app /app\n", "app": "program\n", workflowPath: .text(workflow),
    ])

    /// A run whose build goes on for as long as anybody looks.
    static let endless = GitHubScenario.Plan(
        jobs: [.init("plan", steps: ["echo plan"]), .init("build", steps: ["Build it"], needs: ["plan"])],
        timeline: [
            .init("in_progress", jobs: ["plan": "success", "build": "in_progress:1"], times: 1_000_000)
        ])

    /// A run whose build fails.
    static let red = GitHubScenario.Plan(
        jobs: [
            .init("plan"), .init("build", conclusion: "failure", failStep: 1),
        ], conclusion: "failure")

    /// Runs `body` with `commits` in the work tree, none of them pushed yet.
    ///
    /// - Parameters:
    ///   - plans: what the runs of the workflow do; green by default.
    ///   - defaultBranch: commits that the bare repository has already.
    static func with(
        _ commits: [TestCommit] = [buildable], plans: [GitHubScenario.Plan] = [], git: GitHubScenario.Git? = nil,
        faults: [GitHubScenario.Fault] = [], expecting refusals: [GitHubScenario.Refusal] = [], tls: Bool = false,
        _ body: (PushScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", commits)
            let bare = try await fixture.bareRepository("api.git")
            var scenario = GitHubScenario(
                repositories: ["acme/api": .init(bare)], workflows: plans.isEmpty ? [:] : ["hephy.yml": plans],
                faults: faults, expectedRefusals: refusals)
            scenario.git = git
            try await GitHubDouble.with(scenario, in: fixture, tls: tls) { double in
                try await work.git("remote", "add", "hephy", double.hephyURL("acme/api")).check()
                try await body(
                    PushScene(
                        work: work, bare: bare, double: double,
                        environment: double.environment(token: "gho_owner", proxied: tls)))
            }
        }
    }

    var fixture: GitFixture { work.fixture }

    /// Runs `git` in the work tree.
    func git(_ arguments: String..., environment extra: [String: String?] = [:]) async throws -> GitFixture.Ran {
        let environment = environment.merging(extra) { _, own in own }
        return try await fixture.run(["git"] + arguments, in: work.path, environment: environment)
    }

    /// Runs `git` in the work tree with a terminal of its own.
    func terminal(
        _ arguments: String..., keys: [Terminal.Key] = [], environment extra: [String: String?] = [:]
    ) async throws -> Terminal.Screen {
        let environment = environment.merging(extra) { _, own in own }
        return try await Terminal.run(
            ["git"] + arguments, in: work.path, keys: keys, environment: environment, fixture: fixture)
    }

    /// The refs of the bare repository, by full name.
    func remoteRefs() async throws -> [String] {
        try await bare.git("for-each-ref", "--format=%(refname)").check().output.split(separator: "\n").map(String.init)
    }

    /// The requests to the API, in order.
    func requests() throws -> [JournalEntry] { try double.journal().filter { $0.kind == "api" } }
}

extension GitFixture.Ran {
    /// The lines that hephy said, without `hephy: `.
    var said: [String] {
        errors.split(separator: "\n").filter { $0.hasPrefix("hephy: ") }.map { String($0.dropFirst(7)) }
    }
}
