import Forge
import HTTP

/// A forge's own program that prints the token it keeps for a host: `gh auth token --hostname <host>`,
/// `glab config get token --host <host>`.
struct TokenProgram {
    let name: String
    let environment: [String: String]

    /// The program of a product; nil where it has none that tells a token.
    static func name(for product: ForgeProduct) -> String? {
        switch product {
        case .github: "gh"
        case .gitlab: "glab"
        case .gitea, .forgejo: nil
        }
    }

    /// What the program prints; nil where it is not installed or has no token.
    func secret(for request: CredentialRequest) async -> Secret? {
        // It would print the variables' tokens for hosts that they are not for.
        let hidden = Set(
            EnvironmentTokens.publicGitHub + EnvironmentTokens.enterpriseGitHub + ["GH_HOST"]
                + EnvironmentTokens.gitLab + [EnvironmentTokens.gitLabWithHost] + EnvironmentTokens.gitLabHosts)
        var variables = environment.filter { !hidden.contains($0.key) }
        variables["GH_PROMPT_DISABLED"] = "1"
        variables["GH_NO_UPDATE_NOTIFIER"] = "1"
        variables["GLAB_CHECK_UPDATE"] = "false"
        variables["NO_PROMPT"] = "1"
        let host = request.isPublicGitHub ? "github.com" : request.isPublicGitLab ? "gitlab.com" : request.hostAndPort
        let arguments =
            name == "glab" ? ["config", "get", "token", "--host", host] : ["auth", "token", "--hostname", host]
        let output = await QuietProgram(name: name, environment: variables).output(arguments)
        return output.flatMap { Secret(token: String(decoding: $0, as: UTF8.self)) }
    }
}
