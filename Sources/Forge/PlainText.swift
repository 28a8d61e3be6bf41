package import HTTP

/// Makes text from outside fit for one line of a message.
package enum PlainText {
    /// The first line of `text` that is not blank, without control, bidirectional and invisible characters and the
    /// secrets that `mask` knows, cut to `limit` characters.
    package static func line(_ text: String, limit: Int, hiding mask: SecretMask = SecretMask()) -> String {
        let line = mask.masked(firstLine(text, limit: limit * 8), isCut: true).unicodeScalars
        guard line.count > limit else { return String(line) }
        return String(String.UnicodeScalarView(line.prefix(limit))) + "…"
    }

    /// `text` without control, bidirectional and invisible characters; every other one keeps its column.
    ///
    /// Tabs and line breaks come out as spaces.
    package static func visible(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x20 && scalar.value < 0x7f || isPrintable(scalar) {
                result.append(scalar)
            } else if scalar.properties.isWhitespace {
                result.append(" ")
            }
        }
        return String(result)
    }

    private static func firstLine(_ text: String, limit: Int) -> String {
        var result = ""
        var isGap = false
        for scalar in text.unicodeScalars.prefix(limit) {
            if scalar == "\n" || scalar == "\r" {
                if !result.isEmpty { break }
                continue
            }
            if scalar == " " || scalar == "\t" {
                isGap = !result.isEmpty
                continue
            }
            guard isPrintable(scalar) else { continue }
            if isGap { result.unicodeScalars.append(" ") }
            isGap = false
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
