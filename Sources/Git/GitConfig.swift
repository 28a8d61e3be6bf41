/// The user's configuration as `git config --list` tells it, `git -c` included.
package struct GitConfig: Sendable {
    /// Values in the order git reads them, by key: section and name in lower case, subsection as written.
    private let values: [String: [String]]
    /// The keys, once each, in the order they were first met.
    package let keys: [String]

    package init(_ pairs: [(key: String, value: String)]) {
        var values: [String: [String]] = [:]
        var keys: [String] = []
        for (key, value) in pairs {
            if values[key] == nil { keys.append(key) }
            values[key, default: []].append(value)
        }
        self.values = values
        self.keys = keys
    }

    /// Reads the configuration that `git` sees in its directory and environment.
    ///
    /// - Parameters:
    ///   - git: the program.
    ///   - source: options of `git config` that name another place to read.
    /// - Returns: what is set there.
    /// - Throws: `GitError` when `git` cannot be run or a configuration file is broken.
    package static func load(_ git: GitProgram, from source: [String] = []) async throws(GitError) -> GitConfig {
        let arguments = ["config"] + source + ["--list", "-z"]
        return try GitConfig(told: try await git.run(arguments), by: arguments)
    }

    /// As `load` does, on the calling thread, which that blocks.
    static func loadHere(_ git: GitProgram) throws(GitError) -> GitConfig {
        let arguments = ["config", "--list", "-z"]
        return try GitConfig(told: try git.runHere(arguments), by: arguments)
    }

    private init(told output: GitProgram.Output, by arguments: [String]) throws(GitError) {
        guard output.status == 0 else {
            throw .commandFailed(arguments: arguments, status: output.status, message: output.standardError)
        }
        self.init(Self.parse(output.standardOutput))
    }

    /// `git config -z`: `key LF value NUL`, or `key NUL` for a key without a value, which means true.
    static func parse(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        bytes.split(separator: 0).map { entry in
            guard let end = entry.firstIndex(of: UInt8(ascii: "\n")) else {
                return (String(decoding: entry, as: UTF8.self), "true")
            }
            return (
                String(decoding: entry[..<end], as: UTF8.self),
                String(decoding: entry[entry.index(after: end)...], as: UTF8.self)
            )
        }
    }

    /// The value that counts, the last one.
    package subscript(key: String) -> String? { values[key]?.last }

    /// All values of `key`.
    package func all(_ key: String) -> [String] { values[key] ?? [] }

    /// `section.<subsection>.name` for every subsection that has it, in order of appearance.
    package func subsections(of section: String, name: String) -> [(subsection: String, values: [String])] {
        keys.compactMap { key in
            guard key.hasPrefix(section + "."), key.hasSuffix("." + name),
                key.utf8.count > section.utf8.count + name.utf8.count + 2
            else { return nil }
            return (String(key.dropFirst(section.count + 1).dropLast(name.count + 1)), all(key))
        }
    }

    /// The settings of `section` that apply to `url`, by git's own matching of `section.<url>.<name>`.
    ///
    /// - Throws: `GitError.programNotStarted` when `git` cannot be run.
    package static func matching(
        url: String, section: String, _ git: GitProgram
    ) async throws(GitError) -> [String: String] {
        let output = try await git.run(["config", "-z", "--get-urlmatch", section, url])
        guard output.status == 0 else { return [:] }
        return Dictionary(parse(output.standardOutput).map { ($0.key, $0.value) }) { _, last in last }
    }
}
