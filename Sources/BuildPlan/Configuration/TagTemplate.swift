/// One entry of `additional_tags`: literal text and variables, whose values are known only in the run.
package struct TagTemplate: Hashable, Sendable, CustomStringConvertible {
    package enum Part: Hashable, Sendable {
        case literal(String)
        case variable(TagVariable)
    }

    package let parts: [Part]

    /// Why a text is no tag, and at which of its scalars, counted from zero.
    struct Fault: Error, Hashable {
        enum Kind: Hashable {
            case empty
            case tooLong
            case unterminatedVariable
            case unknownVariable(String)
            case bareVariable(String)
            case expression
            case badFirstCharacter(Unicode.Scalar)
            case badCharacter(Unicode.Scalar)
        }

        var kind: Kind
        var offset: Int
    }

    /// Longest tag that registries accept (distribution's reference grammar).
    private static let lengthLimit = 128

    /// Reads `[A-Za-z0-9_.-]` and `${VARIABLE}`.
    ///
    /// - Throws: `Fault` at the first scalar that can be in no tag, for an unknown variable and for an open `${`.
    init(_ text: String) throws(Fault) {
        let scalars = Array(text.unicodeScalars)
        var parts: [Part] = []
        var literal = ""
        var literalLength = 0
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "$" {
                let (variable, next) = try Self.variable(in: scalars, at: index)
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                parts.append(.variable(variable))
                index = next
                continue
            }
            guard Self.isWord(scalar) || scalar == "." || scalar == "-" else {
                throw Fault(kind: .badCharacter(scalar), offset: index)
            }
            guard index > 0 || Self.isWord(scalar) else { throw Fault(kind: .badFirstCharacter(scalar), offset: 0) }
            literal.unicodeScalars.append(scalar)
            literalLength += 1
            index += 1
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        guard !parts.isEmpty else { throw Fault(kind: .empty, offset: 0) }
        guard literalLength <= Self.lengthLimit else { throw Fault(kind: .tooLong, offset: 0) }
        self.parts = parts
    }

    /// The template as it is written in the configuration.
    package var description: String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .variable(let variable): "${\(variable.rawValue)}"
            }
        }.joined()
    }

    private static func variable(in scalars: [Unicode.Scalar], at start: Int) throws(Fault) -> (TagVariable, next: Int)
    {
        var index = start + 1
        guard index < scalars.count, scalars[index] == "{" else {
            let name = String(String.UnicodeScalarView(scalars[index...].prefix(while: isWord)))
            throw Fault(kind: name.isEmpty ? .badCharacter("$") : .bareVariable(name), offset: start)
        }
        index += 1
        if index < scalars.count, scalars[index] == "{" { throw Fault(kind: .expression, offset: start) }
        guard let close = scalars[index...].firstIndex(of: "}") else {
            throw Fault(kind: .unterminatedVariable, offset: start)
        }
        let name = String(String.UnicodeScalarView(scalars[index..<close]))
        guard let variable = TagVariable(rawValue: name) else {
            throw Fault(kind: .unknownVariable(name), offset: start)
        }
        return (variable, close + 1)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_": true
        default: false
        }
    }
}
