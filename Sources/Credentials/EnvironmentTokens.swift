import Forge
import HTTP

/// Which environment variables hold a token for a forge, by the names that the forge's own program reads.
///
/// A variable says nothing about the host its token is for. One for the public service therefore goes to the public
/// service alone, and any other host has to be named by `GH_HOST`, `host` or `host:port`. `gh` itself sends `GH_TOKEN`
/// to every `*.ghe.com` host; here such a host has to be named too. Gitea and Forgejo have no service that everybody
/// means: their tokens go to the server alone that `GITEA_SERVER_URL` (as `tea` reads it) or `FORGEJO_URL` names.
struct EnvironmentTokens {
    static let publicGitHub = ["GH_TOKEN", "GITHUB_TOKEN"]
    static let enterpriseGitHub = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]

    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// The variables that may hold a token for `request`, the best first.
    func variables(for request: CredentialRequest) -> [String] {
        switch request.product {
        case .github:
            if request.isPublicGitHub { return Self.publicGitHub }
            guard namesHost(of: request) else { return [] }
            return request.gitOrigin.host.hasSuffix(".ghe.com") ? Self.publicGitHub : Self.enterpriseGitHub
        case .gitea: return named(request, by: Self.gitea)
        case .forgejo: return named(request, by: Self.forgejo + Self.gitea)
        case .gitlab: return []
        }
    }

    /// `tea` reads the first of each; the others are what scripts and other clients of these servers have.
    private static let gitea = [("GITEA_SERVER_URL", ["GITEA_SERVER_TOKEN", "GITEA_TOKEN"])]
    private static let forgejo = [("FORGEJO_URL", ["FORGEJO_TOKEN"])]

    /// The variables whose companion names the very origin of `request`.
    private func named(_ request: CredentialRequest, by companions: [(url: String, tokens: [String])]) -> [String] {
        companions.flatMap { url, tokens in
            guard let text = environment[url], let named = HTTPURL(text.hasSuffix("/") ? text : text + "/") else {
                return [String]()
            }
            return named.origin == request.gitOrigin ? tokens : []
        }
    }

    /// Whether `GH_HOST` names the very host and port of `request`.
    func namesHost(of request: CredentialRequest) -> Bool {
        guard let named = environment["GH_HOST"]?.lowercased() else { return false }
        return named == request.hostAndPort || named == "\(request.gitOrigin.host):\(request.gitOrigin.port)"
    }
}
