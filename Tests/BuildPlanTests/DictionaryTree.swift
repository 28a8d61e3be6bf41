import BuildPlan

/// A tree in memory that notes what is read of it.
final class DictionaryTree: SourceTree {
    private var files: [String: [UInt8]] = [:]
    private var links: [String: String] = [:]
    private var directories: [String: [String: SourceEntryKind]] = ["": [:]]

    /// The directories listed and the files read, in order; the root is "/".
    private(set) var reads: [String] = []

    /// Paths whose object cannot be read.
    var unreadable: Set<String> = []

    init(_ files: [String: String], links: [String: String] = [:], submodules: [String] = []) {
        for (path, text) in files { add(path, Array(text.utf8)) }
        for (path, target) in links {
            self.links[path] = target
            note(path, .symbolicLink)
        }
        for path in submodules { note(path, .submodule) }
    }

    func add(_ path: String, _ bytes: [UInt8]) {
        files[path] = bytes
        note(path, .file)
    }

    /// The files that were read, sorted.
    var filesRead: [String] { Set(reads.filter { !$0.hasSuffix("/") }).sorted() }

    func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]? {
        reads.append(directory + "/")
        if unreadable.contains(directory) { throw .unreadable(path: directory, reason: "missing object") }
        return directories[directory]?
            .map { SourceEntry(name: $0.key, kind: $0.value) }
            .sorted { sortKey($0) < sortKey($1) }
    }

    func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]? {
        reads.append(path)
        if unreadable.contains(path) { throw .unreadable(path: path, reason: "missing object") }
        if let target = links[path] { return Array(target.utf8) }
        guard let bytes = files[path] else { return nil }
        guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        return bytes
    }

    /// Git sorts a directory as if its name ended in `/`.
    private func sortKey(_ entry: SourceEntry) -> String {
        entry.kind == .directory ? entry.name + "/" : entry.name
    }

    private func note(_ path: String, _ kind: SourceEntryKind) {
        var child = path
        var kind = kind
        while true {
            let slash = child.lastIndex(of: "/")
            let parent = slash.map { String(child[..<$0]) } ?? ""
            let name = slash.map { String(child[child.index(after: $0)...]) } ?? child
            directories[parent, default: [:]][name] = kind
            guard slash != nil else { return }
            child = parent
            kind = .directory
        }
    }
}

extension Detection {
    /// The evidence of one rule.
    func evidence(_ rule: String) -> Evidence? {
        evidence.first { $0.rule == rule }
    }
}
