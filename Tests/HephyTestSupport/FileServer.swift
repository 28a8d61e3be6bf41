import Subprocess

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A web server for the folder `served` of a fixture, `Tests/doubles/file-server`.
package enum FileServer {
    package struct NotStarted: Error {
        package var said: String
    }

    /// Runs `body` with the server's address, which ends with a slash.
    ///
    /// - Throws: `NotStarted`; whatever `body` throws.
    package static func with<Outcome: Sendable>(
        in fixture: GitFixture, _ body: (_ url: String) async throws -> Outcome
    ) async throws -> Outcome {
        try FileManager.default.createDirectory(atPath: fixture.path("served"), withIntermediateDirectories: true)
        let command = [DoubleProcess.python, GitFixture.doubles + "/file-server", fixture.path("served")]
        let outcome = try await Subprocess.run(
            fixture.configuration(command), input: .inputWriter, output: .sequence, error: .combinedWithOutput
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let first = try await lines.next() ?? ""
            guard let port = Int(first.filter { !$0.isWhitespace }) else { throw NotStarted(said: first) }
            let result: Result<Outcome, any Error>
            do { result = .success(try await body("http://127.0.0.1:\(port)/")) } catch { result = .failure(error) }
            try await execution.standardInputWriter.finish()
            while try await lines.next() != nil {}
            return result
        }
        return try outcome.closureResult.get()
    }
}
