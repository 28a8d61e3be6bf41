/// Makes text from a forge fit for one line of a message.
package enum PlainText {
    /// The first line of `text` that is not blank, without control, bidirectional and invisible characters, cut to
    /// `limit` characters.
    package static func line(_ text: String, limit: Int) -> String {
        var result = ""
        var count = 0
        var isGap = false
        for scalar in text.unicodeScalars.prefix(limit * 8) {
            if scalar == "\n" || scalar == "\r" {
                if count > 0 { break }
                continue
            }
            if scalar == " " || scalar == "\t" {
                isGap = count > 0
                continue
            }
            guard isPrintable(scalar) else { continue }
            if count >= limit { return result + "…" }
            if isGap {
                result.unicodeScalars.append(" ")
                count += 1
                isGap = false
            }
            result.unicodeScalars.append(scalar)
            count += 1
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
