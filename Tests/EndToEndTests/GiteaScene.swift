import HephyTestSupport
import Testing

/// One repository of an application, the Gitea or Forgejo that it is pushed to, and the built helper between the two.
struct GiteaScene {
    /// How a push went.
    struct Pushed {
        var git: GitFixture.Ran
        /// The helper's own exit status, which git folds into 1.
        var status: Int32
        var text: String { git.errors }
    }

    let fixture: GitFixture
    let work: TestRepository
    let bare: TestRepository
    let double: GiteaDouble
    /// The commit that is pushed.
    let tip: String
    private let server: GiteaScenario.Server
    private let programs: String

    /// Where the workflows of a product stand.
    static func folder(_ product: GiteaScenario.Server.Product) -> String {
        switch product {
        case .gitea: ".gitea/workflows"
        case .forgejo: ".forgejo/workflows"
        }
    }

    /// A Go program with a workflow of ours where the product looks for it.
    static func app(_ product: GiteaScenario.Server.Product) -> [String: TreeEntry] {
        RunFiles.go.merging(["\(folder(product))/hephy.yml": .text(RunFiles.ours())]) { $1 }
    }

    /// Sets a scene up and plays it; waits of the helper end at once.
    ///
    /// The pushed commit holds `files`, an application with a workflow of ours by default; what the server's `main` holds
    /// already is `before`. Unless `isRecognised` is false the configuration says which product the server is. Runs of `hephy.yml` do what `plans` say; `change` says what else is to be said about the
    /// double.
    ///
    /// - Throws: whatever `body` throws, or what hindered the scene from being set up.
    static func play(
        _ server: GiteaScenario.Server, _ files: [String: TreeEntry]? = nil, plans: [GiteaScenario.Plan] = [],
        before: [String: TreeEntry]? = nil, isRecognised: Bool = true, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, change: (inout GiteaScenario) -> Void = { _ in },
        _ body: (GiteaScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let first = before.map { [TestCommit($0, message: "before")] } ?? []
            let work = try await fixture.repository("work", first)
            let bare = try await fixture.bareRepository("api.git")
            if before != nil { try await work.git("push", "--quiet", bare.path, "main").check() }
            let tip = try await work.commit([TestCommit(files ?? app(server.product), message: "a commit")])[0]
            var scenario = GiteaScenario(
                server, repositories: ["acme/api": .init(bare)],
                workflows: plans.isEmpty ? [:] : ["hephy.yml": plans])
            change(&scenario)
            try fixture.write(
                """
                #!/bin/sh
                "\(GitFixture.builtPrograms)/hephy-virtual-helper" "$@"
                status=$?
                echo $status > "\(fixture.path("helper-status"))"
                exit $status

                """, to: "programs/git-remote-hephy", executable: true)
            let programs = fixture.path("programs")
            try await GiteaDouble.with(scenario, in: fixture, tls: tls, sourceLocation: sourceLocation) { double in
                try await work.git("remote", "add", "hephy", double.hephyURL("acme/api")).check()
                if isRecognised {
                    let host = double.origin.dropLast(scenario.server.prefix?.count ?? 0)
                    try await work.git("config", "hephy.\(host).forge", server.product.rawValue).check()
                }
                try await body(
                    GiteaScene(
                        fixture: fixture, work: work, bare: bare, double: double, tip: tip, server: scenario.server,
                        programs: programs))
            }
        }
    }

    /// What git and hephy see: the programs on PATH and a credential helper that knows `token`.
    func environment(
        _ token: String?, _ extra: [String: String?] = [:], proxied: Bool = false
    ) throws -> [String: String?] {
        var environment = try double.environment(token: token, proxied: proxied)
        environment["PATH"] = programs + ":" + (fixture.environment["PATH"] ?? "")
        for (name, value) in extra { environment[name] = value }
        return environment
    }

    /// `git push` with push options and refs as they are given; `hephy main` without any.
    func push(
        options: [String] = [], _ arguments: [String] = ["hephy", "main"], token: String? = "gta_owner",
        environment extra: [String: String?] = [:], proxied: Bool = false
    ) async throws -> Pushed {
        let command = ["git", "push"] + options.flatMap { ["-o", "hephy.\($0)"] } + arguments
        let git = try await fixture.run(
            command, in: work.path, environment: environment(token, extra, proxied: proxied))
        let status = Int32(try fixture.read("helper-status").filter(\.isNumber)) ?? -1
        return Pushed(git: git, status: status)
    }

    /// `hephy` in the work tree.
    func hephy(_ arguments: String..., token: String? = "gta_owner") async throws -> GitFixture.Ran {
        try await hephy(arguments, token: token)
    }

    /// `hephy` in the work tree.
    func hephy(_ arguments: [String], token: String? = "gta_owner") async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy"] + arguments, in: work.path, environment: environment(token))
    }

    /// `hephy watch` for which waits end at once.
    func watchAtOnce(_ arguments: String..., token: String? = "gta_owner") async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy-virtual-helper", "watch"] + arguments, in: work.path,
            environment: environment(token))
    }

    /// The requests at the API with this method, whose path ends so.
    func requests(_ method: String = "GET", _ suffix: String = "") throws -> [JournalEntry] {
        try double.journal().filter {
            $0.kind == "api" && $0.method == method && ($0.path ?? "").hasSuffix(suffix)
        }
    }

    /// The runs that began, oldest first.
    var runs: [JournalEntry] {
        get throws { try double.journal().filter { $0.kind == "run" } }
    }

    /// Where a person sees the run.
    func page(_ run: JournalEntry) -> String {
        let isByID = server.product == .gitea && server.version == GiteaScenario.Server.gitea.version
        return "\(double.origin)/acme/api/actions/runs/\(isByID ? run.run ?? 0 : 1)"
    }

    /// Whether the server's branch is where the push was to bring it.
    func hasLanded(_ branch: String = "main") async throws -> Bool {
        try await bare.git("rev-parse", "refs/heads/\(branch)").line == tip
    }
}
