/// The files of the directory the detection looks in, behind one listing of it.
struct ContextFiles {
    /// A file in the tree after following symbolic links.
    struct Found {
        /// The path as it was asked for; what a person would name it.
        var path: String
        /// The path that holds the bytes.
        var target: String
    }

    let tree: any SourceTree

    /// The context's path; "" is the root.
    let directory: String

    /// Whether the context is a directory of the tree.
    let exists: Bool

    private let kinds: [String: SourceEntryKind]

    /// Lists the context; a context that is no directory of the tree has no files.
    init(tree: any SourceTree, context: String?) throws(SourceTreeError) {
        self.tree = tree
        let path = Self.normalized(context ?? "")
        directory = path ?? context ?? ""
        var kinds: [String: SourceEntryKind] = [:]
        if let path, let entries = try tree.entries(of: path) {
            exists = true
            for entry in entries { kinds[entry.name] = entry.kind }
        } else {
            exists = false
        }
        self.kinds = kinds
    }

    /// Returns the path in the tree of `name` in the context.
    func path(of name: String) -> String {
        Self.joined(directory, name)
    }

    /// Returns the file `name` directly in the context without reading anything but links.
    func file(named name: String) throws(SourceTreeError) -> Found? {
        switch kinds[name] {
        case .file: Found(path: path(of: name), target: path(of: name))
        case .symbolicLink: try resolved(path(of: name))
        case .directory, .submodule, nil: nil
        }
    }

    /// Returns the file at `path`, or without a path the first of `names` that is directly in the context.
    func file(at path: String?, orNamed names: [String]) throws(SourceTreeError) -> Found? {
        if let path { return try file(at: path) }
        for name in names {
            if let found = try file(named: name) { return found }
        }
        return nil
    }

    /// Returns the file at `path`, which is relative to the root of the tree.
    func file(at path: String) throws(SourceTreeError) -> Found? {
        guard let path = Self.normalized(path), !path.isEmpty else { return nil }
        return try resolved(path)
    }

    /// Follows symbolic links inside the tree, at most eight of them.
    private func resolved(_ path: String) throws(SourceTreeError) -> Found? {
        var target = path
        for _ in 0..<8 {
            switch try kind(of: target) {
            case .file: return Found(path: path, target: target)
            case .directory, .submodule, nil: return nil
            case .symbolicLink:
                guard let bytes = try tree.contents(of: target, limit: 4096),
                    let text = String(validating: bytes, as: UTF8.self), !text.hasPrefix("/"),
                    let next = Self.normalized(Self.joined(Self.parent(of: target), text))
                else { return nil }
                target = next
            }
        }
        return nil
    }

    private func kind(of path: String) throws(SourceTreeError) -> SourceEntryKind? {
        let parent = Self.parent(of: path)
        let name = parent.isEmpty ? path : String(path.dropFirst(parent.count + 1))
        if parent == directory { return kinds[name] }
        return try tree.entries(of: parent)?.first { $0.name == name }?.kind
    }

    static func joined(_ directory: String, _ name: String) -> String {
        directory.isEmpty ? name : name.isEmpty ? directory : directory + "/" + name
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[..<slash])
    }

    /// Returns `path` without `.`, `..` and doubled slashes, or nil when it leads out of the tree.
    static func normalized(_ path: String) -> String? {
        guard !path.hasPrefix("/") else { return nil }
        var elements: [Substring] = []
        for element in path.split(separator: "/") where element != "." {
            guard element == ".." else {
                elements.append(element)
                continue
            }
            guard elements.popLast() != nil else { return nil }
        }
        return elements.joined(separator: "/")
    }
}
