import HTTP
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

/// A forge's own program that prints the token it keeps for a host: `gh auth token --hostname <host>`.
struct TokenProgram {
    let name: String
    let environment: [String: String]

    /// What the program prints; nil where it is not installed or has no token.
    func secret(for request: CredentialRequest) async -> Secret? {
        guard let path else { return nil }
        // It would print the variables' tokens for hosts that they are not for.
        let hidden = Set(EnvironmentTokens.publicGitHub + EnvironmentTokens.enterpriseGitHub + ["GH_HOST"])
        var variables = environment.filter { !hidden.contains($0.key) }
        variables["GH_PROMPT_DISABLED"] = "1"
        variables["GH_NO_UPDATE_NOTIFIER"] = "1"
        let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let host = request.isPublicGitHub ? "github.com" : request.hostAndPort
        do {
            let result = try await run(
                .path(FilePath(path)), arguments: ["auth", "token", "--hostname", host],
                environment: .custom(Dictionary(uniqueKeysWithValues: pairs)),
                input: .none, output: .string(limit: 64 << 10), error: .discarded)
            return result.terminationStatus.isSuccess ? Secret(token: result.standardOutput) : nil
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
