/// What a path of a tree holds.
package enum SourceEntryKind: Sendable {
    case file
    case directory
    case symbolicLink
    case submodule
}

/// One entry of a directory.
package struct SourceEntry: Sendable, Hashable {
    package var name: String
    package var kind: SourceEntryKind

    package init(name: String, kind: SourceEntryKind) {
        self.name = name
        self.kind = kind
    }
}

/// The tree of one commit, read-only.
///
/// Paths are relative, with `/`, without a leading or trailing one; "" is the root.
package protocol SourceTree {
    /// The entries of a directory in git's order, or nil where `directory` is no directory of the tree.
    ///
    /// - Throws: `SourceTreeError` when the object is there but cannot be read.
    func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]?

    /// The bytes of a file (of a symbolic link: its target's text), or nil where `path` is no file of the tree.
    ///
    /// - Throws: `SourceTreeError.tooLarge` when it has more than `limit` bytes, `.unreadable` when it cannot be read.
    func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]?
}

package enum SourceTreeError: Error, Hashable, Sendable {
    case tooLarge(path: String, limit: Int)
    case unreadable(path: String, reason: String)
}
