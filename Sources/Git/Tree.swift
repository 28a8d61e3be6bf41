/// The tree of one commit. It keeps its repository alive; like it, it blocks and is not for the concurrency pool.
package final class Tree {
    package enum EntryKind: Sendable {
        case file
        case directory
        case symbolicLink
        case submodule
    }

    package struct Entry: Sendable, Hashable {
        package var name: String
        package var kind: EntryKind
        package var id: ObjectID
    }

    private let root: ObjectID
    private let repository: Repository
    private var directories: [String: [Entry]] = [:]

    init(root: ObjectID, of repository: Repository) {
        self.root = root
        self.repository = repository
    }

    /// The entries of `directory` ("" is the root) in git's order, or nil where it is no directory.
    ///
    /// - Throws: `GitError` when a tree object on the way is missing or broken.
    package func entries(of directory: String) throws(GitError) -> [Entry]? {
        if let known = directories[directory] { return known }
        let id: ObjectID
        if directory.isEmpty {
            id = root
        } else {
            guard let entry = try entry(at: directory), entry.kind == .directory else { return nil }
            id = entry.id
        }
        let object = try repository.read(id, limit: 64 << 20)
        guard object.kind == .tree else { throw .unreadableObject(id: id.hex, reason: "not a tree") }
        let entries = try Self.parse(object.bytes, id: id)
        directories[directory] = entries
        return entries
    }

    /// The bytes of a file or the target of a symbolic link, or nil where `path` is neither.
    ///
    /// - Throws: `GitError.objectTooLarge` when it has more than `limit` bytes; others when it cannot be read.
    package func contents(of path: String, limit: Int) throws(GitError) -> [UInt8]? {
        guard let entry = try entry(at: path), entry.kind == .file || entry.kind == .symbolicLink else { return nil }
        return try repository.read(entry.id, limit: limit).bytes
    }

    private func entry(at path: String) throws(GitError) -> Entry? {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { String(path[..<$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        return try entries(of: parent)?.first { $0.name == name }
    }

    /// A tree object is a row of `<octal mode> SP <name> NUL <20 or 32 bytes of id>` (gitformat-pack and git-mktree).
    private static func parse(_ bytes: [UInt8], id: ObjectID) throws(GitError) -> [Entry] {
        var entries: [Entry] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let end = rest[space...].firstIndex(of: 0), rest.endIndex - end > id.byteCount,
                let child = ObjectID(bytes: rest[(end + 1)...(end + id.byteCount)])
            else { throw .unreadableObject(id: id.hex, reason: "a malformed tree") }
            let kind: EntryKind =
                switch String(decoding: rest[..<space], as: UTF8.self) {
                case "40000", "040000": .directory
                case "120000": .symbolicLink
                case "160000": .submodule
                default: .file
                }
            let name = String(decoding: rest[(space + 1)..<end], as: UTF8.self)
            entries.append(Entry(name: name, kind: kind, id: child))
            rest = rest[(end + id.byteCount + 1)...]
        }
        return entries
    }
}
