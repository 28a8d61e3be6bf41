/// A commit's own words.
package struct Commit: Sendable, Hashable {
    package let id: ObjectID
    package let tree: ObjectID
    package let parents: [ObjectID]
    /// The message, decoded as UTF-8 with repairs.
    package let message: String

    /// Reads the commit format: `tree`, `parent`... header lines, an empty line, the message (git-commit-tree(1)).
    init(_ id: ObjectID, raw: [UInt8]) throws(GitError) {
        guard let tree = Self.header("tree", in: raw).flatMap({ ObjectID($0) }) else {
            throw .unreadableObject(id: id.hex, reason: "a commit without a tree")
        }
        self.id = id
        self.tree = tree
        parents = Self.headers("parent", in: raw).compactMap { ObjectID($0) }
        message = Self.message(in: raw)
    }

    static func header(_ name: String, in raw: [UInt8]) -> String? {
        headers(name, in: raw).first
    }

    private static func headers(_ name: String, in raw: [UInt8]) -> [String] {
        var values: [String] = []
        var start = raw.startIndex
        while start < raw.endIndex {
            let end = raw[start...].firstIndex(of: UInt8(ascii: "\n")) ?? raw.endIndex
            if end == start { break }
            let line = String(decoding: raw[start..<end], as: UTF8.self)
            if line.hasPrefix(name + " ") { values.append(String(line.dropFirst(name.count + 1))) }
            start = min(end + 1, raw.endIndex)
        }
        return values
    }

    private static func message(in raw: [UInt8]) -> String {
        let newline = UInt8(ascii: "\n")
        var index = raw.startIndex
        while index + 1 < raw.endIndex {
            if raw[index] == newline, raw[index + 1] == newline {
                return String(decoding: raw[(index + 2)...], as: UTF8.self)
            }
            index += 1
        }
        return ""
    }
}
