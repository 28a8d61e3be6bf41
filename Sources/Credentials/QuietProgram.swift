import Git
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs a program that may know a token, in a session of its own: it has no terminal to ask on, and whatever it started
/// ends with it when the task is cancelled.
struct QuietProgram {
    let name: String
    let environment: [String: String]
    var directory: String?

    /// The standard output of the program, or nil where it is not installed, fails or says too much.
    func output(_ arguments: [String], input: [UInt8] = []) async -> [UInt8]? {
        guard let path else { return nil }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        do {
            let result = try await run(
                .path(FilePath(path)), arguments: Arguments(arguments),
                environment: ChildEnvironment(environment).environment,
                workingDirectory: directory.map { FilePath($0) }, platformOptions: options,
                input: .array(input), output: .bytes(limit: 64 << 10), error: .discarded)
            return result.terminationStatus.isSuccess ? result.standardOutput : nil
        } catch {
            return nil
        }
    }

    /// The program's place; entries of PATH that depend on the current directory, which a repository may own, are not
    /// searched.
    private var path: String? {
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
