import HephyTestSupport
import Testing

/// What `hephy doctor` tells of the user's token, by each forge's own way to tell it.
@Suite(.timeLimit(.minutes(1)))
struct DoctorTokenTests {
    typealias Report = DoctorTests.Report

    struct GitHubCase: Sendable, CustomTestStringConvertible {
        var name: String
        var token: GitHubScenario.Token
        var refusals: [GitHubScenario.Refusal] = []
        var level: String
        /// What the finding's text holds behind where the token comes from.
        var text: String
        var mend: String?
        var testDescription: String { name }
    }

    static let gitHub = [
        GitHubCase(
            name: "classic", token: .init("gho_owner", kind: .classic, scopes: ["repo", "workflow"]), level: "ok",
            text: " (scopes repo, workflow): it may read runs, and start and stop them"),
        GitHubCase(
            name: "classic, without repo", token: .init("gho_owner", kind: .classic, scopes: ["read:org"]),
            refusals: ["insufficient-permission"], level: "problem",
            text: "it is not there, or the token may not see it"),
        GitHubCase(
            name: "fine-grained",
            token: .init("gho_owner", kind: .fineGrained, permissions: ["actions": "read", "metadata": "read"]),
            level: "ok", text: ": it may read runs; to start and stop them it needs 'Actions: write', which GitHub"),
        GitHubCase(
            name: "fine-grained, without actions",
            token: .init("gho_owner", kind: .fineGrained, permissions: ["contents": "read", "metadata": "read"]),
            refusals: ["insufficient-permission"], level: "problem", text: ": it may not read runs on ",
            mend: "it needs actions=read"),
    ]

    @Test(arguments: gitHub) func gitHubTellsByScopesAndBySeeing(_ entry: GitHubCase) async throws {
        try await RunScene.play(
            time: .real,
            change: { scenario in
                scenario.tokens = ["owner": entry.token]
                scenario.expectedRefusals = entry.refusals
            }
        ) { scene in
            let found = try Report(try await scene.hephy("doctor", "--json"))
            let token = try #require(found.findings.first { $0.check == "token" }, "\(found)")
            #expect(token.level == entry.level)
            #expect(token.text.hasPrefix("token from git credential fill"))
            #expect(token.text.contains(entry.text), "\(token)")
            if let mend = entry.mend { #expect(token.mend == mend) }
            #expect(found.status == (entry.level == "problem" ? 4 : 0))
            #expect(found.levels("forge") == ["ok"])
            #expect(try scene.requests("POST").isEmpty)
        }
    }

    @Test func aTokenThatPushesNoWorkflowsIsToldBesides() async throws {
        try await RunScene.play(
            time: .real,
            change: { $0.tokens = ["owner": .init("gho_owner", kind: .classic, scopes: ["repo"])] }
        ) { scene in
            let found = try Report(try await scene.hephy("doctor", "--json"))
            #expect(found.levels("token") == ["ok", "warning"])
            #expect(found.first("token", "warning")?.mend?.hasPrefix("gh auth refresh -s workflow") == true)
            #expect(found.status == 0)
        }
    }

    @Test func aTokenThatIsNotTakenIsNamedByItsSourceAlone() async throws {
        try await RunScene.play(
            time: .real,
            change: { $0.expectedRefusals = [.init("bad-credentials")] }
        ) { scene in
            let ran = try await scene.hephy("doctor", "--json", token: "gho_stale")
            let found = try Report(ran)
            #expect(found.status == 4)
            let problem = found.first("token", "problem")
            #expect(problem?.text.hasPrefix("token from git credential fill: ") == true, "\(found)")
            #expect(problem?.mend?.isEmpty == false)
            #expect(!ran.output.contains("gho_stale"))
        }
    }

    @Test func aTokenThatIsNotTakenIsAWarningWhereTheNextOneIs() async throws {
        try await RunScene.play(
            time: .real,
            change: { $0.expectedRefusals = [.init("bad-credentials")] }
        ) { scene in
            let variables = ["GH_HOST": scene.host, "GH_ENTERPRISE_TOKEN": "gho_stale"]
            let found = try Report(try await scene.hephy("doctor", "--json", environment: variables))
            #expect(found.levels("token") == ["warning", "ok"], "\(found)")
            #expect(found.first("token", "warning")?.text.hasPrefix("token from GH_ENTERPRISE_TOKEN: ") == true)
            #expect(found.first("token", "ok")?.text.hasPrefix("token from git credential fill ") == true)
            #expect(found.status == 0)
        }
    }

    @Test(arguments: [true, false]) func withoutATokenItDependsOnWhoMayLook(_ isPrivate: Bool) async throws {
        try await RunScene.play(
            time: .real,
            change: { scenario in
                for name in scenario.repositories.keys { scenario.repositories[name]?.private = isPrivate }
                scenario.expectedRefusals = isPrivate ? ["repository-hidden"] : []
            }
        ) { scene in
            let found = try Report(try await scene.hephy("doctor", "--json", token: nil))
            let token = try #require(found.findings.first { $0.check == "token" }, "\(found)")
            #expect(token.level == (isPrivate ? "problem" : "warning"))
            #expect(token.text.hasPrefix("no token for \(scene.host)"))
            #expect(token.mend?.contains("GH_HOST=\(scene.host)") == true)
        }
    }

    @Test(
        arguments: [
            (["api"], nil, "ok", " (scopes api; until 2027-01-31): it may read runs, and start and stop them"),
            (["read_api"], nil, "warning", " (scopes read_api; until 2027-01-31): it may read runs, but not start"),
            (["api"], "reporter", "warning", "it may read runs, but not start"),
        ] as [([String], String?, String, String)])
    func gitLabTellsScopesRoleAndTheLastDay(
        _ scopes: [String], _ role: String?, _ level: String, _ text: String
    ) async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.tokens = ["owner": .init("glpat-owner", scopes: scopes, role: role)]
        }) { scene in
            let found = try Report(try await scene.hephy("doctor", "--json"))
            let token = try #require(found.findings.first { $0.check == "token" }, "\(found)")
            #expect(token.level == level)
            #expect(token.text.contains(text), "\(token)")
            #expect(found.status == 0)
        }
    }

    @Test(arguments: [GiteaScenario.Server.gitea, .forgejo])
    func giteaAndForgejoTellNoScopes(_ server: GiteaScenario.Server) async throws {
        try await GiteaScene.play(server) { scene in
            let found = try Report(try await scene.hephy("doctor", "--json"))
            let token = try #require(found.findings.first { $0.check == "token" }, "\(found)")
            #expect(token.level == "ok")
            #expect(token.text.contains("it needs the scope 'write:repository', which "), "\(token)")
            #expect(found.first("forge", "ok")?.text.hasSuffix(", as git config says") == true)
        }
    }

    @Test(.enabled(if: OutputSchema.judge.isWanted)) func whatProgramsReadIsAsTheSchemaSays() async throws {
        try await RunScene.play(time: .real) { scene in
            let ran = try await scene.hephy("doctor", "--json")
            try await OutputSchema.expect([ran.output], scene.fixture)
        }
    }
}
