package import BuildPlan
package import Git

/// A commit's tree, in the form in which the plan reads it.
package struct CommitTree: SourceTree {
    private let tree: Tree

    package init(_ tree: Tree) {
        self.tree = tree
    }

    package func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]? {
        do {
            return try tree.entries(of: directory)?.map { SourceEntry(name: $0.name, kind: Self.kind($0.kind)) }
        } catch {
            throw Self.fact(error, path: directory)
        }
    }

    package func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]? {
        do {
            return try tree.contents(of: path, limit: limit)
        } catch {
            throw Self.fact(error, path: path)
        }
    }

    private static func kind(_ kind: Tree.EntryKind) -> SourceEntryKind {
        switch kind {
        case .file: .file
        case .directory: .directory
        case .symbolicLink: .symbolicLink
        case .submodule: .submodule
        }
    }

    private static func fact(_ error: GitError, path: String) -> SourceTreeError {
        if case .objectTooLarge(_, _, let limit) = error { return .tooLarge(path: path, limit: limit) }
        return .unreadable(path: path, reason: FailureReport(.git(error)).problem ?? "")
    }
}
