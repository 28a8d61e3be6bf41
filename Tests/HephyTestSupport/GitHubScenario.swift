#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the GitHub double is to be.
///
/// `Tests/doubles/README.md` explains every key. Nil means the double's default.
package struct GitHubScenario: Sendable, Encodable {
    package var repositories: [String: Repository]
    package var tokens: [String: Token]
    package var server: Server?
    package var git: Git?
    package var lfs: LFS?
    package var rateLimit: RateLimit?
    /// Plans by workflow file (`hephy.yml`): the first run of that file takes the first, later ones the last.
    package var workflows: [String: [Plan]]
    package var faults: [Fault]
    package var expectedRefusals: [Refusal]
    package var allowExtraPaths: [String]?
    private var raw: String?

    /// One repository and one good token, `gho_owner`, of a user who may do everything.
    package init(
        repositories: [String: Repository], tokens: [String: Token] = ["owner": Token("gho_owner")],
        workflows: [String: [Plan]] = [:], faults: [Fault] = [], expectedRefusals: [Refusal] = []
    ) {
        self.repositories = repositories
        self.tokens = tokens
        self.workflows = workflows
        self.faults = faults
        self.expectedRefusals = expectedRefusals
    }

    /// A scenario written as JSON.
    package init(json: String) {
        self.init(repositories: [:])
        raw = json
    }

    private enum CodingKeys: String, CodingKey {
        case repositories, tokens, server, git, lfs, rateLimit, workflows, faults, expectedRefusals, allowExtraPaths
    }

    func json() throws -> Data {
        if let raw { return Data(raw.utf8) }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(self)
    }

    package struct Repository: Sendable, Encodable {
        package var bare: String
        package var defaultBranch: String?
        package var `private`: Bool?
        package var pullRequests: [PullRequest]?

        package init(
            _ repository: TestRepository, defaultBranch: String? = nil, private: Bool? = nil,
            pullRequests: [PullRequest]? = nil
        ) {
            bare = repository.path
            self.defaultBranch = defaultBranch
            self.private = `private`
            self.pullRequests = pullRequests
        }
    }

    /// An open pull request: a push to `head` then also starts workflows `on: pull_request`.
    package struct PullRequest: Sendable, Encodable {
        package var head: String
        package var base: String

        package init(head: String, base: String = "main") {
            self.head = head
            self.base = base
        }
    }

    package struct Token: Sendable, Encodable {
        package enum Kind: String, Sendable, Encodable {
            case classic, oauth, app
            case fineGrained = "fine_grained"
        }

        package var value: String
        package var kind: Kind?
        package var login: String?
        package var scopes: [String]?
        /// For fine-grained tokens and apps, as `["actions": "read"]`.
        package var permissions: [String: String]?
        package var repositories: [String]?
        package var ssoUrl: String?

        package init(
            _ value: String, kind: Kind? = nil, login: String? = nil, scopes: [String]? = nil,
            permissions: [String: String]? = nil, repositories: [String]? = nil, ssoUrl: String? = nil
        ) {
            self.value = value
            self.kind = kind
            self.login = login
            self.scopes = scopes
            self.permissions = permissions
            self.repositories = repositories
            self.ssoUrl = ssoUrl
        }
    }

    package struct Server: Sendable, Encodable {
        /// The enterprise server's version; below 3.21 it is the old-server mode.
        package var version: String?
        package var clockOffsetS: Int?
        package var ranges: Bool?
        package var logLinkMs: Int?
        package var logLinkSingleUse: Bool?

        package init(
            version: String? = nil, clockOffset: Int? = nil, ranges: Bool? = nil, logLinkMilliseconds: Int? = nil,
            logLinkSingleUse: Bool? = nil
        ) {
            self.version = version
            clockOffsetS = clockOffset
            self.ranges = ranges
            logLinkMs = logLinkMilliseconds
            self.logLinkSingleUse = logLinkSingleUse
        }
    }

    package struct Git: Sendable, Encodable {
        package enum Auth: String, Sendable, Encodable { case none, push, always }

        package var auth: Auth?
        /// Refs whose update is refused, with the reason in the server's words.
        package var refuseRefs: [String: String]?

        package init(auth: Auth? = nil, refuseRefs: [String: String]? = nil) {
            self.auth = auth
            self.refuseRefs = refuseRefs
        }
    }

    package struct LFS: Sendable, Encodable {
        /// Who holds the lock on a path.
        package var locks: [String: String]

        package init(locks: [String: String]) {
            self.locks = locks
        }
    }

    package struct RateLimit: Sendable, Encodable {
        package var limit: Int?
        package var used: Int?
        package var resetInS: Int?

        package init(limit: Int? = nil, used: Int? = nil, resetInSeconds: Int? = nil) {
            self.limit = limit
            self.used = used
            resetInS = resetInSeconds
        }
    }

    /// A refusal which the test provokes on purpose; one that never happens fails the test unless it is optional.
    package struct Refusal: Sendable, Encodable, ExpressibleByStringLiteral {
        package var name: String
        package var path: String?
        package var count: Int?
        package var optional: Bool?

        package init(stringLiteral name: String) { self.init(name) }

        package init(_ name: String, path: String? = nil, count: Int? = nil, optional: Bool? = nil) {
            self.name = name
            self.path = path
            self.count = count
            self.optional = optional
        }
    }
}
