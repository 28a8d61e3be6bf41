/// Text from a tree, such as a path or a name, made safe to print.
enum TreeText {
    /// Returns `text` with control and direction characters escaped as `\u{…}`, cut to `limit` characters.
    static func printable(_ text: String, limit: Int = 120) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return shown + "…" }
            count += 1
            if isHarmless(scalar) {
                shown.unicodeScalars.append(scalar)
            } else {
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return shown
    }

    /// Returns bytes as printable text; what is not UTF-8 becomes U+FFFD.
    static func printable(_ bytes: some Collection<UInt8>, limit: Int = 120) -> String {
        // No scalar takes more than four bytes.
        printable(String(decoding: bytes.prefix(limit * 4 + 4), as: UTF8.self), limit: limit)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: false
        default: true
        }
    }
}
