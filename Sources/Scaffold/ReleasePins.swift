/// The archives of hephy's newest release, which CI files fetch to detect with: what `share/release` says.
///
/// A line for each kind of machine, `linux-amd64 SHA256 URL`; `#` begins a comment. Without lines nothing is pinned.
struct ReleasePins: Sendable, Hashable {
    static let path = "release"

    /// The lines, as the plan step takes them in `HEPHY_RELEASE`; empty where nothing is pinned.
    let text: String

    var isEmpty: Bool { text.isEmpty }

    /// - Throws: `ScaffoldError` when the file is missing, or a line is not of its form.
    init(from files: SharedFiles) throws(ScaffoldError) {
        var kept: [Substring] = []
        let lines = try files.text(Self.path).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            guard Self.isPin(line) else {
                throw .malformedTemplate(name: Self.path, line: index + 1, reason: "not understood: '\(line)'")
            }
            kept.append(line)
        }
        text = kept.joined(separator: "\n")
    }

    private static func isPin(_ line: Substring) -> Bool {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0].hasPrefix("linux-"), words[1].utf8.count == 64 else { return false }
        return words[1].utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
            && (words[2].hasPrefix("https://") || words[2].hasPrefix("http://127.0.0.1:"))
            && words[2].utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "$") }
    }
}
