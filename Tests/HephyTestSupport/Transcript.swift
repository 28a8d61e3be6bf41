/// Text of a test run in which everything that differs from run to run is replaced by a name.
package struct Transcript: Sendable {
    private var replacements: [(from: String, to: String)] = []

    package init() {}

    package init(of fixture: GitFixture, _ double: GitHubDouble? = nil) {
        if let double {
            for (origin, name) in [
                (double.origin, "<origin>"), (double.secureOrigin ?? "", "<secure-origin>"),
                (double.logOrigin, "<logs>"), (double.proxy, "<proxy>"),
            ] where !origin.isEmpty {
                replace(origin, by: name)
                if let authority = origin.split(separator: "/").last.map(String.init) { replace(authority, by: name) }
            }
        }
        replace(fixture.scratch, by: "<scratch>")
    }

    /// Replaces a text, such as a commit's id, in all that is normalised from now on; what was given first goes first.
    package mutating func replace(_ text: String, by name: String) {
        replacements.append((text, name))
    }

    /// The text with known values, ids of commits, runs and jobs, and durations replaced; line ends are kept.
    package func normalised(_ text: String) -> String {
        var text = text
        for (from, to) in replacements { text = text.replacing(from, with: to) }
        var out = ""
        var word = ""
        for character in text {
            if character.isLetter || character.isNumber || character == "." {
                word.append(character)
            } else {
                out += Self.normalisedWord(word)
                word = ""
                out.append(character)
            }
        }
        return out + Self.normalisedWord(word)
    }

    private static func normalisedWord(_ word: String) -> String {
        if isDuration(word) { return "<duration>" }
        guard word.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else { return word }
        if word.count == 40 || word.count == 64 { return "<sha>" }
        let digits = word.allSatisfy(\.isNumber)
        if digits, word.count == 11, word.hasPrefix("17") { return "<run>" }
        if digits, word.count == 11, word.hasPrefix("48") { return "<job>" }
        if word.count >= 7, word.count <= 12, !digits, word.contains(where: \.isNumber) { return "<short-sha>" }
        return word
    }

    /// `12s`, `1m02s`, `2h3m`, `1.5s`, `120ms`.
    private static func isDuration(_ word: String) -> Bool {
        guard let first = word.first, first.isNumber, let last = word.last, "smh".contains(last) else { return false }
        var digits = false
        var rest = Substring(word)
        while let character = rest.popFirst() {
            if character.isNumber || character == "." {
                digits = true
            } else if "smhd".contains(character), digits {
                if character == "m", rest.first == "s" { rest.removeFirst() }
                digits = false
            } else {
                return false
            }
        }
        return !digits
    }
}
