/// Reads the logical lines of a Dockerfile as BuildKit's parser joins them.
///
/// Source: the Dockerfile reference ("Parser directives", "Escape", "Here-documents") and the behaviour of
/// `frontend/dockerfile/parser` of BuildKit 0.32. A continuation is the escape character, not preceded by another one,
/// followed by nothing but blanks and tabs. Inside a continuation comments and empty lines are dropped; the first line
/// loses its leading white space, a continued one keeps it.
struct DockerfileLines {
    struct Line {
        /// The joined text without its line ends.
        var text: [UInt8]
        /// The physical line the text begins on, counted from 1.
        var number: Int
    }

    /// A `# name=value` line at the top of the file.
    struct Directive {
        /// In lower case.
        var name: String
        var value: String
        var line: Int
        /// Whether `//` stands for `#`, which only a foreign frontend's language would do.
        var isSlashed: Bool
    }

    /// The directives at the top, each name once.
    let directives: [Directive]

    /// The character that continues a line: `\` or `` ` ``.
    let escape: UInt8

    private let bytes: [UInt8]
    private var offset: Int
    private var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        directives = Self.directives(of: bytes[offset...])
        let chosen = directives.first { $0.name == "escape" && !$0.isSlashed }?.value
        escape = chosen == "`" ? UInt8(ascii: "`") : UInt8(ascii: "\\")
    }

    /// Returns the next logical line that holds an instruction, or nil at the end.
    mutating func next() -> Line? {
        while let raw = physicalLine() {
            let first = TextBytes.trimmingStart(raw)
            if first.first == UInt8(ascii: "#") { continue }
            var (text, isContinued) = withoutContinuation(first)
            if text.isEmpty, !isContinued { continue }
            let start = number
            while isContinued, let raw = physicalLine() {
                let trimmed = TextBytes.trimmingStart(raw)
                if trimmed.isEmpty || trimmed.first == UInt8(ascii: "#") { continue }
                let (more, goesOn) = withoutContinuation(raw)
                text += more
                isContinued = goesOn
            }
            return Line(text: Array(text), number: start)
        }
        return nil
    }

    /// Passes over a heredoc's body and returns whether its terminator was there; if not, nothing is passed over.
    mutating func skipBody(of heredoc: DockerfileHeredoc) -> Bool {
        let start = (offset, number)
        while let line = physicalLine() {
            let end = heredoc.dropsTabs ? line.drop { $0 == UInt8(ascii: "\t") } : line
            if end.elementsEqual(heredoc.terminator) { return true }
        }
        (offset, number) = start
        return false
    }

    /// Returns the next line without its line end, of which it may have several carriage returns.
    private mutating func physicalLine() -> ArraySlice<UInt8>? {
        guard offset < bytes.count else { return nil }
        let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var line = bytes[offset..<end]
        while line.last == UInt8(ascii: "\r") { line.removeLast() }
        offset = min(end + 1, bytes.count)
        number += 1
        return line
    }

    private func withoutContinuation(_ line: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Bool) {
        var rest = line
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        guard rest.last == escape else { return (line, false) }
        rest.removeLast()
        return rest.last == escape ? (line, false) : (rest, true)
    }

    private static func directives(of bytes: ArraySlice<UInt8>) -> [Directive] {
        let marked = directives(of: bytes, marker: "#")
        return marked.isEmpty ? directives(of: bytes, marker: "//") : marked
    }

    private static func directives(of bytes: ArraySlice<UInt8>, marker: String) -> [Directive] {
        var found: [Directive] = []
        var rest = bytes
        for number in 1...16 where !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = TextBytes.trimmingStart(rest[rest.startIndex..<end])
            rest = rest[min(end + 1, rest.endIndex)...]
            if number == 1, line.starts(with: "#!".utf8) { continue }
            guard line.starts(with: marker.utf8), let (name, value) = assignment(line.dropFirst(marker.utf8.count)),
                ["syntax", "escape", "check"].contains(name), !found.contains(where: { $0.name == name })
            else { break }
            found.append(Directive(name: name, value: value, line: number, isSlashed: marker != "#"))
        }
        return found
    }

    /// Splits `name = value`; the name is a letter followed by letters and digits.
    private static func assignment(_ line: ArraySlice<UInt8>) -> (String, String)? {
        let text = TextBytes.trimming(line)
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = TextBytes.trimming(text[text.startIndex..<equals])
        let value = TextBytes.trimming(text[(equals + 1)...])
        guard let first = name.first, TextBytes.isLetter(first), !value.isEmpty,
            name.allSatisfy({ TextBytes.isLetter($0) || TextBytes.isDigit($0) })
        else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }
}
