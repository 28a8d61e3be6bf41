package import Testing

/// GitLab on this machine: `Tests/doubles/gitlab`, started for one test.
///
/// It fails the test by name for every request that GitLab would refuse and the scenario does not expect, for every
/// fault that never fired, and for every credential that reaches a web page.
package struct GitLabDouble: Sendable {
    package let fixture: GitFixture
    /// Scheme, host and port, without the path below which the GitLab may live.
    package let origin: String
    /// The same with TLS; nil unless the double was started with it.
    package let secureOrigin: String?
    private let prefix: String
    private let process: DoubleProcess

    /// Starts the double, runs `body` and ends the double; whatever it found wrong is recorded as an issue of the test.
    ///
    /// It throws `DoubleProcess.NotStarted`, with what the double said, when the scenario is wrong, and whatever `body`
    /// throws.
    package static func with<Outcome: Sendable>(
        _ scenario: GitLabScenario, in fixture: GitFixture, tls: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (GitLabDouble) async throws -> Outcome
    ) async throws -> Outcome {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: tls, body)
        for failure in failures {
            Issue.record("GitLab double: \(failure)", sourceLocation: sourceLocation)
        }
        return try result.get()
    }

    /// Like `with`, but gives the failures back instead of recording them: for tests of the double itself.
    package static func failures(
        _ scenario: GitLabScenario, in fixture: GitFixture, _ body: (GitLabDouble) async throws -> Void
    ) async throws -> [String] {
        let (result, failures) = try await runAndVerify(scenario, in: fixture, tls: false, body)
        try result.get()
        return failures
    }

    private static func runAndVerify<Outcome: Sendable>(
        _ scenario: GitLabScenario, in fixture: GitFixture, tls: Bool,
        _ body: (GitLabDouble) async throws -> Outcome
    ) async throws -> (Result<Outcome, any Error>, [String]) {
        let prefix = scenario.prefix ?? ""
        return try await DoubleProcess.runAndVerify(
            "gitlab", scenario: Array(scenario.json()), in: fixture, tls: tls
        ) { try await body(GitLabDouble($0, prefix: prefix)) }
    }

    private init(_ process: DoubleProcess, prefix: String) throws {
        self.process = process
        self.prefix = prefix
        fixture = process.fixture
        origin = "http://127.0.0.1:\(try process.port("http"))"
        secureOrigin = process.ports["https"].map { "https://127.0.0.1:\($0)" }
    }

    /// Where the GitLab lives.
    package var site: String { origin + prefix }

    /// The plain http URL of a project by its full path.
    package func url(_ project: String) -> String { "\(site)/\(project)" }

    /// The URL of a project for hephy's helper.
    package func hephyURL(_ project: String) -> String { "hephy::" + url(project) }

    /// Everything that was asked until now, in order.
    package func journal() throws -> [JournalEntry] { try process.journal() }

    /// Environment for git, and for what git starts: a credential helper that knows `token`, unless it is to be found
    /// out the setting that tells hephy that this is a GitLab, and with `proxied` the proxy that plays git.corp.example.
    ///
    /// - Throws: when the helper's script cannot be written.
    package func environment(
        token: String?, user: String = "oauth2", isKnown: Bool = true, proxied: Bool = false
    ) throws -> [String: String?] {
        var settings: [(String, String)] = []
        if isKnown {
            settings += [("hephy.\(origin).forge", "gitlab"), ("hephy.https://git.corp.example.forge", "gitlab")]
            if !prefix.isEmpty { settings.append(("hephy.\(origin).forgePath", prefix)) }
        }
        return try process.environment(token: token, user: user, proxied: proxied, settings: settings)
    }
}
