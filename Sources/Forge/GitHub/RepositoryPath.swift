/// The owner and name of a repository on GitHub, as its URLs spell them.
package struct RepositoryPath: Sendable, Hashable, CustomStringConvertible {
    /// Why a path names no repository.
    package enum Problem: Error, Sendable, Hashable {
        /// Not exactly `owner/name`; `found` is the number of parts.
        case notOwnerAndName(found: Int)
        /// `part` is empty, `.`, `..`, too long, or holds a character that GitHub has in no name.
        case invalidName(part: String)
    }

    package let owner: String
    package let name: String

    package var description: String { "\(owner)/\(name)" }

    /// Reads the path of a repository's URL: `/owner/name`, `owner/name.git`, `/owner/name/`.
    ///
    /// - Throws: `Problem` when the path has another number of parts, or a part is no name that GitHub gives.
    package init(_ path: String) throws(Problem) {
        let scalars = Substring(path)
        let trimmed = scalars.drop { $0 == "/" }
        let end = trimmed.lastIndex { $0 != "/" }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        let parts = trimmed[..<end].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .notOwnerAndName(found: trimmed[..<end].isEmpty ? 0 : parts.count) }
        let name = parts[1].hasSuffix(".git") ? parts[1].dropLast(4) : parts[1]
        for part in [parts[0], name] where !Self.isName(part) { throw .invalidName(part: String(part)) }
        self.owner = String(parts[0])
        self.name = String(name)
    }

    private static func isName(_ part: Substring) -> Bool {
        guard !part.isEmpty, part != ".", part != "..", part.utf8.count <= 100 else { return false }
        return part.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
