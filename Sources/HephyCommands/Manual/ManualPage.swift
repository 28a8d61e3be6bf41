import Delivery

/// A page for man(1), in the macros of man(7).
struct ManualPage {
    /// The page's name, `hephy-watch`, which is its file's as well.
    let name: String
    private var lines: [String]

    /// - Parameters:
    ///   - name: the page's name.
    ///   - summary: what stands behind it in lists of pages.
    init(_ name: String, summary: String) {
        self.name = name
        let title = Self.escaped(name.uppercased())
        let version = Self.escaped("hephy \(HephyVersion.text)")
        lines = [".TH \"\(title)\" \"1\" \"\" \"\(version)\" \"hephy\""]
        section("NAME")
        lines.append("\(Self.escaped(name)) \\- \(Self.escaped(Self.sentence(summary)))")
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    mutating func section(_ title: String) { lines.append(".SH \"\(Self.escaped(title))\"") }

    /// A line of macros and text that is escaped already.
    mutating func raw(_ line: String) { lines.append(line) }

    /// An entry of a list: what it is about, and what is said of it.
    mutating func entry(_ head: String, _ text: String) {
        lines += [".TP", head]
        let paragraphs = Self.paragraphs(text)
        for (index, paragraph) in paragraphs.enumerated() {
            if index > 0 { lines.append(".IP") }
            add(paragraph)
        }
        if paragraphs.isEmpty { lines.append("\\&") }
    }

    /// Paragraphs as help texts have them: divided by empty lines, what is to be typed indented.
    mutating func paragraphs(_ text: String) {
        for paragraph in Self.paragraphs(text) {
            // Behind a heading it would be one too many.
            if lines.last?.hasPrefix(".SH") == false { lines.append(".PP") }
            add(paragraph)
        }
    }

    private mutating func add(_ paragraph: [Substring]) {
        guard paragraph.allSatisfy({ $0.hasPrefix("    ") }) else {
            lines.append(Self.prose(paragraph.joined(separator: " ")))
            return
        }
        lines += [".RS 4", ".nf"] + paragraph.map { Self.protected(Self.escaped($0.dropFirst(4))) } + [".fi", ".RE"]
    }

    // MARK: Text

    private static func paragraphs(_ text: String) -> [[Substring]] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { $0.allSatisfy { $0 == " " } }.map(Array.init)
    }

    /// A sentence as lists of pages have them: it begins small and ends without a full stop.
    private static func sentence(_ text: String) -> String {
        let trimmed = text.hasSuffix(".") ? String(text.dropLast()) : text
        return trimmed.prefix(1).lowercased() + trimmed.dropFirst()
    }

    /// Running text; what stands between backticks is to be typed.
    static func prose(_ text: String) -> String {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return protected(escaped(text)) }
        return protected(
            parts.enumerated().map { $0 % 2 == 1 ? bold(String($1)) : escaped($1) }.joined())
    }

    static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

    static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

    /// `text` as it is to be seen: with its backslashes and hyphens, and quotes that can be copied.
    static func escaped(_ text: some StringProtocol) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// A line that begins like a macro is none.
    private static func protected(_ line: String) -> String { line.hasPrefix(".") ? "\\&" + line : line }
}
