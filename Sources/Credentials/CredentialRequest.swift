package import Forge
package import HTTP

/// What a token is wanted for.
package struct CredentialRequest: Sendable {
    package var product: ForgeProduct
    /// Where git pushes to; for a remote that is not http, the https origin of the same forge.
    package var gitOrigin: HTTPOrigin
    /// `owner/repo`, as in the URL that git uses; helpers see it where `credential.useHttpPath` is set.
    package var path: String
    /// Where the forge's API is.
    package var apiOrigin: HTTPOrigin

    package init(product: ForgeProduct, gitOrigin: HTTPOrigin, path: String, apiOrigin: HTTPOrigin) {
        self.product = product
        self.gitOrigin = gitOrigin
        self.path = path
        self.apiOrigin = apiOrigin
    }

    /// Host and port of ``gitOrigin`` as git and the forges' programs write them, without the scheme's own port.
    var hostAndPort: String { gitOrigin.hostAndPort }

    /// Whether these are well-formed origins over which a token may go: https, or plain http to this machine.
    var isSafe: Bool {
        HTTPURL(origin: gitOrigin, target: "/") != nil && (gitOrigin.scheme == .https || gitOrigin.isLoopback)
    }

    /// The origins a token for this request is good for: git's, and the API's where it belongs to the same forge.
    var allowedOrigins: Set<HTTPOrigin> {
        let isOfSameForge: Bool
        if gitOrigin.isLoopback {
            isOfSameForge = apiOrigin.isLoopback
        } else if isPublicGitHub {
            isOfSameForge = apiOrigin == HTTPOrigin(scheme: .https, host: "api.github.com")
        } else {
            let hosts = [gitOrigin.host, "api." + gitOrigin.host]
            isOfSameForge =
                apiOrigin.scheme == gitOrigin.scheme && apiOrigin.port == gitOrigin.port
                && hosts.contains(apiOrigin.host)
        }
        return isOfSameForge ? [gitOrigin, apiOrigin] : [gitOrigin]
    }

    /// Whether this is gitlab.com itself.
    var isPublicGitLab: Bool {
        product == .gitlab && gitOrigin.scheme == .https && gitOrigin.port == 443
            && ["gitlab.com", "altssh.gitlab.com"].contains(gitOrigin.host)
    }

    /// Whether this is github.com itself, under one of the names that lead there.
    var isPublicGitHub: Bool {
        product == .github && gitOrigin.scheme == .https && gitOrigin.port == 443
            && ["github.com", "www.github.com", "ssh.github.com"].contains(gitOrigin.host)
    }
}
