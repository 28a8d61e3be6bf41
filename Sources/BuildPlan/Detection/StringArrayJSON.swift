/// Reads a JSON array of strings, the exec form of a Dockerfile instruction.
enum StringArrayJSON {
    /// Returns the strings when `text` is exactly one JSON array that holds nothing else, else nil.
    static func parse(_ text: ArraySlice<UInt8>) -> [String]? {
        var rest = text.drop(while: isSpace)
        guard rest.first == UInt8(ascii: "[") else { return nil }
        rest = rest.dropFirst().drop(while: isSpace)
        var strings: [String] = []
        if rest.first == UInt8(ascii: "]") { return isEnd(rest.dropFirst()) ? [] : nil }
        while let (string, after) = string(rest) {
            strings.append(string)
            rest = after.drop(while: isSpace)
            switch rest.first {
            case UInt8(ascii: ","): rest = rest.dropFirst().drop(while: isSpace)
            case UInt8(ascii: "]"): return isEnd(rest.dropFirst()) ? strings : nil
            default: return nil
            }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    private static func isEnd(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.allSatisfy(isSpace)
    }

    private static func string(_ text: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        guard text.first == UInt8(ascii: "\"") else { return nil }
        var bytes: [UInt8] = []
        var index = text.startIndex + 1
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""): return (String(decoding: bytes, as: UTF8.self), text[(index + 1)...])
            case 0..<0x20: return nil
            case UInt8(ascii: "\\"):
                guard let length = escaped(text[(index + 1)...], into: &bytes) else { return nil }
                index += 1 + length
            default:
                bytes.append(byte)
                index += 1
            }
        }
        return nil
    }

    /// Appends the character an escape stands for and returns the escape's length after the backslash.
    private static func escaped(_ text: ArraySlice<UInt8>, into bytes: inout [UInt8]) -> Int? {
        switch text.first {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes += text.prefix(1)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let digits = text.dropFirst().prefix(4)
            guard digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            // Surrogates stay apart: no flag and no URL is written with them.
            bytes += String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8
            return 5
        default: return nil
        }
        return 1
    }
}
