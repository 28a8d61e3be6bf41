/// One ref that a push wants to change on the remote.
package struct RefUpdate: Hashable, Sendable {
    /// What is pushed: a local ref, a revision or an id; nil where the remote ref is deleted.
    package var source: String?
    /// The remote ref in full, `refs/heads/main`.
    package var destination: String
    package var isForced: Bool

    package init(source: String?, destination: String, isForced: Bool) {
        self.source = source
        self.destination = destination
        self.isForced = isForced
    }

    /// The update that a refspec of a remote helper's `push` line says: `[+][<source>]:<destination>`
    /// (gitremote-helpers(7), "push").
    package init?(refspec: String) {
        var text = Substring(refspec)
        isForced = text.hasPrefix("+")
        if isForced { text = text.dropFirst() }
        // Neither side of a ref update may hold a colon (git-check-ref-format), but a source may be `:/text`.
        guard let colon = text.lastIndex(of: ":") else { return nil }
        destination = String(text[text.index(after: colon)...])
        guard !destination.isEmpty else { return nil }
        source = colon == text.startIndex ? nil : String(text[..<colon])
    }

    package var isDelete: Bool { source == nil }

    /// The ref's name without `refs/heads/`, `refs/tags/` or `refs/`.
    package var shortName: String { Self.shortName(of: destination) }

    package var isBranch: Bool { destination.hasPrefix("refs/heads/") }
    package var isTag: Bool { destination.hasPrefix("refs/tags/") }

    package static func shortName(of ref: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/", "refs/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }
}
