import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A first look for `url.<base>.insteadOf` and its like, without the time that running `git config` takes.
///
/// What the helper can do has to be said before git's next line, and it is not the same over http and over ssh. Only
/// where a rule may exist is it worth waiting for the whole configuration.
enum RewriteRules {
    /// Whether any of the places that git reads speaks of a rule, or of a file to include.
    static func mayExist(environment: [String: String]) -> Bool {
        let given = environment.filter { $0.key == "GIT_CONFIG_PARAMETERS" || $0.key.hasPrefix("GIT_CONFIG_KEY_") }
        if given.values.contains(where: { speaksOfRules(Array($0.utf8)) }) { return true }
        return files(environment).contains { path in
            guard let text = contents(of: path) else { return false }
            return speaksOfRules(text)
        }
    }

    private static func files(_ environment: [String: String]) -> [String] {
        let home = environment["HOME"] ?? ""
        var files: [String] = []
        if let global = environment["GIT_CONFIG_GLOBAL"] {
            files.append(global)
        } else {
            let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
            files += [folder + "/git/config", home + "/.gitconfig"]
        }
        if let system = environment["GIT_CONFIG_SYSTEM"] {
            files.append(system)
        } else {
            files += systemFiles(environment)
        }
        if let directory = environment["GIT_DIR"] {
            files += [directory + "/config", directory + "/config.worktree"]
            if let common = contents(of: directory + "/commondir") {
                let path = String(decoding: common.filter { $0 >= 0x20 }, as: UTF8.self)
                files.append((path.hasPrefix("/") ? path : directory + "/" + path) + "/config")
            }
        }
        return files
    }

    /// Where git may have been told to look when it was built: `/etc`, or beside its folder of helpers, which git puts
    /// first on PATH.
    private static func systemFiles(_ environment: [String: String]) -> [String] {
        let folders =
            [environment["GIT_EXEC_PATH"]].compactMap(\.self)
            + (environment["PATH"] ?? "").split(separator: ":").prefix(1).map(String.init)
        let prefixes = folders.flatMap { folder in
            ["/libexec/git-core", "/lib/git-core"].filter(folder.hasSuffix).map { String(folder.dropLast($0.count)) }
        }
        return ["/etc/gitconfig"] + prefixes.flatMap { ["\($0)/etc/gitconfig", "\($0)/share/git-core/gitconfig"] }
    }

    private static func speaksOfRules(_ text: [UInt8]) -> Bool {
        let lower = text.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        return ["insteadof", "include"].contains { word in
            lower.indices.contains { lower[$0] == word.utf8.first && lower[$0...].starts(with: word.utf8) }
        }
    }

    /// The text of a small file; nil where there is none.
    private static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text: [UInt8] = []
        while text.count < 1 << 20, let piece = ProtocolChannel.read(descriptor), !piece.isEmpty { text += piece }
        return text
    }
}
