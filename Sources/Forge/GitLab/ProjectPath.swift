import HTTP

/// The full path of a project on a GitLab, groups and all, as its URLs spell it.
package struct ProjectPath: Sendable, Hashable, CustomStringConvertible {
    /// Why a path names no project.
    package enum Problem: Error, Sendable, Hashable {
        /// Not `group/project` with any number of groups; `found` is the number of parts.
        case tooFewParts(found: Int)
        /// `part` is empty, `.`, `..`, too long, or holds a character that GitLab has in no path.
        case invalidName(part: String)
    }

    /// `group/subgroup/project`.
    package let description: String

    /// GitLab's own limit is 20 levels of groups.
    private static let mostParts = 21

    /// Reads the path of a repository's URL: `/group/sub/project.git`, behind `prefix` where the GitLab lives below one.
    ///
    /// - Throws: `Problem` when it has too few or too many parts, or a part is no name that GitLab gives.
    package init(_ path: String, below prefix: String = "") throws(Problem) {
        var text = path[...]
        if !prefix.isEmpty, text.drop(while: { $0 == "/" }).hasPrefix(prefix.dropFirst() + "/") {
            text = text.drop { $0 == "/" }.dropFirst(prefix.count)
        }
        var trimmed = text.drop { $0 == "/" }
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        if trimmed.hasSuffix(".git") { trimmed = trimmed.dropLast(4) }
        let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...Self.mostParts).contains(parts.count) else {
            throw .tooFewParts(found: trimmed.isEmpty ? 0 : parts.count)
        }
        for part in parts where !Self.isName(part) { throw .invalidName(part: String(part)) }
        description = String(trimmed)
    }

    /// The path as one segment of an API's URL.
    var encoded: String { HTTPURL.encoded(description) }

    private static func isName(_ part: Substring) -> Bool {
        guard !part.isEmpty, part.utf8.count <= 255, part != ".", part != "..", !part.hasPrefix("-") else {
            return false
        }
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
