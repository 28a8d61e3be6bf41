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

    /// As `glab` reads them (gitlab-org/cli, `internal/config`).
    static let gitLab = ["GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"]
    /// A name that other programs use too, so that it counts only where the host is named.
    static let gitLabWithHost = "OAUTH_TOKEN"
    static let gitLabHosts = ["GITLAB_HOST", "GITLAB_URI", "GL_HOST"]

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
        case .gitlab:
            guard let named = namedGitLab else { return request.isPublicGitLab ? Self.gitLab : [] }
            return names(named, request) ? Self.gitLab + [Self.gitLabWithHost] : []
        case .gitea: return named(request, by: Self.gitea)
        case .forgejo: return named(request, by: Self.forgejo + Self.gitea)
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

    /// Whether the variable of the forge's own program names the very host and port of `request`.
    func namesHost(of request: CredentialRequest) -> Bool {
        let named = request.product == .gitlab ? namedGitLab : environment["GH_HOST"]?.lowercased()
        return named.map { names($0, request) } ?? false
    }

    private func names(_ host: String, _ request: CredentialRequest) -> Bool {
        host == request.hostAndPort || host == "\(request.gitOrigin.host):\(request.gitOrigin.port)"
    }

    /// The host in the first of `glab`'s variables that has one; they may hold a URL.
    private var namedGitLab: String? {
        for name in Self.gitLabHosts {
            guard let value = environment[name]?.lowercased(), !value.isEmpty else { continue }
            let host = value.firstRange(of: "://").map { value[$0.upperBound...] } ?? value[...]
            return String(host.prefix { $0 != "/" })
        }
        return nil
    }
}
