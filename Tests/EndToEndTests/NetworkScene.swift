import HephyTestSupport
import Testing

/// One repository on the double of a product, pushed to over TLS and proxies, with settings of git's and nothing else.
struct NetworkScene {
    /// A product with a server of its own, `git.corp.example`.
    struct Product: Sendable, CustomTestStringConvertible {
        /// As `hephy.<url>.forge` and the double's folder have it.
        var name: String
        var token: String
        /// What the scenario says beside the repository, in JSON.
        var scenario: String
        var workflow: [String: TreeEntry]
        /// A path that every following of a run asks for.
        var api: String
        var testDescription: String { name }

        static let all = [
            Product(
                name: "github", token: "gho_owner",
                scenario: #""repositories": {"acme/api": {"bare": BARE}}, "tokens": {"owner": {"value": "gho_owner"}}"#,
                workflow: RunFiles.workflows(["hephy.yml": RunFiles.ours()]), api: "/api/v3/"),
            Product(
                name: "gitlab", token: "glpat-owner",
                scenario: #""projects": {"acme/api": {"bare": BARE}}, "tokens": {"owner": {"value": "glpat-owner"}}"#,
                workflow: [".gitlab-ci.yml": .text(PipelineScene.ours())], api: "/api/v4/"),
            Product(
                name: "gitea", token: "gta_owner",
                scenario: #""repositories": {"acme/api": {"bare": BARE}}, "tokens": {"owner": {"value": "gta_owner"}}"#
                    + #", "server": {"product": "gitea", "version": "1.26.1"}"#,
                workflow: [".gitea/workflows/hephy.yml": .text(RunFiles.ours())], api: "/api/v1/"),
        ]
    }

    static let repository = "acme/api"
    static let host = "https://git.corp.example"

    let fixture: GitFixture
    let work: TestRepository
    let bare: TestRepository
    let double: DoubleProcess
    private let product: Product
    private let programs: String

    /// Sets a scene up and plays it; `more` is what else the scenario says, in JSON, with a comma in front.
    static func play(
        _ product: Product, scenario more: String = "", isKnown: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (NetworkScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository(
                "work", [TestCommit(RunFiles.go.merging(product.workflow) { $1 })])
            let bare = try await fixture.bareRepository("api.git")
            let programs = try RunScene.programs(in: fixture, .virtual)
            let scenario = "{\(product.scenario.replacing("BARE", with: "\"\(bare.path)\""))\(more)}"
            let (result, failures) = try await DoubleProcess.runAndVerify(
                product.name, scenario: Array(scenario.utf8), in: fixture, tls: true
            ) { double in
                if isKnown {
                    for origin in [host, "https://127.0.0.1"] {
                        try await work.git("config", "hephy.\(origin).forge", product.name).check()
                    }
                }
                try await body(
                    NetworkScene(
                        fixture: fixture, work: work, bare: bare, double: double, product: product,
                        programs: programs))
            }
            for failure in failures { Issue.record("\(product.name): \(failure)", sourceLocation: sourceLocation) }
            try result.get()
        }
    }

    /// The proxy's URL; `login` is `USER:PASSWORD@`.
    func proxy(_ login: String = "") throws -> String { "http://\(login)127.0.0.1:\(try double.port("proxy"))" }

    /// `https://127.0.0.1:PORT` of a listener.
    func origin(_ listener: String) throws -> String { "https://127.0.0.1:\(try double.port(listener))" }

    /// `git push` to the repository at `origin`, with these settings of git's and variables of the environment.
    func push(
        to origin: String = host, _ settings: [(String, String)], environment: [String: String] = [:]
    ) async throws -> RunScene.Pushed {
        var environment = try double.environment(token: product.token, user: "mona", settings: settings)
            .merging(environment.mapValues(Optional.some)) { $1 }
        environment["PATH"] = "\(programs):\(fixture.environment["PATH"] ?? "")"
        let git = try await fixture.run(
            ["git", "push", "hephy::\(origin)/\(Self.repository)", "main"], in: work.path, environment: environment)
        return RunScene.Pushed(git: git, status: Int32(try fixture.read("helper-status").filter(\.isNumber)) ?? -1)
    }

    /// The requests at the product's API.
    var apiRequests: [JournalEntry] {
        get throws { try double.journal().filter { $0.kind == "api" && $0.path?.hasPrefix(product.api) == true } }
    }
}
