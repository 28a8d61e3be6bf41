/// Where the values of git's configuration stand: the scope, and the file.
package struct ConfigOrigins: Sendable {
    package struct Place: Sendable, Hashable {
        /// `system`, `global`, `local`, `worktree`, or `command` for `git -c` and the environment.
        package var scope: String
        /// The file as git names it; nil where there is none.
        package var file: String?
    }

    private var entries: [(key: String, value: String, place: Place)] = []

    /// Reads the configuration that `git` sees in its directory and environment.
    ///
    /// - Throws: `GitError` when `git` cannot be run or a configuration file is broken.
    package init(_ git: GitProgram) async throws(GitError) {
        let arguments = ["config", "--list", "--show-scope", "--show-origin", "-z"]
        let output = try await git.run(arguments)
        guard output.status == 0 else {
            throw .commandFailed(arguments: arguments, status: output.status, message: output.standardError)
        }
        // Scope, origin, and the key with its value, each with a NUL behind it; an empty value is no entry of its own.
        let words = output.standardOutput.split(separator: 0, omittingEmptySubsequences: false)
        for index in stride(from: 0, to: words.count - 2, by: 3) {
            let origin = String(decoding: words[index + 1], as: UTF8.self)
            let place = Place(
                scope: String(decoding: words[index], as: UTF8.self),
                file: origin.hasPrefix("file:") ? String(origin.dropFirst("file:".count)) : nil)
            for (key, value) in GitConfig.parse(Array(words[index + 2])) { entries.append((key, value, place)) }
        }
    }

    /// Where the value that counts for `section.name` stands, be it the general one or one for a URL.
    ///
    /// - Parameters:
    ///   - name: the key behind the section, in lower case.
    ///   - section: the section, `hephy`.
    ///   - value: the value that counts, as git's own matching found it.
    /// - Returns: the key as it is written, and its place; nil where no key has that value.
    package func place(of name: String, in section: String, value: String) -> (key: String, place: Place)? {
        let found = entries.last { entry in
            entry.value == value && entry.key.hasPrefix("\(section).") && entry.key.hasSuffix(".\(name)")
        }
        return found.map { ($0.key, $0.place) }
    }
}
