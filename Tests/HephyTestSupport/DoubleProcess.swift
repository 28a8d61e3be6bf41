import Subprocess

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A forge on this machine: one of the programs in `Tests/doubles`, started for one test.
///
/// It tells at its end what the forge would have refused and the scenario did not expect.
package struct DoubleProcess: Sendable {
    package let fixture: GitFixture
    /// The ports on which it listens, by their names.
    package let ports: [String: Int]
    /// The file of the certificate authority behind its TLS; nil without TLS.
    package let authority: String?
    /// The file of a client's certificate that the port `client_https` wants to see; its key has `.key` for `.pem`.
    package let client: String?
    private let journalFile: String

    package struct NotStarted: Error, CustomStringConvertible {
        package var said: String
        package var description: String { "the double did not start: \(said)" }
    }

    private struct Ready: Decodable {
        var ports: [String: Int]
        var authority: String?
        var client: String?
    }

    /// Starts the double in the folder `name` of `Tests/doubles`, runs `body` and ends the double.
    ///
    /// - Returns: what `body` gave or threw, and what the double found wrong.
    /// - Throws: `NotStarted`, with what the double said, when the scenario is wrong.
    package static func runAndVerify<Outcome: Sendable>(
        _ name: String, scenario: [UInt8], in fixture: GitFixture, tls: Bool,
        _ body: (DoubleProcess) async throws -> Outcome
    ) async throws -> (Result<Outcome, any Error>, [String]) {
        let file = fixture.uniqueName(name)
        let scenarioFile = try fixture.write(scenario, to: file + ".json")
        let journalFile = fixture.path(file + ".journal")
        var command = [
            python, GitFixture.doubles + "/" + name, "--scenario", scenarioFile, "--journal", journalFile,
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
            let double = DoubleProcess(
                fixture: fixture, ports: ready.ports, authority: ready.authority, client: ready.client,
                journalFile: journalFile)
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

    /// The Python that runs doubles: `HEPHY_TEST_PYTHON`, the system's own (version managers' shims are slow), or PATH's.
    package static let python: String = {
        if let named = ProcessInfo.processInfo.environment["HEPHY_TEST_PYTHON"] { return named }
        #if os(Linux)
            if FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") { return "/usr/bin/python3" }
        #endif
        return "python3"
    }()

    /// The port of that name.
    ///
    /// - Throws: `NotStarted` when the double does not listen there.
    package func port(_ name: String) throws -> Int {
        guard let port = ports[name] else { throw NotStarted(said: "the port '\(name)' is missing") }
        return port
    }

    /// Everything that was asked until now, in order.
    package func journal() throws -> [JournalEntry] {
        guard let data = FileManager.default.contents(atPath: journalFile) else { return [] }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try data.split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(JournalEntry.self, from: Data($0))
        }
    }

    /// Environment for git, and for what git starts: a credential helper that knows `token`, and with `proxied` the
    /// double's proxy and its authority; `settings` are further ones of git's configuration.
    ///
    /// - Throws: when the helper's script cannot be written.
    package func environment(
        token: String?, user: String, proxied: Bool = false, settings: [(String, String)] = []
    ) throws -> [String: String?] {
        var settings = settings
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
            settings.append(("http.proxy", "http://127.0.0.1:\(try port("proxy"))"))
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
