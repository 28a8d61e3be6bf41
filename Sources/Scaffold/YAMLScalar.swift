/// Texts as scalars of a YAML file.
enum YAMLScalar {
    /// `text` between double quotes, in one line.
    ///
    /// What the forge would take for one of its expressions is written as an expression of that very text.
    static func quoted(_ text: String) -> String { plainlyQuoted(inert(text)) }

    /// `text` between double quotes, in one line, for readers that know no expressions.
    static func plainlyQuoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// One text plain between quotes, several as a flow sequence.
    static func list(_ texts: [String]) -> String {
        texts.count == 1 ? quoted(texts[0]) : "[\(texts.map(quoted).joined(separator: ", "))]"
    }

    /// `text` as a string of an expression of GitHub's, quotes included.
    static func expressionString(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// Compares scalars: a combining neighbour makes another Character of `$` or `{`, and none of it to the forge.
    private static func inert(_ text: String) -> String {
        text.unicodeScalars.split(separator: "${{".unicodeScalars, omittingEmptySubsequences: false)
            .map { String($0) }.joined(separator: "${{ '${{' }}")
    }
}
