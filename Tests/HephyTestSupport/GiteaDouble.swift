package import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Gitea or Forgejo on this machine: `Tests/doubles/gitea`, started for one test.
///
/// It fails the test by name for every request that the server would refuse, or that its version does not have, and the
/// scenario does not expect, and for every fault that never fired.
package struct GiteaDouble: Sendable {
    package let fixture: GitFixture
    /// Scheme, host and port, and the server's path where it has one, without a slash behind it.
    package let origin: String
    /// A proxy which plays gitea.com, codeberg.org and git.corp.example.
    package let proxy: String
    /// The file of the certificate authority behind the proxy; nil without TLS.
    package let authority: String?
    private let process: DoubleProcess

    /// Starts the double, runs `body` and ends the double; whatever it found wrong is recorded as an issue of the test.
    ///
    /// - Throws: `DoubleProcess.NotStarted`, with what the double said, when the scenario is wrong, and whatever `body`
    ///   throws.
    package static func with<Outcome: Sendable>(
        _ scenario: GiteaScenario, in fixture: GitFixture, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (GiteaDouble) async throws -> Outcome
    ) async throws -> Outcome {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: tls, body)
        for failure in failures {
            Issue.record("\(scenario.server) double: \(failure)", sourceLocation: sourceLocation)
        }
        return try result.get()
    }

    /// Like `with`, but gives the failures back instead of recording them: for tests of the double itself.
    package static func failures(
        _ scenario: GiteaScenario, in fixture: GitFixture, _ body: (GiteaDouble) async throws -> Void
    ) async throws -> [String] {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: false, body)
        try result.get()
        return failures
    }

    private static func runAndVerify<Outcome: Sendable>(
        _ scenario: GiteaScenario, in fixture: GitFixture, tls: Bool,
        _ body: (GiteaDouble) async throws -> Outcome
    ) async throws -> (Result<Outcome, any Error>, [String]) {
        try await DoubleProcess.runAndVerify("gitea", scenario: Array(scenario.json()), in: fixture, tls: tls) {
            try await body(GiteaDouble($0, prefix: scenario.server.prefix ?? ""))
        }
    }

    private init(_ process: DoubleProcess, prefix: String) throws {
        self.process = process
        fixture = process.fixture
        origin = "http://127.0.0.1:\(try process.port("http"))\(prefix)"
        proxy = "http://127.0.0.1:\(try process.port("proxy"))"
        authority = process.authority
    }

    /// The root of the REST API.
    package var api: String { origin + "/api/v1" }

    /// The URL of a repository, `OWNER/REPO`, for hephy's helper.
    package func hephyURL(_ repository: String) -> String { "hephy::\(origin)/\(repository)" }

    /// Everything that was asked until now, in order.
    package func journal() throws -> [JournalEntry] { try process.journal() }

    /// Environment for git, and for what git starts: a credential helper that knows `token`.
    ///
    /// - Throws: when the helper's script cannot be written.
    package func environment(token: String?, user: String = "mona", proxied: Bool = false) throws -> [String: String?] {
        try process.environment(token: token, user: user, proxied: proxied)
    }
}
