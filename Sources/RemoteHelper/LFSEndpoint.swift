package import Git

/// Where git-lfs finds its server for a remote, as that remote's settings `lfsurl` and `lfspushurl` say it.
///
/// Without them git-lfs takes a `hephy::` URL for its server's, and the hook before a push fails.
package struct LFSEndpoint: Equatable {
    /// One setting to be made, or to be taken away where the value is nil.
    package struct Edit: Hashable, Sendable {
        package var key: String
        package var value: String?

        package init(key: String, value: String? = nil) {
            self.key = key
            self.value = value
        }

        /// The edit of the setting itself, where this one is of hephy's mark beside it.
        var ofSetting: Edit { Edit(key: key.replacing(".hephylfs", with: ".lfs"), value: value) }
    }

    /// For `remote.<name>.lfsurl`; nil where git-lfs finds its server without.
    package var download: String?
    /// For `remote.<name>.lfspushurl`; nil where uploads go where downloads come from.
    package var upload: String?

    /// What the URLs of the remote `name` ask for: the server that git-lfs would use if nothing of them were `hephy::`.
    ///
    /// `environment` tells where repositories of the embedded forge are.
    package init(of name: String, in config: GitConfig, environment: [String: String] = [:]) {
        // There git-lfs reads a URL that it understands.
        if config["remote.\(name).vcs"] == "hephy" { return }
        guard let url = config["remote.\(name).url"] ?? config["remote.\(name).pushurl"] else { return }
        // git-lfs knows one URL for each direction, the last.
        let fetched = Target(of: url, for: .fetch, remote: name, in: config, environment)
        let pushed = Target(
            of: config["remote.\(name).pushurl"] ?? url, for: .push, remote: name, in: config, environment)
        if fetched.isHephy, config["remote.\(name).url"] != nil { download = fetched.server }
        if download == nil {
            if pushed.isHephy { upload = pushed.server }
        } else if pushed.server != download {
            upload = pushed.server
        }
    }

    /// Whether git-lfs is set up for whoever has this configuration.
    static func isInUse(in config: GitConfig) -> Bool {
        ["process", "smudge", "clean"].contains { config["filter.lfs.\($0)"]?.isEmpty == false }
    }

    /// What has to change for git-lfs to find the servers of `remote`, and of each other remote for which hephy has said
    /// it before: the URL may have changed since.
    ///
    /// A value is hephy's own where `remote.<name>.hephylfsurl` (`hephylfspushurl`) repeats it; any other is the user's
    /// and stays.
    ///
    /// - Parameters:
    ///   - remote: the remote in use, nil where it has no name.
    ///   - config: git's configuration.
    ///   - committed: the `.lfsconfig` of the work tree, which git-lfs reads where git's configuration is silent.
    ///   - environment: this process's, which tells where repositories of the embedded forge are.
    /// - Returns: the edits in an order in which each of them can be the last.
    package static func edits(
        for remote: String?, in config: GitConfig, committed: GitConfig = GitConfig([]),
        environment: [String: String] = [:]
    ) -> [Edit] {
        guard isInUse(in: config), (config["lfs.url"] ?? committed["lfs.url"]) == nil else { return [] }
        var names = remote.map { [$0] } ?? []
        for name in ["hephylfsurl", "hephylfspushurl"] {
            names += config.subsections(of: "remote", name: name).map(\.subsection).filter { !names.contains($0) }
        }
        return names.flatMap { name -> [Edit] in
            let prefix = "remote.\(name)."
            var wanted = LFSEndpoint(of: name, in: config, environment: environment)
            let own = config[prefix + "lfsurl"]
            let isUsers = own != nil && own != config[prefix + "hephylfsurl"] && own != wanted.download
            // What the user says about downloads counts for uploads as well.
            if isUsers || committed[prefix + "lfsurl"] != nil { wanted = LFSEndpoint() }
            if config["lfs.pushurl"] ?? committed["lfs.pushurl"] != nil { wanted.upload = nil }
            return edits(prefix, "lfsurl", wanted.download, in: config)
                + edits(prefix, "lfspushurl", wanted.upload, in: config)
        }
    }

    private init() {}

    private static func edits(_ prefix: String, _ name: String, _ wanted: String?, in config: GitConfig) -> [Edit] {
        let key = prefix + name
        let mark = prefix + "hephy" + name
        let current = config[key]
        let marked = config[mark]
        guard let wanted else {
            guard let marked else { return [] }
            return (current == marked ? [Edit(key: key)] : []) + [Edit(key: mark)]
        }
        guard let current else { return [Edit(key: mark, value: wanted), Edit(key: key, value: wanted)] }
        guard let marked, marked != wanted, current == marked || current == wanted else { return [] }
        return (current == wanted ? [] : [Edit(key: key, value: wanted)]) + [Edit(key: mark, value: wanted)]
    }
}

extension LFSEndpoint {
    /// What one URL in git's configuration leads to.
    private struct Target {
        var isHephy: Bool
        /// git-lfs's server for it, nil where hephy does not know its form.
        var server: String?

        init(
            of text: String, for direction: TransferDirection, remote: String, in config: GitConfig,
            _ environment: [String: String]
        ) {
            let outer = config.rewritten(text, for: direction, remote: remote, towardsHephy: true)
            let inner =
                outer.hasPrefix("hephy::")
                ? String(outer.dropFirst("hephy::".count)) : outer.hasPrefix("hephy://") ? outer : nil
            isHephy = inner != nil
            guard let url = try? RemoteURL(inner ?? outer) else { return }
            // git has rewritten a plain URL; what stands behind `hephy::` is ours to rewrite.
            let last = inner == nil ? url.text : config.rewritten(url.text, for: direction, remote: remote)
            server = (try? RemoteURL(last)).flatMap { Self.server(of: $0, in: config, environment) }
        }

        private static func server(
            of url: RemoteURL, in config: GitConfig, _ environment: [String: String]
        ) -> String? {
            switch url.transport {
            case .ssh, .file: return url.text
            // Where another shell has another XDG_DATA_HOME, the next helper says so.
            case .local:
                return EmbeddedRepository.directory(of: url, environment: environment)
                    .map { "file://" + $0.replacing("%", with: "%25") }
            case .https, .http:
                var text = url.text
                if text.hasSuffix("/") { text.removeLast() }
                text += text.hasSuffix(".git") ? "/info/lfs" : ".git/info/lfs"
                // git-lfs would rewrite it once more, where a rule leads to `hephy::` for instance; rules heed case.
                let isPrefix = ["insteadof", "pushinsteadof"].contains { name in
                    config.subsections(of: "url", name: name).contains { $0.values.contains { text.hasPrefix($0) } }
                }
                guard isPrefix else { return text }
                let scheme = url.transport.rawValue
                return scheme.uppercased() + text.dropFirst(scheme.count)
            }
        }
    }
}
