#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the double for Gitea and Forgejo is to be.
///
/// `Tests/doubles/README.md` explains every key. Nil means the double's default. Plans and faults are written as those of
/// the GitHub double; their words become the product's own.
package struct GiteaScenario: Sendable, Encodable {
    package typealias Plan = GitHubScenario.Plan
    package typealias Job = GitHubScenario.Job
    package typealias State = GitHubScenario.State
    package typealias Fault = GitHubScenario.Fault
    package typealias Refusal = GitHubScenario.Refusal
    package typealias Repository = GitHubScenario.Repository
    package typealias Git = GitHubScenario.Git

    package var repositories: [String: Repository]
    package var tokens: [String: Token]
    package var server: Server
    package var git: Git?
    /// Plans by workflow file (`hephy.yml`): the first run of that file takes the first, later ones the last.
    package var workflows: [String: [Plan]]
    package var faults: [Fault] = []
    package var expectedRefusals: [Refusal] = []
    package var allowExtraPaths: [String]?

    /// One repository and one good token, `gta_owner`, of a user who may do everything.
    package init(
        _ server: Server, repositories: [String: Repository], tokens: [String: Token] = ["owner": Token("gta_owner")],
        workflows: [String: [Plan]] = [:]
    ) {
        self.server = server
        self.repositories = repositories
        self.tokens = tokens
        self.workflows = workflows
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(self)
    }

    package struct Server: Sendable, Encodable, CustomStringConvertible {
        package enum Product: String, Sendable, Encodable { case gitea, forgejo }

        package var product: Product
        package var version: String
        package var signInRequired: Bool?
        /// What stands before every path, `/git`.
        package var prefix: String?
        /// Whether logs are served by ranges.
        package var ranges: Bool?
        package var pageSize: Int?
        package var hidesVersion: Bool?
        /// The address that the server takes for its own, where it is another one.
        package var rootUrl: String?

        package init(_ product: Product, _ version: String) {
            self.product = product
            self.version = version
        }

        package static let gitea = Server(.gitea, "1.26.1")
        package static let forgejo = Server(.forgejo, "16.0.1")

        package var description: String { "\(product.rawValue) \(version)" }
    }

    package struct Token: Sendable, Encodable {
        package var value: String
        package var login: String?
        package var scopes: [String]?
        package var repositories: [String]?

        package init(
            _ value: String, login: String? = nil, scopes: [String]? = nil, repositories: [String]? = nil
        ) {
            self.value = value
            self.login = login
            self.scopes = scopes
            self.repositories = repositories
        }
    }
}
