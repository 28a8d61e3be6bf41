import Subprocess
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
    private let journalFile: String

    package struct NotStarted: Error, CustomStringConvertible {
        package var said: String
        package var description: String { "the GitHub double did not start: \(said)" }
    }

    private struct Ready: Decodable {
        var ports: [String: Int]
        var authority: String?
    }

    /// Starts the double, runs `body` and ends the double; whatever it found wrong is recorded as an issue of the test.
    ///
    /// With `tls` it also speaks TLS, which costs some tens of milliseconds for certificates. It throws `NotStarted`, with
    /// what the double said, when the scenario is wrong, and whatever `body` throws.
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
        let name = fixture.uniqueName("github")
        let scenarioFile = try fixture.write(Array(scenario.json()), to: name + ".json")
        let journalFile = fixture.path(name + ".journal")
        var command = [
            python, doubles + "/github", "--scenario", scenarioFile, "--journal", journalFile,
        ]
        if tls { command += ["--tls", fixture.path("authority")] }
        let outcome = try await Subprocess.run(
            fixture.configuration(command), input: .inputWriter, output: .sequence, error: .combinedWithOutput
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next() ?? ""
            guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(first.utf8)) else {
                var said = first
                while let line = try await lines.next() { said += line }
                throw NotStarted(said: said)
            }
            let double = try GitHubDouble(ready: ready, journalFile: journalFile, fixture: fixture)
            let result: Result<Outcome, any Error>
            do {
                result = .success(try await body(double))
            } catch {
                result = .failure(error)
            }
            try await execution.standardInputWriter.finish()
            var failures: [String] = []
            var verdict = false
            while let line = try await lines.next() {
                let text = line.last?.isNewline == true ? String(line.dropLast()) : line
                if text.hasPrefix("verdict: ") { verdict = true } else { failures.append(text) }
            }
            if !verdict { failures.append("it ended without a verdict") }
            return (result, failures)
        }
        return outcome.closureResult
    }

    private static var doubles: String { GitFixture.doubles }

    /// The Python that runs doubles: `HEPHY_TEST_PYTHON`, the system's own (version managers' shims are slow), or PATH's.
    package static let python: String = {
        if let named = ProcessInfo.processInfo.environment["HEPHY_TEST_PYTHON"] { return named }
        #if os(Linux)
            if FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") { return "/usr/bin/python3" }
        #endif
        return "python3"
    }()

    private init(ready: Ready, journalFile: String, fixture: GitFixture) throws {
        guard let http = ready.ports["http"], let logs = ready.ports["logs"], let proxy = ready.ports["proxy"] else {
            throw NotStarted(said: "a port is missing")
        }
        self.fixture = fixture
        self.journalFile = journalFile
        origin = "http://127.0.0.1:\(http)"
        secureOrigin = ready.ports["https"].map { "https://127.0.0.1:\($0)" }
        logOrigin = "http://127.0.0.1:\(logs)"
        self.proxy = "http://127.0.0.1:\(proxy)"
        authority = ready.authority
    }

    /// The root of the REST API.
    package var api: String { origin + "/api/v3" }

    /// The plain http URL of a repository, `OWNER/REPO`.
    package func url(_ repository: String) -> String { origin + "/" + repository }

    /// The URL of a repository for hephy's helper.
    package func hephyURL(_ repository: String) -> String { "hephy::" + url(repository) }

    /// Everything that was asked until now, in order.
    package func journal() throws -> [JournalEntry] {
        guard let data = FileManager.default.contents(atPath: journalFile) else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try data.split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(JournalEntry.self, from: Data($0))
        }
    }

    /// Environment for git, and for what git starts: a credential helper that knows `token`, and with `proxied` the proxy
    /// and its authority, so that `https://github.com/...` leads here.
    ///
    /// - Throws: when the helper's script cannot be written.
    package func environment(token: String?, user: String = "x-access-token", proxied: Bool = false) throws -> [String:
        String?]
    {
        var settings: [(String, String)] = []
        if let token {
            let script = try fixture.write(
                """
                #!/bin/sh
                # Answers `get` alone, for any host; what it was asked is noted beside it.
                printf '%s\\n' "$1" >> "$0.calls"
                cat >> "$0.calls"
                if [ "$1" = get ]; then printf 'username=%s\\npassword=%s\\n' '\(user)' '\(token)'; fi

                """, to: fixture.uniqueName("credential"), executable: true)
            settings.append(("credential.helper", script))
        }
        if proxied {
            settings.append(("http.proxy", proxy))
            if let authority { settings.append(("http.sslCAInfo", authority)) }
        }
        return GitFixture.gitSettings(settings)
    }
}

extension GitFixture {
    /// Environment that sets git's configuration for one command, as `git -c` hands it on; the form that all versions read.
    package static func gitSettings(_ settings: [(String, String)]) -> [String: String?] {
        let words = settings.map { key, value in "'" + "\(key)=\(value)".replacing("'", with: "'\\''") + "'" }
        return ["GIT_CONFIG_PARAMETERS": words.joined(separator: " ")]
    }
}
