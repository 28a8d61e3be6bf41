import Git

/// What git's own programs connect to in the middle of a push or a fetch, beside the URL that they were given: promisor
/// remotes, for objects that a partial clone lacks, and with `push.negotiate` that URL by git's rules, for what is there.
///
/// Hephy may be among it, so each of these programs is told that it works for hephy: below a hephy that was started there,
/// nothing leads to hephy again, whatever the configuration says and the server sends.
struct NestedTransports {
    private static let marker = "HEPHY_IS_NESTED"

    private let config: GitConfig
    private let environment: [String: String]

    init(config: GitConfig, environment: [String: String]) {
        self.config = config
        self.environment = environment
    }

    /// Lets programs that are given `url` connect by `transports`, and to the rest of what they may need.
    ///
    /// - Parameters:
    ///   - transports: how they reach it, in git's words.
    ///   - url: what they are given.
    ///   - variables: their environment.
    /// - Returns: the environment with it.
    func allow(_ transports: [String], for url: RemoteURL, in variables: [String: String]) -> [String: String] {
        let others = names(for: url).filter { !transports.contains($0) }
        var variables = Self.marking(variables)
        variables["GIT_ALLOW_PROTOCOL"] = (transports + others).joined(separator: ":")
        return variables
    }

    /// `variables` for programs that work for hephy.
    static func marking(_ variables: [String: String]) -> [String: String] {
        variables.merging([marker: "1"]) { $1 }
    }

    /// The transports that programs which are given `url` may need beside its own, as far as the user's policy allows them.
    func names(for url: RemoteURL) -> [String] {
        guard environment[Self.marker] == nil else { return [] }
        var names: [String] = []
        var notFromUser = environment
        notFromUser["GIT_PROTOCOL_FROM_USER"] = "0"
        let wanted = promisors.flatMap(transports(to:)) + (negotiates ? transports(to: url.text, isByVCS: false) : [])
        for name in wanted where !names.contains(name) {
            // Where a redirect may lead is decided by the same list.
            let isFollowed = name == "http" || name == "https"
            if config.allows(transport: name, environment: isFollowed ? notFromUser : environment) {
                names.append(name)
            }
        }
        return names
    }

    private var negotiates: Bool {
        config["push.negotiate"].map { !["false", "no", "off", "0", ""].contains($0.lowercased()) } ?? false
    }

    /// The remotes that have what a partial clone lacks (git-config(1), "remote.<name>.promisor").
    private var promisors: [String] {
        ["promisor", "partialclonefilter"].flatMap { config.subsections(of: "remote", name: $0).map(\.subsection) }
            + config.all("extensions.partialclone")
    }

    private func transports(to remote: String) -> [String] {
        let url = config.all("remote.\(remote).url").first ?? remote
        return transports(to: url, isByVCS: config["remote.\(remote).vcs"] == "hephy")
    }

    /// How git reaches `url`; where hephy is called for it, what hephy uses stands behind it.
    private func transports(to url: String, isByVCS: Bool) -> [String] {
        let rewritten = config.rewritten(url, for: .fetch, remote: nil, towardsHephy: true)
        let name = isByVCS ? "hephy" : Self.transport(of: rewritten)
        guard name == "hephy" else { return [name] }
        let given = rewritten.hasPrefix("hephy::") ? String(rewritten.dropFirst("hephy::".count)) : rewritten
        let inner = isByVCS ? given : config.rewritten(given, for: .fetch, remote: nil)
        guard let transport = (try? RemoteURL(inner))?.transport else { return [name] }
        return [name, transport == .local ? "file" : transport.rawValue]
    }

    /// What git calls the way to `url` (transport.c, `transport_get`).
    private static func transport(of url: String) -> String {
        let word = url.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-+.".contains($0)) }
        let rest = url[word.endIndex...]
        if rest.hasPrefix("::") || rest.hasPrefix("://") {
            return ["git+ssh", "ssh+git"].contains(word) ? "ssh" : String(word)
        }
        let colon = url.firstIndex(of: ":") ?? url.endIndex
        return colon < url.firstIndex(of: "/") ?? url.endIndex ? "ssh" : "file"
    }
}
