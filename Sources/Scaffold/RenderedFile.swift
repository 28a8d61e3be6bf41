/// A rendered CI file, in which everything outside of one marked region belongs to its owner.
package struct RenderedFile: Sendable, Hashable {
    private let before: [Substring]
    private let region: [Substring]
    private let after: [Substring]
    /// Whether lines end as some checkouts on Windows have them.
    private let hasCarriageReturns: Bool

    /// Finds the region; nil where the two marks do not stand in the text once each, in their order.
    package init?(_ text: String) {
        // Both line ends are one Character each.
        hasCarriageReturns = text.contains("\r\n")
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let begins = lines.indices.filter { Self.isMark("hephy:begin", lines[$0]) }
        let ends = lines.indices.filter { Self.isMark("hephy:end", lines[$0]) }
        guard begins.count == 1, ends.count == 1, begins[0] < ends[0] else { return nil }
        before = Array(lines[..<begins[0]])
        region = Array(lines[begins[0]...ends[0]])
        after = Array(lines[(ends[0] + 1)...])
    }

    /// The whole file with the region of `other` in place of its own.
    package func replacingRegion(with other: RenderedFile) -> String {
        (before + other.region + after).joined(separator: hasCarriageReturns ? "\r\n" : "\n")
    }

    /// The reusable workflow that the region calls, as its `uses` names it, or what it includes, as `remote` or
    /// `component` names it; nil where it carries the steps itself.
    package var component: String? {
        region.lazy.compactMap { line in
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "-", words[1] == "remote:" || words[1] == "component:" {
                return String(words[2].filter { $0 != "\"" })
            }
            guard words.count == 2, words[0] == "uses:", words[1].contains("/hephy-builder/.github/workflows/") else {
                return nil
            }
            return String(words[1])
        }.first
    }

    /// The SHA-256 of the configuration file that the region was rendered from, `none` where there was no file.
    ///
    /// Nil where the region does not tell.
    package var configurationDigest: String? {
        region.lazy.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == "HEPHY_CONFIG_SHA256:" || words[0] == "config_sha256:" else {
                return nil
            }
            let value = words[1].filter { $0 != "\"" }
            return value.hasPrefix("$") ? nil : value
        }.first
    }

    private static func isMark(_ mark: String, _ line: Substring) -> Bool {
        var words = line.split { $0 == " " || $0 == "\t" }
        guard words.first == "#" else { return false }
        words.removeFirst()
        return words.first.map { $0 == mark } ?? false
    }
}
