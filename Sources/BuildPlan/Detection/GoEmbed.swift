/// The patterns of `//go:embed` and the files of a commit they stand for.
///
/// Source: package `embed`, "Directives", and `path.Match`.
struct GoEmbed {
    let tree: any SourceTree

    /// How many directories may still be listed; at 0 no pattern is decided any more.
    private(set) var budget: Int

    /// Splits the text after `//go:embed`; nil when a quote does not close or nothing is there.
    static func patterns(_ text: ArraySlice<UInt8>) -> [String]? {
        var patterns: [String] = []
        var rest = text.drop(while: TextBytes.isSpace)
        while let first = rest.first {
            if first == UInt8(ascii: "\"") || first == UInt8(ascii: "`") {
                guard let (pattern, after) = quoted(rest) else { return nil }
                guard after.first.map(TextBytes.isSpace) ?? true else { return nil }
                patterns.append(pattern)
                rest = after
            } else {
                let word = rest.prefix { !TextBytes.isSpace($0) }
                patterns.append(String(decoding: word, as: UTF8.self))
                rest = rest.dropFirst(word.count)
            }
            rest = rest.drop(while: TextBytes.isSpace)
        }
        return patterns.isEmpty ? nil : patterns
    }

    private static func quoted(_ text: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        guard let quote = text.first else { return nil }
        var bytes: [UInt8] = []
        var index = text.startIndex + 1
        while index < text.endIndex {
            let byte = text[index]
            if byte == quote { return (String(decoding: bytes, as: UTF8.self), text[(index + 1)...]) }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index + 1 < text.endIndex {
                index += 1
                bytes.append(text[index])
            } else {
                bytes.append(byte)
            }
            index += 1
        }
        return nil
    }

    /// Returns why `pattern` stands for no files below `directory`, or nil when it stands for at least one.
    ///
    /// `directory` is the package's path in the tree. Also nil when the budget is used up.
    ///
    /// - Throws: `SourceTreeError.unreadable` when a directory cannot be read.
    mutating func fault(of pattern: String, in directory: String) throws(SourceTreeError) -> String? {
        let takesHidden = pattern.hasPrefix("all:")
        let path = takesHidden ? String(pattern.dropFirst(4)) : pattern
        let elements = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !elements.contains(where: { ["", ".", ".."].contains($0) }) else {
            return "is no path inside the package"
        }
        guard elements.count <= 64 else { return "is too deep" }
        var matches = [(path: directory, kind: SourceEntryKind.directory)]
        for element in elements {
            matches = try step(from: matches, by: element)
        }
        guard budget > 0 else { return nil }
        guard !matches.isEmpty else { return "matches no file of the commit" }
        for match in matches {
            if let fault = try fault(of: match.path, kind: match.kind, takesHidden: takesHidden) {
                return fault
            }
        }
        return nil
    }

    private mutating func step(
        from directories: [(path: String, kind: SourceEntryKind)], by element: String
    ) throws(SourceTreeError) -> [(path: String, kind: SourceEntryKind)] {
        var matches: [(path: String, kind: SourceEntryKind)] = []
        for directory in directories where directory.kind == .directory {
            for entry in try entries(of: directory.path) where GoGlob.matches(entry.name, element) {
                guard matches.count < 10_000 else {
                    budget = 0
                    return []
                }
                matches.append((ContextFiles.joined(directory.path, entry.name), entry.kind))
            }
        }
        return matches
    }

    private mutating func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry] {
        guard budget > 0 else { return [] }
        budget -= 1
        return try tree.entries(of: directory) ?? []
    }

    private mutating func fault(
        of path: String, kind: SourceEntryKind, takesHidden: Bool
    ) throws(SourceTreeError) -> String? {
        let shown = TreeText.printable(path)
        switch kind {
        case .file: return nil
        case .symbolicLink: return "matches the symbolic link \(shown)"
        case .submodule: return "matches the submodule \(shown), which is not part of the commit"
        case .directory: break
        }
        if try entries(of: path).contains(where: { $0.name == "go.mod" }) {
            return "matches \(shown), which is another module"
        }
        var pending = [path]
        while let directory = pending.popLast() {
            let entries = try entries(of: directory)
            guard budget > 0 else { return nil }
            if directory != path, entries.contains(where: { $0.name == "go.mod" }) { continue }
            for entry in entries where takesHidden || !(entry.name.hasPrefix(".") || entry.name.hasPrefix("_")) {
                if entry.kind == .file { return nil }
                if entry.kind == .directory { pending.append(ContextFiles.joined(directory, entry.name)) }
            }
        }
        return "matches \(shown), which holds no file to embed"
    }
}
