package import HTTP

/// Where one GitHub is: github.com, a tenant of ghe.com, or a GitHub Enterprise Server.
package struct GitHubHost: Sendable, Hashable {
    /// Where people see it.
    package let web: HTTPOrigin
    /// Where API requests, and the token, go.
    package let api: HTTPOrigin
    /// What stands before every API path: empty, or `/api/v3`.
    package let apiPrefix: String
    /// Whether this is a server that somebody runs himself, whose version is to be asked for.
    package let isEnterpriseServer: Bool

    /// The GitHub that serves the git repository at `git`.
    ///
    /// - Parameter git: origin of the repository's URL; for an ssh remote https on the same host.
    package init(git: HTTPOrigin) {
        let host = git.host
        if host == "github.com" || host.hasSuffix(".github.com") {
            web = HTTPOrigin(scheme: .https, host: "github.com")
            api = HTTPOrigin(scheme: .https, host: "api.github.com")
            (apiPrefix, isEnterpriseServer) = ("", false)
        } else if let tenant = Self.tenant(of: host) {
            web = HTTPOrigin(scheme: .https, host: "\(tenant).ghe.com")
            api = HTTPOrigin(scheme: .https, host: "api.\(tenant).ghe.com")
            (apiPrefix, isEnterpriseServer) = ("", false)
        } else if host == "github.localhost" {
            web = git
            api = HTTPOrigin(scheme: .http, host: "api.github.localhost", port: git.scheme == .http ? git.port : nil)
            (apiPrefix, isEnterpriseServer) = ("", false)
        } else {
            web = git
            api = git
            (apiPrefix, isEnterpriseServer) = ("/api/v3", true)
        }
    }

    /// The URL of an API path, which begins with `/` and is percent-encoded; nil where it is not fit for a URL.
    func url(_ path: String) -> HTTPURL? {
        HTTPURL(origin: api, target: apiPrefix + path)
    }

    /// `text` as a URL of this GitHub's web pages, or nil: an API may hand out anything.
    func page(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2048, let url = HTTPURL(text), url.origin.host == web.host else {
            return nil
        }
        return url.description
    }

    /// The tenant's label in `TENANT.ghe.com`, and in `anything.TENANT.ghe.com` such as its ssh host.
    private static func tenant(of host: String) -> Substring? {
        guard host.hasSuffix(".ghe.com") else { return nil }
        return host.dropLast(8).split(separator: ".", omittingEmptySubsequences: false).last.flatMap {
            $0.isEmpty ? nil : $0
        }
    }
}
