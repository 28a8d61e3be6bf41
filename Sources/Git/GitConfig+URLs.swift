/// Which way objects go.
package enum TransferDirection: Sendable {
    case fetch
    case push
}

extension GitConfig {
    /// `url` as git would rewrite it by `url.<base>.insteadOf` and, for a push of a remote without a `pushurl`,
    /// `url.<base>.pushInsteadOf` (git-config(1)): the longest matching prefix wins, a push rule wins over the other.
    ///
    /// Rules that lead to `hephy::` are passed over unless `towardsHephy` is set: a URL that stands behind `hephy::` stands
    /// there often by that very rule.
    package func rewritten(
        _ url: String, for direction: TransferDirection, remote: String?, towardsHephy: Bool = false
    ) -> String {
        if direction == .push, remote.map({ all("remote.\($0).pushurl").isEmpty }) ?? true,
            let pushed = replacingLongestPrefix(of: url, by: "pushinsteadof", towardsHephy: towardsHephy)
        {
            return pushed
        }
        return replacingLongestPrefix(of: url, by: "insteadof", towardsHephy: towardsHephy) ?? url
    }

    private func replacingLongestPrefix(of url: String, by name: String, towardsHephy: Bool) -> String? {
        var best: (base: String, prefix: String)?
        for (base, prefixes) in subsections(of: "url", name: name)
        where towardsHephy || !base.hasPrefix("hephy::") && !base.hasPrefix("hephy://") {
            for prefix in prefixes where url.hasPrefix(prefix) && prefix.utf8.count > (best?.prefix.utf8.count ?? -1) {
                best = (base, prefix)
            }
        }
        return best.map { $0.base + url.dropFirst($0.prefix.count) }
    }

    /// The key of the rule that has put a user or a password into `url`, with neither of them in it; nil where none has.
    package func ruleWithCredentials(in url: String) -> String? {
        for name in ["insteadOf", "pushInsteadOf"] {
            for (base, _) in subsections(of: "url", name: name.lowercased()) {
                let plain = base.hasPrefix("hephy::") ? String(base.dropFirst("hephy::".count)) : base
                guard url.hasPrefix(plain) || url.hasPrefix(base) else { continue }
                let start = base.firstRange(of: "://")?.upperBound ?? base.firstRange(of: "::")?.upperBound
                let authority = base[(start ?? base.startIndex)...].prefix { $0 != "/" }
                guard let at = authority.lastIndex(of: "@") else { continue }
                return "url.\(base[..<authority.startIndex])***\(base[at...]).\(name)"
            }
        }
        return nil
    }

    /// `environment` in which git's programs heed settings of `http.<url>` and `credential.<url>` too whose URL is written
    /// as the remote has it, `http.hephy::https://HOST/.proxy` for instance: git matches the URL behind `hephy::` alone.
    package func namingPlainURLs(in environment: [String: String]) -> [String: String] {
        let settings = ["http", "credential"].flatMap { section in
            keys.flatMap { key -> [String] in
                guard let plain = Self.namingPlainURL(key, of: section) else { return [] }
                return all(key).map { "'" + "\(plain)=\($0)".replacing("'", with: "'\\''") + "'" }
            }
        }
        guard !settings.isEmpty else { return environment }
        // What was given on the command line stands behind them and wins, as it does natively.
        let given = [environment["GIT_CONFIG_PARAMETERS"]].compactMap(\.self)
        return environment.merging(["GIT_CONFIG_PARAMETERS": (settings + given).joined(separator: " ")]) { $1 }
    }

    /// `key` with the URL that git knows, where it is one of `section` that has hephy's form; what is passed on to git's
    /// programs ends at its first `=` (git 2.30).
    private static func namingPlainURL(_ key: String, of section: String) -> String? {
        guard key.hasPrefix(section + ".hephy:"), !key.contains("="), let end = key.lastIndex(of: ".") else {
            return nil
        }
        let url = key[..<end].dropFirst(section.count + 1)
        let inner = url.hasPrefix("hephy::") ? url.dropFirst("hephy::".count) : url
        let plain = inner.hasPrefix("hephy://") ? "https" + inner.dropFirst("hephy".count) : String(inner)
        return "\(section)." + (plain.contains("://") ? plain : "https://" + plain) + key[end...]
    }

    /// Whether git acts for the user, as GIT_PROTOCOL_FROM_USER says it in any of git's words for false (git(1)).
    package static func isFromUser(_ environment: [String: String]) -> Bool {
        guard let text = environment["GIT_PROTOCOL_FROM_USER"]?.lowercased() else { return true }
        return !["0", "false", "no", "off", ""].contains(text)
    }

    /// Whether the user lets git use `transport`: GIT_ALLOW_PROTOCOL, else `protocol.<name>.allow`, else
    /// `protocol.allow`, else git's defaults (git-config(1), "protocol.allow").
    package func allows(transport: String, environment: [String: String]) -> Bool {
        if let list = environment["GIT_ALLOW_PROTOCOL"] {
            return list.split(separator: ":").contains { $0 == transport }
        }
        let usual =
            switch transport {
            case "http", "https", "git", "ssh": "always"
            case "ext": "never"
            default: "user"
            }
        switch (self["protocol.\(transport).allow"] ?? self["protocol.allow"] ?? usual).lowercased() {
        case "always": return true
        case "user": return Self.isFromUser(environment)
        default: return false
        }
    }
}
