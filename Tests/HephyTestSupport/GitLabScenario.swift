#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the GitLab double is to be.
///
/// `Tests/doubles/README.md` explains every key. Nil means the double's default.
package struct GitLabScenario: Sendable, Encodable {
    package var projects: [String: Project]
    package var tokens: [String: Token]
    /// The path below which the GitLab lives.
    package var prefix: String?
    package var server: Server?
    package var git: Git?
    package var rateLimit: RateLimit?
    /// The first plan that fits is the first pipeline's; later ones take the later plans, the last goes on.
    package var pipelines: [Plan]
    package var faults: [Fault]
    package var expectedRefusals: [GitHubScenario.Refusal]
    package var allowExtraPaths: [String]?
    private var raw: String?

    /// One project and one good token, `glpat-owner`, of a maintainer who may do everything.
    package init(
        projects: [String: Project], tokens: [String: Token] = ["owner": Token("glpat-owner")],
        pipelines: [Plan] = [], faults: [Fault] = [], expectedRefusals: [GitHubScenario.Refusal] = []
    ) {
        self.projects = projects
        self.tokens = tokens
        self.pipelines = pipelines
        self.faults = faults
        self.expectedRefusals = expectedRefusals
    }

    /// A scenario written as JSON.
    package init(json: String) {
        self.init(projects: [:])
        raw = json
    }

    private enum CodingKeys: String, CodingKey {
        case projects, tokens, prefix, server, git, rateLimit, pipelines, faults, expectedRefusals, allowExtraPaths
    }

    func json() throws -> Data {
        if let raw { return Data(raw.utf8) }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(self)
    }

    package struct Project: Sendable, Encodable {
        package var bare: String
        package var visibility: String?
        package var variablesRole: String?
        package var jobsEnabled: Bool?
        package var mergeRequests: [MergeRequest]?
        /// Whether another server, of ssh for instance, takes its pushes.
        package var pushedElsewhere: Bool?
        /// What the check of the file says instead of what the file itself gives reason for.
        package var lintErrors: [String]?

        package init(_ repository: TestRepository, visibility: String? = nil, mergeRequests: [MergeRequest]? = nil) {
            bare = repository.path
            self.visibility = visibility
            self.mergeRequests = mergeRequests
        }
    }

    /// An open merge request: a push to `source` also starts its pipeline, or with `only` that alone.
    package struct MergeRequest: Sendable, Encodable {
        package var iid: Int
        package var source: String
        package var mergedResults: Bool?
        package var only: Bool?

        package init(_ iid: Int, source: String, mergedResults: Bool? = nil, only: Bool? = nil) {
            self.iid = iid
            self.source = source
            self.mergedResults = mergedResults
            self.only = only
        }
    }

    package struct Token: Sendable, Encodable {
        package var value: String
        package var kind: String?
        package var scopes: [String]?
        package var role: String?
        package var projects: [String]?
        /// After how many requests it has expired.
        package var goodFor: Int?

        package init(
            _ value: String, kind: String? = nil, scopes: [String]? = nil, role: String? = nil,
            projects: [String]? = nil, goodFor: Int? = nil
        ) {
            self.value = value
            self.kind = kind
            self.scopes = scopes
            self.role = role
            self.projects = projects
            self.goodFor = goodFor
        }
    }

    package struct Server: Sendable, Encodable {
        /// `19.5.0-ee`; below 17.11 it knows no inputs, below 18.0 no `ci.no_pipeline`, below 19.0 no `byte_offset`.
        package var version: String?
        package var byteOffset: Bool?
        package var inputs: Bool?
        /// How long after a push its pipelines are made.
        package var delayMs: Int?

        package init(
            version: String? = nil, byteOffset: Bool? = nil, inputs: Bool? = nil, delayMilliseconds: Int? = nil
        ) {
            self.version = version
            self.byteOffset = byteOffset
            self.inputs = inputs
            delayMs = delayMilliseconds
        }
    }

    package struct Git: Sendable, Encodable {
        package var auth: GitHubScenario.Git.Auth?
        package var refuseRefs: [String: String]?

        package init(auth: GitHubScenario.Git.Auth? = nil, refuseRefs: [String: String]? = nil) {
            self.auth = auth
            self.refuseRefs = refuseRefs
        }
    }

    package struct RateLimit: Sendable, Encodable {
        package var limit: Int?
        package var used: Int?

        package init(limit: Int? = nil, used: Int? = nil) {
            self.limit = limit
            self.used = used
        }
    }
}
