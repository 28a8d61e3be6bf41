/// The `//go:build` line of a Go file, or the `// +build` lines of an old one.
///
/// Source: `go help buildconstraint`. Only what stands before the package clause counts, and of the old form only what
/// a blank line follows; with a `//go:build` line the old ones are passed over.
struct GoBuildConstraint: Sendable, Hashable {
    /// How deeply parentheses may nest; a deeper expression excludes its file.
    private static let depthLimit = 64

    private enum Form: Sendable, Hashable {
        case none
        case expression([UInt8])
        case lines([[UInt8]])
        case malformed
    }

    private var form: Form = .none

    /// Reads the constraint from the beginning of a file.
    init(header bytes: [UInt8]) {
        var expressions: [[UInt8]] = []
        var old: [[UInt8]] = []
        var pending: [[UInt8]] = []
        var isInBlock = false
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            var line = TextBytes.trimming(rest[rest.startIndex..<end])
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.isEmpty, !isInBlock {
                old += pending
                pending = []
            }
            if !isInBlock, let text = Self.argument(of: line, after: "//go:build") {
                expressions.append(Array(text))
            } else if !isInBlock, line.starts(with: "//".utf8),
                let text = Self.argument(of: TextBytes.trimming(line.dropFirst(2)), after: "+build")
            {
                pending.append(Array(text))
            }
            guard Self.skipComments(&line, isInBlock: &isInBlock) else { break }
        }
        if expressions.count > 1 {
            form = .malformed
        } else if let expression = expressions.first {
            form = .expression(expression)
        } else if !old.isEmpty {
            form = .lines(old)
        }
    }

    /// Passes over the comments of a line; false when something else follows.
    private static func skipComments(_ line: inout ArraySlice<UInt8>, isInBlock: inout Bool) -> Bool {
        while !line.isEmpty {
            if isInBlock {
                guard let star = line.indices.first(where: { line[$0...].starts(with: "*/".utf8) }) else { return true }
                isInBlock = false
                line = TextBytes.trimming(line[(star + 2)...])
            } else if line.starts(with: "//".utf8) {
                return true
            } else if line.starts(with: "/*".utf8) {
                isInBlock = true
                line = line.dropFirst(2)
            } else {
                return false
            }
        }
        return true
    }

    private static func argument(of line: ArraySlice<UInt8>, after mark: String) -> ArraySlice<UInt8>? {
        guard line.starts(with: mark.utf8) else { return nil }
        let text = line.dropFirst(mark.utf8.count)
        guard let first = text.first else { return text }
        return first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") ? text : nil
    }

    /// Whether the file is built for `target`; a malformed constraint excludes it.
    func isSatisfied(for target: GoTarget) -> Bool {
        switch form {
        case .none: return true
        case .malformed: return false
        case .lines(let lines): return lines.allSatisfy { Self.isSatisfied($0, for: target) }
        case .expression(let text):
            var parser = Parser(text: text, target: target)
            guard let value = parser.either(depth: 0), parser.isAtEnd else { return false }
            return value
        }
    }

    /// The old form: a blank is "or", a comma is "and".
    private static func isSatisfied(_ line: [UInt8], for target: GoTarget) -> Bool {
        TextBytes.words(line[...]).contains { option in
            option.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).allSatisfy { term in
                let isNegated = term.first == UInt8(ascii: "!")
                let tag = isNegated ? term.dropFirst() : term
                return !tag.isEmpty && target.sets(String(decoding: tag, as: UTF8.self)) != isNegated
            }
        }
    }

    /// Evaluates while it parses; nil is a syntax error.
    ///
    /// Both sides of an operator are always read.
    private struct Parser {
        let text: [UInt8]
        let target: GoTarget
        var index = 0

        var isAtEnd: Bool {
            mutating get {
                skipBlanks()
                return index == text.count
            }
        }

        init(text: [UInt8], target: GoTarget) {
            self.text = text
            self.target = target
        }

        mutating func either(depth: Int) -> Bool? {
            guard var value = both(depth: depth) else { return nil }
            while take("||") {
                guard let other = both(depth: depth) else { return nil }
                value = value || other
            }
            return value
        }

        private mutating func both(depth: Int) -> Bool? {
            guard var value = term(depth: depth) else { return nil }
            while take("&&") {
                guard let other = term(depth: depth) else { return nil }
                value = value && other
            }
            return value
        }

        private mutating func term(depth: Int) -> Bool? {
            let isNegated = take("!")
            if take("(") {
                guard depth < GoBuildConstraint.depthLimit, let value = either(depth: depth + 1), take(")") else {
                    return nil
                }
                return value != isNegated
            }
            skipBlanks()
            let start = index
            while index < text.count, Self.isTagByte(text[index]) { index += 1 }
            guard index > start else { return nil }
            return target.sets(String(decoding: text[start..<index], as: UTF8.self)) != isNegated
        }

        private mutating func take(_ symbol: String) -> Bool {
            skipBlanks()
            guard text[index...].starts(with: symbol.utf8) else { return false }
            index += symbol.utf8.count
            return true
        }

        private mutating func skipBlanks() {
            while index < text.count, text[index] == UInt8(ascii: " ") || text[index] == UInt8(ascii: "\t") {
                index += 1
            }
        }

        private static func isTagByte(_ byte: UInt8) -> Bool {
            TextBytes.isLetter(byte) || TextBytes.isDigit(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ".") || byte >= 0x80
        }
    }
}
