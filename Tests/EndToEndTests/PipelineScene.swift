import HephyTestSupport
import Testing

/// One project of a GitLab, and the built helper between it and the repository that is pushed.
struct PipelineScene {
    let fixture: GitFixture
    let work: TestRepository
    let bare: TestRepository
    let double: GitLabDouble
    /// The commit that is pushed.
    let tip: String
    private let programs: String

    static let project = "acme/team/api"

    /// A Go program, which ko builds, with a pipeline of ours.
    static let app = RunFiles.go.merging([".gitlab-ci.yml": .text(ours())]) { $1 }

    /// A `.gitlab-ci.yml` of ours.
    static func ours(
        inputs: [String] = ["backend", "platforms", "deploy", "sha", "hephy_id"],
        marker: String = "# hephy:workflow 1\n"
    ) -> String {
        var text = marker
        if !inputs.isEmpty {
            text += "spec:\n  inputs:\n"
            for input in inputs { text += "    \(input):\n      default: \"\"\n" }
            text += "---\n"
        }
        return text + """
            workflow:
              name: Hephy Build
            stages: [plan, build, index, deploy]
            plan:
              stage: plan
              script: [echo plan]
            build (linux/amd64):
              stage: build
              script: [make]
            deploy:
              stage: deploy
              script: [make deploy]

            """
    }

    /// Sets a scene up and plays it: the commit that is pushed holds `files`, its pipelines do what `plans` say, and
    /// `change` says what else is to be said about the double.
    ///
    /// - Throws: whatever `body` throws, or what hindered the scene from being set up.
    static func play(
        _ files: [String: TreeEntry] = app, plans: [GitLabScenario.Plan] = [], message: String = "a commit",
        before: [String: TreeEntry]? = nil, time: RunScene.Time = .virtual, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, change: (inout GitLabScenario) -> Void = { _ in },
        _ body: (PipelineScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let first = before.map { [TestCommit($0, message: "before")] } ?? []
            let work = try await fixture.repository("work", first)
            let bare = try await fixture.bareRepository("api.git")
            if before != nil { try await work.git("push", "--quiet", bare.path, "main").check() }
            let tip = try await work.commit([TestCommit(files, message: message)])[0]
            var scenario = GitLabScenario(projects: [project: .init(bare)], pipelines: plans)
            change(&scenario)
            let programs = try RunScene.programs(in: fixture, time)
            try await GitLabDouble.with(
                scenario, in: fixture, tls: tls, sourceLocation: sourceLocation
            ) { double in
                try await work.git("remote", "add", "hephy", double.hephyURL(project)).check()
                try await body(
                    PipelineScene(
                        fixture: fixture, work: work, bare: bare, double: double, tip: tip, programs: programs))
            }
        }
    }

    /// What git and hephy see: the programs on PATH and a credential helper that knows `token`.
    func environment(
        _ token: String?, _ extra: [String: String?] = [:], isKnown: Bool = true, proxied: Bool = false
    ) throws -> [String: String?] {
        var environment = try double.environment(token: token, isKnown: isKnown, proxied: proxied)
        environment["PATH"] = programs + ":" + (fixture.environment["PATH"] ?? "")
        for (name, value) in extra { environment[name] = value }
        return environment
    }

    /// `git push` with hephy's options, other arguments as they are given, to `hephy main`.
    func push(
        options: [String] = [], _ arguments: [String] = ["hephy", "main"], token: String? = "glpat-owner",
        environment extra: [String: String?] = [:], isKnown: Bool = true, proxied: Bool = false
    ) async throws -> RunScene.Pushed {
        let command = ["git", "push"] + options.flatMap { ["-o", "hephy.\($0)"] } + arguments
        let environment = try environment(token, extra, isKnown: isKnown, proxied: proxied)
        let git = try await fixture.run(command, in: work.path, environment: environment)
        let status = Int32(try fixture.read("helper-status").filter(\.isNumber)) ?? -1
        return RunScene.Pushed(git: git, status: status)
    }

    /// `hephy` in the work tree.
    func hephy(_ arguments: String..., token: String? = "glpat-owner") async throws -> GitFixture.Ran {
        try await hephy(arguments, token: token)
    }

    /// `hephy` in the work tree.
    func hephy(_ arguments: [String], token: String? = "glpat-owner") async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy"] + arguments, in: work.path, environment: environment(token))
    }

    /// `hephy watch` for which waits end at once.
    func watchAtOnce(_ arguments: String..., token: String? = "glpat-owner") async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy-virtual-helper", "watch"] + arguments, in: work.path,
            environment: environment(token))
    }

    /// What hephy calls the forge.
    var host: String { String(double.origin.dropFirst("http://".count)) }

    // MARK: - What the forge saw

    func requests(_ method: String = "GET", _ suffix: String = "") throws -> [JournalEntry] {
        try double.journal().filter {
            $0.kind == "api" && $0.method == method && ($0.path ?? "").hasSuffix(suffix)
        }
    }

    /// The push options that arrived with the pack.
    var pushOptions: [String] {
        get throws { try double.journal().flatMap { $0.pushOptions ?? [] } }
    }

    /// The pipelines that began, oldest first.
    var pipelines: [JournalEntry] {
        get throws { try double.journal().filter { $0.kind == "run" } }
    }

    func hasLanded(_ branch: String = "main") async throws -> Bool {
        try await bare.git("rev-parse", "refs/heads/\(branch)").line == tip
    }
}
