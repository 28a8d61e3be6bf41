/// C-style quoting as git uses it for option values (quote.c, `unquote_c_style`).
package enum QuotedText {
    /// The bytes that `text` stands for: itself unless it begins with a double quote; nil when the quoting is broken.
    package static func unquoted(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.first == UInt8(ascii: "\"") else { return Array(text) }
        var result: [UInt8] = []
        var rest = Array(text.dropFirst())[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return rest.isEmpty ? result : nil
            case UInt8(ascii: "\\"):
                guard let decoded = escaped(&rest) else { return nil }
                result.append(decoded)
            default: result.append(byte)
            }
        }
        return nil
    }

    private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        switch byte {
        case UInt8(ascii: "a"): return 7
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "v"): return 11
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            guard let second = octal(&rest), let third = octal(&rest) else { return nil }
            return (byte - UInt8(ascii: "0")) << 6 | second << 3 | third
        default: return nil
        }
    }

    private static func octal(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let byte = rest.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { return nil }
        return byte - UInt8(ascii: "0")
    }
}
