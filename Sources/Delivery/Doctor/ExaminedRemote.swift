import Git
import RemoteHelper

/// A remote whose pushes go through hephy, by its own URL or by a rule of git's configuration.
struct ExaminedRemote: Sendable {
    var name: String
    /// Where pushes go in the end, or why they go nowhere.
    var target: Result<RemoteURL, RemoteHelperError>

    var url: RemoteURL? { try? target.get() }

    /// All of them, in the order of git's configuration.
    static func all(in config: GitConfig) -> [ExaminedRemote] {
        names(in: config).flatMap { name in
            urls(of: name, in: config).compactMap { ExaminedRemote(name, written: $0, in: config) }
        }
    }

    /// The names of all remotes that have a URL, whoever they go through.
    static func names(in config: GitConfig) -> [String] {
        var seen: Set<String> = []
        return (config.subsections(of: "remote", name: "url") + config.subsections(of: "remote", name: "pushurl"))
            .map(\.subsection).filter { seen.insert($0).inserted }
    }

    /// The URLs that a push to the remote goes to.
    private static func urls(of name: String, in config: GitConfig) -> [String] {
        let pushed = config.all("remote.\(name).pushurl")
        return pushed.isEmpty ? config.all("remote.\(name).url") : pushed
    }

    /// Nil where pushes do not go through hephy.
    private init?(_ name: String, written: String, in config: GitConfig) {
        self.name = name
        // With `vcs` git rewrites the URL before it calls the helper.
        let called = config.rewritten(written, for: .push, remote: name, towardsHephy: true)
        let isNamed = config["remote.\(name).vcs"] == "hephy"
        guard isNamed || called.hasPrefix("hephy::") || called.hasPrefix("hephy://") else { return nil }
        let given = called.hasPrefix("hephy::") ? String(called.dropFirst("hephy::".count)) : called
        target = Result { () throws(RemoteHelperError) in
            do throws(RemoteURLError) {
                let url = try RemoteURL(given)
                guard !isNamed, url.transport != .local else { return url }
                let rewritten = config.rewritten(url.text, for: .push, remote: name)
                return rewritten == url.text ? url : try RemoteURL(rewritten)
            } catch {
                throw .url(error)
            }
        }
    }
}
