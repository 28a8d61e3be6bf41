package import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// GitHub on this machine: `Tests/doubles/github`, started for one test.
///
/// It fails the test by name for every request that GitHub would refuse and the scenario does not expect, for every
/// fault that never fired, and for every credential that reaches the log store.
package struct GitHubDouble: Sendable {
    package let fixture: GitFixture
    /// Scheme, host and port without a slash behind it; under it lie the repositories and `/api/v3`.
    package let origin: String
    /// The same with TLS; nil unless the double was started with it.
    package let secureOrigin: String?
    /// A proxy which plays github.com, api.github.com, acme.ghe.com, git.corp.example and api.github.localhost.
    package let proxy: String
    /// Where logs are fetched from; another port than `origin`.
    package let logOrigin: String
    /// The file of the certificate authority behind `secureOrigin` and `proxy`; nil without TLS.
    package let authority: String?
    private let process: DoubleProcess

    /// Starts the double, runs `body` and ends the double; whatever it found wrong is recorded as an issue of the test.
    ///
    /// With `tls` it also speaks TLS, which costs some tens of milliseconds for certificates. It throws
    /// `DoubleProcess.NotStarted`, with what the double said, when the scenario is wrong, and whatever `body` throws.
    package static func with<Outcome: Sendable>(
        _ scenario: GitHubScenario, in fixture: GitFixture, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (GitHubDouble) async throws -> Outcome
    ) async throws -> Outcome {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: tls, body)
        for failure in failures {
            Issue.record("GitHub double: \(failure)", sourceLocation: sourceLocation)
        }
        return try result.get()
    }

    /// Like `with`, but gives the failures back instead of recording them: for tests of the double itself.
    package static func failures(
        _ scenario: GitHubScenario, in fixture: GitFixture, tls: Bool = false,
        _ body: (GitHubDouble) async throws -> Void
    ) async throws -> [String] {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: tls, body)
        try result.get()
        return failures
    }

    private static func runAndVerify<Outcome: Sendable>(
        _ scenario: GitHubScenario, in fixture: GitFixture, tls: Bool,
        _ body: (GitHubDouble) async throws -> Outcome
    ) async throws -> (Result<Outcome, any Error>, [String]) {
        try await DoubleProcess.runAndVerify("github", scenario: Array(scenario.json()), in: fixture, tls: tls) {
            try await body(GitHubDouble($0))
        }
    }

    private init(_ process: DoubleProcess) throws {
        self.process = process
        fixture = process.fixture
        origin = "http://127.0.0.1:\(try process.port("http"))"
        secureOrigin = process.ports["https"].map { "https://127.0.0.1:\($0)" }
        logOrigin = "http://127.0.0.1:\(try process.port("logs"))"
        proxy = "http://127.0.0.1:\(try process.port("proxy"))"
        authority = process.authority
    }

    /// The root of the REST API.
    package var api: String { origin + "/api/v3" }

    /// The plain http URL of a repository, `OWNER/REPO`.
    package func url(_ repository: String) -> String { origin + "/" + repository }

    /// The URL of a repository for hephy's helper.
    package func hephyURL(_ repository: String) -> String { "hephy::" + url(repository) }

    /// Everything that was asked until now, in order.
    package func journal() throws -> [JournalEntry] { try process.journal() }

    /// Environment for git, and for what git starts: a credential helper that knows `token`, and with `proxied` the proxy
    /// and its authority, so that `https://github.com/...` leads here.
    ///
    /// - Throws: when the helper's script cannot be written.
    package func environment(token: String?, user: String = "x-access-token", proxied: Bool = false) throws -> [String:
        String?]
    {
        try process.environment(token: token, user: user, proxied: proxied)
    }
}
