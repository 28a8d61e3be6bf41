import HephyTestSupport
import Testing

/// One repository of an application, the forge that it is pushed to, and the built helper between the two.
struct RunScene {
    /// How time passes for the helper.
    enum Time: Sendable {
        /// As it does; for the programs as they are installed.
        case real
        /// Waits end at once: for what takes minutes, and for all where time is not the point.
        case virtual
    }

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
    let double: GitHubDouble
    /// The commit that is pushed.
    let tip: String
    private let programs: String

    /// Sets a scene up and plays it.
    ///
    /// The pushed commit holds `files`, and what the forge's `main` holds already with `before`; without it the forge's
    /// repository is empty. Runs of `hephy.yml` do what `plans` say; `change` says what else is to be said about the
    /// double, which with `tls` also plays github.com.
    ///
    /// - Throws: whatever `body` throws, or what hindered the scene from being set up.
    static func play(
        _ files: [String: TreeEntry] = RunFiles.app, plans: [GitHubScenario.Plan] = [],
        before: [String: TreeEntry]? = nil, message: String = "a commit", time: Time = .virtual, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, change: (inout GitHubScenario) -> Void = { _ in },
        _ body: (RunScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let first = before.map { [TestCommit($0, message: "before")] } ?? []
            let work = try await fixture.repository("work", first)
            let bare = try await fixture.bareRepository("api.git")
            if before != nil { try await work.git("push", "--quiet", bare.path, "main").check() }
            let tip = try await work.commit([TestCommit(files, message: message)])[0]
            var scenario = GitHubScenario(
                repositories: ["acme/api": .init(bare)], workflows: plans.isEmpty ? [:] : ["hephy.yml": plans])
            change(&scenario)
            let programs = try Self.programs(in: fixture, time)
            try await GitHubDouble.with(scenario, in: fixture, tls: tls, sourceLocation: sourceLocation) { double in
                try await work.git("remote", "add", "hephy", double.hephyURL("acme/api")).check()
                try await body(
                    RunScene(
                        fixture: fixture, work: work, bare: bare, double: double, tip: tip, programs: programs))
            }
        }
    }

    /// A folder with programs that note how the helper ended.
    static func programs(in fixture: GitFixture, _ time: Time) throws -> String {
        let helper = time == .real ? "git-remote-hephy" : "hephy-virtual-helper"
        try fixture.write(
            """
            #!/bin/sh
            "\(GitFixture.builtPrograms)/\(helper)" "$@"
            status=$?
            echo $status > "\(fixture.path("helper-status"))"
            exit $status

            """, to: "programs/git-remote-hephy", executable: true)
        // No program of the machine's own may give a token.
        for program in ["gh", "glab"] {
            try fixture.write("#!/bin/sh\nexit 1\n", to: "programs/\(program)", executable: true)
        }
        return fixture.path("programs")
    }

    /// What git and hephy see: the programs on PATH and a credential helper that knows `token`.
    func environment(_ token: String?, _ extra: [String: String?] = [:], proxied: Bool = false) throws -> [String:
        String?]
    {
        var environment = try double.environment(token: token, proxied: proxied)
        environment["PATH"] = programs + ":" + (fixture.environment["PATH"] ?? "")
        for (name, value) in extra { environment[name] = value }
        return environment
    }

    /// `git push` with push options, flags and refs as they are given; `hephy main` without any.
    func push(
        options: [String] = [], _ arguments: [String] = ["hephy", "main"], token: String? = "gho_owner",
        environment extra: [String: String?] = [:], proxied: Bool = false
    ) async throws -> Pushed {
        let command = ["git", "push"] + options.flatMap { ["-o", "hephy.\($0)"] } + arguments
        let git = try await fixture.run(
            command, in: work.path, environment: environment(token, extra, proxied: proxied))
        let status = Int32(try fixture.read("helper-status").filter(\.isNumber)) ?? -1
        return Pushed(git: git, status: status)
    }

    /// `hephy` in the work tree.
    func hephy(
        _ arguments: String..., token: String? = "gho_owner", environment extra: [String: String?] = [:]
    ) async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy"] + arguments, in: work.path, environment: environment(token, extra))
    }

    /// `hephy watch` for which waits end at once.
    func watchAtOnce(_ arguments: String..., token: String? = "gho_owner") async throws -> GitFixture.Ran {
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

    /// Everything that was asked of the API.
    var apiRequests: [JournalEntry] {
        get throws { try double.journal().filter { $0.kind == "api" } }
    }

    var dispatches: [JournalEntry] {
        get throws { try requests("POST", "/dispatches") }
    }

    /// The runs that began, oldest first.
    var runs: [JournalEntry] {
        get throws { try double.journal().filter { $0.kind == "run" } }
    }

    /// Whether the forge's branch is where the push was to bring it.
    func hasLanded(_ branch: String = "main") async throws -> Bool {
        try await bare.git("rev-parse", "refs/heads/\(branch)").line == tip
    }

    /// The text with all that differs from run to run replaced.
    func normalised(_ text: String) -> String {
        Transcript(of: fixture, double).normalised(text)
    }
}
