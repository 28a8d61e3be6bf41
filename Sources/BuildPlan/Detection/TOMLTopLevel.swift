/// The keys of a TOML file that stand before its first table header.
///
/// Source: TOML 1.0. Only what is needed to find such keys and to pass over their values is read; nothing after the
/// first header is looked at.
struct TOMLTopLevel {
    enum Value: Equatable {
        case integer(Int)
        case string(String)
        case other
    }

    struct Entry {
        /// The key, dotted parts joined by `.`.
        var key: String
        var value: Value
        var line: Int
    }

    struct Malformed: Error {
        var fact: String
        var line: Int
    }

    private(set) var entries: [Entry] = []

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    init(_ bytes: [UInt8]) throws(Malformed) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while true {
            try skipBlanks(acrossLines: true)
            guard let byte = peek, byte != UInt8(ascii: "[") else { return }
            let start = line
            let key = try key()
            guard take(UInt8(ascii: "=")) else { throw malformed("a key without '='") }
            try skipBlanks(acrossLines: false)
            let value = try value()
            guard !entries.contains(where: { $0.key == key }) else { throw malformed("a key twice") }
            guard entries.count < 1000 else { throw malformed("more than 1000 keys before the first table") }
            entries.append(Entry(key: key, value: value, line: start))
            try skipBlanks(acrossLines: false)
            guard peek == nil || peek == UInt8(ascii: "\n") else { throw malformed("more than one value") }
        }
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func malformed(_ fact: String) -> Malformed {
        Malformed(fact: fact, line: line)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    /// Passes over blanks and a comment, and over line ends where they may stand.
    private mutating func skipBlanks(acrossLines: Bool) throws(Malformed) {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): index += 1
            case UInt8(ascii: "\r") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n"): index += 1
            case UInt8(ascii: "\n") where acrossLines:
                line += 1
                index += 1
            case UInt8(ascii: "#"):
                while let next = peek, next != UInt8(ascii: "\n") { index += 1 }
            default: return
            }
        }
    }

    private mutating func key() throws(Malformed) -> String {
        var parts: [String] = []
        repeat {
            try skipBlanks(acrossLines: false)
            if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
                parts.append(try string(acrossLines: false))
            } else {
                let start = index
                while let byte = peek, Self.isBareKeyByte(byte) { index += 1 }
                guard index > start else { throw malformed("no key") }
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
            }
            try skipBlanks(acrossLines: false)
        } while take(UInt8(ascii: "."))
        return parts.joined(separator: ".")
    }

    private static func isBareKeyByte(_ byte: UInt8) -> Bool {
        TextBytes.isLetter(byte) || TextBytes.isDigit(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    private mutating func value() throws(Malformed) -> Value {
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string(acrossLines: true))
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            try skipBrackets()
            return .other
        default:
            let start = index
            while let byte = peek, !" \t\r\n#,]}".utf8.contains(byte) { index += 1 }
            guard index > start else { throw malformed("a key without a value") }
            let word = String(decoding: bytes[start..<index], as: UTF8.self)
            guard let number = Self.integer(word) else { return .other }
            return .integer(number)
        }
    }

    /// Passes over an array or an inline table with whatever is nested in it, strings and comments included.
    private mutating func skipBrackets() throws(Malformed) {
        var open: [UInt8] = []
        repeat {
            try skipBlanks(acrossLines: true)
            switch peek {
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard open.popLast() == peek else { throw malformed("brackets that do not match") }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                _ = try string(acrossLines: true)
                continue
            case nil: throw malformed("a bracket that does not close")
            default: break
            }
            index += 1
        } while !open.isEmpty
    }

    /// Reads a string of any of the four kinds; the multi-line ones only where they may stand.
    private mutating func string(acrossLines: Bool) throws(Malformed) -> String {
        let quote = bytes[index]
        let isMultiline = acrossLines && bytes[index...].starts(with: [quote, quote, quote])
        index += isMultiline ? 3 : 1
        if isMultiline {
            _ = take(UInt8(ascii: "\r"))
            if take(UInt8(ascii: "\n")) { line += 1 }
        }
        var text: [UInt8] = []
        while let byte = peek {
            if byte == quote, !isMultiline || bytes[index...].starts(with: [quote, quote, quote]) {
                index += isMultiline ? 3 : 1
                // Up to two quotes may stand before the closing three.
                while isMultiline, take(quote) { text.append(quote) }
                return String(decoding: text, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\n") {
                guard isMultiline else { break }
                line += 1
            }
            text.append(byte)
            index += 1
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), let next = peek, next != UInt8(ascii: "\n") {
                text.append(next)
                index += 1
            }
        }
        throw malformed("a string that does not close")
    }

    /// Reads a TOML integer: a sign, `_` between digits, `0x`, `0o`, `0b`.
    private static func integer(_ word: String) -> Int? {
        let plain = word.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
            return Int(plain.dropFirst(2), radix: radix)
        }
        return Int(plain)
    }
}
