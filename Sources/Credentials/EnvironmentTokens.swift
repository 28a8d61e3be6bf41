import Forge
import HTTP

/// Which environment variables hold a token for a forge, by the names that the forge's own program reads.
///
/// A variable says nothing about the host its token is for. One for the public service therefore goes to the public
/// service alone, and any other host has to be named by `GH_HOST`, `host` or `host:port`. `gh` itself sends `GH_TOKEN`
/// to every `*.ghe.com` host; here such a host has to be named too.
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
        case .gitlab, .gitea, .forgejo: return []
        }
    }

    /// Whether `GH_HOST` names the very host and port of `request`.
    func namesHost(of request: CredentialRequest) -> Bool {
        guard let named = environment["GH_HOST"]?.lowercased() else { return false }
        return named == request.hostAndPort || named == "\(request.gitOrigin.host):\(request.gitOrigin.port)"
    }
}
