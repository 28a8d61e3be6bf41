import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Real registries, docker's daemon and its BuildKit, started once for all tests by `Tests/doubles/build-services`.
///
/// They end with the test process, whose end closes their standard input.
package struct BuildServices: Sendable, Decodable {
    /// `HOST:PORT` of a registry where anybody may push.
    package let registry: String
    /// The same where only the user `hephy` with the password `s3cret` may.
    package let locked: String
    /// The daemon's `DOCKER_HOST`.
    package let docker: String
    /// The socket of BuildKit's own API.
    package let buildkit: String

    /// Where docker, buildx and crane lie: `HEPHY_TEST_BUILDERS`, or where `scripts/test-tools --builders` put them.
    package static let builders: String? = {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { $0 + "/.cache" }
        let cache = (environment["XDG_CACHE_HOME"] ?? home).map { $0 + "/hephy-test-tools/builders" }
        return [environment["HEPHY_TEST_BUILDERS"], cache].compactMap { $0 }.first {
            FileManager.default.isExecutableFile(atPath: $0 + "/crane")
        }
    }()

    /// Whether tests that need them run: where the programs are, and with `CI=true` in any case.
    package static var areWanted: Bool {
        builders != nil && FileManager.default.isExecutableFile(atPath: "/usr/bin/docker-registry")
            || ProcessInfo.processInfo.environment["CI"] == "true"
    }

    package struct NotStarted: Error, CustomStringConvertible {
        var said: String
        package var description: String { "the services that build images did not start: \(said)" }
    }

    /// The services of this process; the first caller starts them.
    package static func shared() async throws -> BuildServices { try await Starter.shared.services() }

    private actor Starter {
        static let shared = Starter()
        private var start: Task<BuildServices, any Error>?

        func services() async throws -> BuildServices {
            let task =
                start
                ?? Task.detached {
                    try await withCheckedThrowingContinuation { continuation in
                        Task.detached { await Starter.run(continuation) }
                    }
                }
            start = task
            return try await task.value
        }

        /// Lives as long as the services, which is as long as the process.
        private static func run(_ continuation: CheckedContinuation<BuildServices, any Error>) async {
            guard let builders = BuildServices.builders else {
                continuation.resume(throwing: NotStarted(said: "run scripts/test-tools --builders"))
                return
            }
            let configuration = Configuration(
                executable: DoubleProcess.python.contains("/")
                    ? .path(FilePath(DoubleProcess.python)) : .name(DoubleProcess.python),
                arguments: [GitFixture.doubles + "/build-services", "--builders", builders])
            var waiting: CheckedContinuation<BuildServices, any Error>? = continuation
            do {
                _ = try await Subprocess.run(
                    configuration, input: .inputWriter, output: .sequence, error: .combinedWithOutput
                ) { execution in
                    var lines = execution.standardOutput.strings().makeAsyncIterator()
                    let first = try await lines.next() ?? ""
                    if let ready = try? JSONDecoder().decode(BuildServices.self, from: Data(first.utf8)) {
                        continuation.resume(returning: ready)
                        waiting = nil
                    }
                    var said = first
                    while let line = try await lines.next() { said += line }
                    if waiting != nil { throw NotStarted(said: said) }
                }
            } catch {
                waiting?.resume(throwing: error)
            }
        }
    }
}
