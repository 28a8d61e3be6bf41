import Git

/// Where the embedded forge keeps what it keeps.
enum LocalPlace {
    /// The bare repository's folder that `url` names; nil where it leads to another machine.
    static func repository(of url: RemoteURL, environment: [String: String]) -> String? {
        EmbeddedRepository.directory(of: url, environment: environment)
    }

    /// `$XDG_DATA_HOME`, which is `~/.local/share` where it is not set.
    static func dataFolder(_ environment: [String: String]) -> String? {
        // What is not absolute counts as not set (XDG Base Directory Specification).
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/share"
    }
}
