import YAML

/// Collects what is wrong with one configuration file.
struct ConfigurationReport {
    private let bytes: [UInt8]
    private let path: String
    private(set) var problems: [ConfigurationProblem] = []

    init(bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func error(_ sentence: String, at mark: Mark, suggestion: String? = nil) {
        add(.error, sentence, at: mark, suggestion: suggestion)
    }

    mutating func warning(_ sentence: String, at mark: Mark, suggestion: String? = nil) {
        add(.warning, sentence, at: mark, suggestion: suggestion)
    }

    mutating func refuse(_ failure: YAMLError) {
        let sentence: String
        switch failure.fact {
        case .duplicateKey(let key, let first):
            sentence = "the key \(PrintableText.quoted(key)) stands already in line \(first.line)"
        case .unknownAlias(let name):
            sentence = "the alias \(PrintableText.quoted("*" + name)) names no anchor above it"
        case .recursiveAlias(let name):
            sentence = "the alias \(PrintableText.quoted("*" + name)) stands inside the node that it names"
        case .syntax where isTab(at: failure.mark):
            sentence = "a tab cannot indent YAML; use spaces"
        default:
            sentence = PrintableText.escaped(failure.problem)
        }
        error(sentence, at: failure.mark)
    }

    /// Forgets all other problems: the file was written for another hephy, which may know better.
    mutating func refuseVersion(_ sentence: String, at mark: Mark) {
        problems = []
        error(sentence, at: mark)
    }

    private func isTab(at mark: Mark) -> Bool {
        let before = mark.lineText(in: bytes).unicodeScalars.prefix(mark.column)
        return before.count == mark.column && before.last == "\t" && before.allSatisfy { $0 == " " || $0 == "\t" }
    }

    private mutating func add(
        _ severity: ConfigurationProblem.Severity, _ sentence: String, at mark: Mark, suggestion: String?
    ) {
        let excerpt = SourceExcerpt(line: mark.lineText(in: bytes), column: mark.column)
        problems.append(
            ConfigurationProblem(
                severity: severity, path: path, mark: mark, excerpt: excerpt, sentence: sentence, suggestion: suggestion
            ))
    }
}
