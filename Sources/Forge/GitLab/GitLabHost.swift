package import HTTP

/// Where one GitLab is: gitlab.com, or a server of somebody's own, which may live below a path.
package struct GitLabHost: Sendable, Hashable {
    /// Where people, git and API requests go; the token goes nowhere else.
    package let origin: HTTPOrigin
    /// What stands before every path of this GitLab (`relative_url_root`): empty, or `/gitlab`.
    package let prefix: String

    /// A GitLab at `origin`; for an ssh remote that is https on the same host.
    ///
    /// - Parameters:
    ///   - origin: origin of the repository's URL.
    ///   - prefix: the path below which it lives, with or without slashes around it.
    package init(origin: HTTPOrigin, prefix: String = "") {
        self.origin =
            origin.host == "altssh.gitlab.com" ? HTTPOrigin(scheme: .https, host: "gitlab.com") : origin
        let parts = prefix.split(separator: "/")
        self.prefix = parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
    }

    /// The URL of an API path, which begins with `/` and is percent-encoded; nil where it is not fit for a URL.
    func url(_ path: String) -> HTTPURL? {
        HTTPURL(origin: origin, target: "\(prefix)/api/v4\(path)")
    }

    /// The URL of a web page.
    func page(at path: String) -> HTTPURL? {
        HTTPURL(origin: origin, target: prefix + path)
    }

    /// `text` as a URL of this GitLab's web pages, or nil: an API may hand out anything.
    func page(_ text: String?) -> String? {
        guard let text, text.utf8.count <= 2048, let url = HTTPURL(text), url.origin.host == origin.host else {
            return nil
        }
        return url.description
    }
}
