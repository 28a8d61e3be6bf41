/// The tokens of a Go file, as coarse as the facts about a package need them.
///
/// Source: the Go specification, "Lexical elements". Comments are passed over, `//go:embed` lines noted on the way; a
/// literal that does not close ends at its line, a raw string and a block comment at the end of the file.
struct GoLexer {
    enum Token: Equatable {
        /// An identifier, a keyword or a number.
        case word(ArraySlice<UInt8>)
        /// What stands between the quotes, escapes as written.
        case string(ArraySlice<UInt8>)
        case rune
        case symbol(UInt8)
    }

    struct Directive: Equatable {
        /// What follows `//go:embed`.
        var text: ArraySlice<UInt8>
        var line: Int
    }

    private(set) var embeds: [Directive] = []

    /// The line of the token that was returned last, counted from 1.
    private(set) var line = 1

    private let bytes: [UInt8]
    private var index = 0
    private var isAtLineStart = true
    private var nextLine = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    mutating func next() -> Token? {
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\n"):
                nextLine += 1
                isAtLineStart = true
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "/") where follows(UInt8(ascii: "/")): skipLineComment()
            case UInt8(ascii: "/") where follows(UInt8(ascii: "*")): skipBlockComment()
            default:
                line = nextLine
                isAtLineStart = false
                return token(byte)
            }
        }
        return nil
    }

    private func follows(_ byte: UInt8) -> Bool {
        index + 1 < bytes.count && bytes[index + 1] == byte
    }

    private mutating func token(_ byte: UInt8) -> Token {
        switch byte {
        case UInt8(ascii: "\""): return .string(interpreted(byte))
        case UInt8(ascii: "'"):
            _ = interpreted(byte)
            return .rune
        case UInt8(ascii: "`"):
            let start = index + 1
            let end = bytes[start...].firstIndex(of: byte) ?? bytes.count
            for byte in bytes[start..<end] where byte == UInt8(ascii: "\n") { nextLine += 1 }
            index = min(end + 1, bytes.count)
            return .string(bytes[start..<end])
        case _ where Self.isWordByte(byte):
            let start = index
            while index < bytes.count, Self.isWordByte(bytes[index]) { index += 1 }
            return .word(bytes[start..<index])
        default:
            index += 1
            return .symbol(byte)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        TextBytes.isLetter(byte) || TextBytes.isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// Reads a literal with escapes that ends at `quote`, or before the end of the line.
    private mutating func interpreted(_ quote: UInt8) -> ArraySlice<UInt8> {
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != quote, bytes[index] != UInt8(ascii: "\n") {
            let isEscape = bytes[index] == UInt8(ascii: "\\") && !follows(UInt8(ascii: "\n"))
            index = min(index + (isEscape ? 2 : 1), bytes.count)
        }
        let end = index
        if index < bytes.count, bytes[index] == quote { index += 1 }
        return bytes[start..<end]
    }

    private mutating func skipLineComment() {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let comment = bytes[index..<end]
        let mark = "//go:embed".utf8
        if isAtLineStart, comment.starts(with: mark) {
            let text = comment.dropFirst(mark.count)
            if text.first.map({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) ?? true {
                embeds.append(Directive(text: text, line: nextLine))
            }
        }
        index = end
    }

    private mutating func skipBlockComment() {
        index += 2
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), follows(UInt8(ascii: "/")) {
                index += 2
                return
            }
            if bytes[index] == UInt8(ascii: "\n") { nextLine += 1 }
            index += 1
        }
    }
}
