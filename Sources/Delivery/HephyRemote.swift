import Git

/// A remote of the repository that goes through this helper.
struct HephyRemote {
    var name: String
    /// The URL behind `hephy::`.
    var url: String

    /// Those with a `hephy::` or `hephy://` URL, and those with `vcs = hephy`.
    static func all(in config: GitConfig) -> [HephyRemote] {
        let named = config.subsections(of: "remote", name: "url") + config.subsections(of: "remote", name: "pushurl")
        var seen: Set<String> = []
        return named.compactMap { name, urls in
            let isOurs = config["remote.\(name).vcs"] == "hephy"
            let url = urls.first { isOurs || $0.hasPrefix("hephy::") || $0.hasPrefix("hephy://") }
            guard let url, seen.insert(name).inserted else { return nil }
            return HephyRemote(name: name, url: url.hasPrefix("hephy::") ? String(url.dropFirst(7)) : url)
        }
    }
}
