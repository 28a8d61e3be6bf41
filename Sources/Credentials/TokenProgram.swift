import HTTP

/// A forge's own program that prints the token it keeps for a host: `gh auth token --hostname <host>`.
struct TokenProgram {
    let name: String
    let environment: [String: String]

    /// What the program prints; nil where it is not installed or has no token.
    func secret(for request: CredentialRequest) async -> Secret? {
        // It would print the variables' tokens for hosts that they are not for.
        let hidden = Set(EnvironmentTokens.publicGitHub + EnvironmentTokens.enterpriseGitHub + ["GH_HOST"])
        var variables = environment.filter { !hidden.contains($0.key) }
        variables["GH_PROMPT_DISABLED"] = "1"
        variables["GH_NO_UPDATE_NOTIFIER"] = "1"
        let host = request.isPublicGitHub ? "github.com" : request.hostAndPort
        let program = QuietProgram(name: name, environment: variables)
        let output = await program.output(["auth", "token", "--hostname", host])
        return output.flatMap { Secret(token: String(decoding: $0, as: UTF8.self)) }
    }
}
