package import HTTP

/// Where one Gitea or Forgejo is.
package struct GiteaHost: Sendable, Hashable {
    /// Where people see it, and where API requests and the token go.
    package let origin: HTTPOrigin
    /// What stands before every path where the server does not have its host for itself, `/git`; else empty.
    package let prefix: String

    package init(_ origin: HTTPOrigin, prefix: String = "") {
        self.origin = origin
        self.prefix = prefix
    }

    /// The URL of an API path, which begins with `/` and is percent-encoded; nil where it is not fit for a URL.
    func url(_ path: String) -> HTTPURL? {
        HTTPURL(origin: origin, target: "\(prefix)/api/v1\(path)")
    }

    /// `text` as a URL of this server's web pages, or nil: an API may hand out anything.
    ///
    /// A server tells the addresses that its own configuration names (`ROOT_URL`), which may have another port or scheme
    /// than the one that was asked, or, where it is wrong, another host and path: what is below `place` there, a path that
    /// begins and ends with `/`, is then taken to be on the host that was asked.
    func page(_ text: String?, below place: String? = nil) -> String? {
        guard let text, text.utf8.count <= 2048 else { return nil }
        if text.hasPrefix("/"), !text.hasPrefix("//") { return HTTPURL(origin: origin, target: text)?.description }
        guard let url = HTTPURL(text) else { return nil }
        guard url.origin.host != origin.host else { return url.description }
        guard let place, let start = url.target.firstRange(of: place)?.lowerBound else { return nil }
        return HTTPURL(origin: origin, target: prefix + String(url.target[start...]))?.description
    }

    /// Codeberg asks its users for restraint.
    var isShared: Bool { origin.host == "codeberg.org" }
}
