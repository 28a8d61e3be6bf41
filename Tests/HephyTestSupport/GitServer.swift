import Subprocess

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A web server in front of git, `Tests/doubles/git-server`: no forge, and whatever can be wrong with a server.
///
/// It serves the folder `served` of its fixture; the first word of a URL's path says how.
package struct GitServer: Sendable {
    package let fixture: GitFixture
    /// Scheme, host and port of each listener by its name: `http`, which is also the proxy for `git.corp.example`,
    /// `https`, and `client_https`, which wants to see the client's certificate.
    package let origins: [String: String]
    /// The certificate authority behind the listeners with TLS.
    package let authority: String
    /// The certificate of a client that `client_https` knows; its key lies beside it with `.key` behind the name.
    package let clientCertificate: String

    package struct NotStarted: Error, CustomStringConvertible {
        package var said: String
        package var description: String { "the git server did not start: \(said)" }
    }

    private struct Ready: Decodable {
        var ports: [String: Int]
        var authority: String
        var client: String
    }

    /// Runs `body` beside a server, which sees `environment` on top of the fixture's.
    ///
    /// - Throws: `NotStarted`; whatever `body` throws.
    package static func with<Outcome: Sendable>(
        in fixture: GitFixture, environment: [String: String?] = [:], _ body: (GitServer) async throws -> Outcome
    ) async throws -> Outcome {
        try FileManager.default.createDirectory(atPath: fixture.path("served"), withIntermediateDirectories: true)
        let command = [
            DoubleProcess.python, GitFixture.doubles + "/git-server", "--root", fixture.path("served"),
            "--tls", fixture.path("tls"),
        ]
        let outcome = try await Subprocess.run(
            fixture.configuration(command, environment: environment), input: .inputWriter, output: .sequence,
            error: .combinedWithOutput
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next() ?? ""
            guard let ready = try? JSONDecoder().decode(Ready.self, from: Data(first.utf8)) else {
                var said = first
                while let line = try await lines.next() { said += line }
                throw NotStarted(said: said)
            }
            let origins = ready.ports.map { name, port in
                (name, "\(name == "http" ? "http" : "https")://127.0.0.1:\(port)")
            }
            let server = GitServer(
                fixture: fixture, origins: Dictionary(uniqueKeysWithValues: origins), authority: ready.authority,
                clientCertificate: ready.client)
            let result: Result<Outcome, any Error>
            do { result = .success(try await body(server)) } catch { result = .failure(error) }
            try await execution.standardInputWriter.finish()
            while try await lines.next() != nil {}
            return result
        }
        return try outcome.closureResult.get()
    }

    /// How often somebody has connected to any of the listeners.
    package func connections() -> Int {
        FileManager.default.contents(atPath: fixture.path("served/connections"))?.count ?? 0
    }
}
