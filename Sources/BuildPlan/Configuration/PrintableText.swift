/// Text of an untrusted file made safe to print on one line.
enum PrintableText {
    /// The text with every control, invisible or direction-changing character written as `\u{...}`.
    ///
    /// What is longer than `limit` scalars is cut there and ends in `...`.
    static func escaped(_ text: some StringProtocol, limit: Int = 200) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == limit { return result + "..." }
            append(scalar, to: &result)
        }
        return result
    }

    /// The escaped text in single quotes.
    static func quoted(_ text: some StringProtocol, limit: Int = 60) -> String {
        "'\(escaped(text, limit: limit))'"
    }

    /// Whether a value of the configuration may hold `scalar`: no line break, no control, nothing that changes direction.
    static func isAllowedInValue(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        default: !isDirectional(scalar)
        }
    }

    static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default:
            text.unicodeScalars.append(scalar)
        }
    }

    private static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
