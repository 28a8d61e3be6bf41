/// Why a YAML text was not accepted, and where.
package struct YAMLError: Error, Hashable, Sendable {
    package enum Fact: Hashable, Sendable {
        /// libyaml's own words: what is wrong, and what it was reading ("while parsing a block mapping").
        case syntax(problem: String, context: String?)
        case invalidUTF8
        /// A character that YAML does not allow unescaped, such as U+0007.
        case forbiddenCharacter(UInt32)
        case secondDocument
        case duplicateKey(String, first: Mark)
        case unknownAlias(String)
        /// The alias stands inside the very node that it names.
        case recursiveAlias(String)
        case tooManyBytes(limit: Int)
        case tooDeep(limit: Int)
        /// More nodes than allowed, counted with every alias replaced by what it names.
        case tooManyNodes(limit: Int)
        /// More bytes of scalars than allowed, counted with every alias replaced by what it names.
        case tooMuchText(limit: Int)
        /// More `%TAG` lines than anybody needs.
        case tooManyDirectives(limit: Int)
        case outOfMemory
    }

    package var mark: Mark
    package var fact: Fact

    package init(_ fact: Fact, at mark: Mark) {
        self.fact = fact
        self.mark = mark
    }

    /// What is wrong as a sentence, lower-case and without a full stop.
    ///
    /// It may hold text of the file as it stands there: whoever prints it makes it safe first.
    package var problem: String {
        switch fact {
        case .syntax(let problem, nil): problem
        case .syntax(let problem, let context?): "\(problem) \(context)"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .forbiddenCharacter(let value):
            "the character U+\(Self.codePoint(value)) is not allowed here"
        case .secondDocument: "a second document begins here; only one is allowed"
        case .duplicateKey(let key, let first): "the key '\(key)' stands already in line \(first.line)"
        case .unknownAlias(let name): "the alias '*\(name)' names no anchor above it"
        case .recursiveAlias(let name): "the alias '*\(name)' stands inside the node that it names"
        case .tooManyBytes(let limit): "the text has more than \(limit) bytes"
        case .tooDeep(let limit): "more than \(limit) levels of nesting"
        case .tooManyNodes(let limit): "more than \(limit) values, aliases counted by what they name"
        case .tooMuchText(let limit): "more than \(limit) bytes of values, aliases counted by what they name"
        case .tooManyDirectives(let limit): "more than \(limit) lines of '%TAG'"
        case .outOfMemory: "out of memory"
        }
    }

    private static func codePoint(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
