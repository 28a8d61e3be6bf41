/// One pattern of a workflow's `branches`, `tags` or `paths` filter (docs.github.com, "Filter pattern cheat sheet").
///
/// `*` stands for any characters but `/`, `**` for any at all, `?` and `+` repeat what stands before them at most once
/// and at least once, `[...]` is one character of a set, `\` takes the next character as it is. Patterns come from a
/// pushed file, so a match takes time proportional to the pattern's times the text's length at worst.
struct FilterPattern: Sendable {
    private enum Matcher: Sendable {
        case scalar(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>])
        case notSlash
        case any
        case nothing

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .scalar(let own): own == scalar
            case .set(let ranges): ranges.contains { $0.contains(scalar) }
            case .notSlash: scalar != "/"
            case .any: true
            case .nothing: false
            }
        }
    }

    /// One state of the matcher: it takes a scalar and goes on, or stays where `repeats`; without taking one it goes on
    /// by each of `skips`.
    private struct Element: Sendable {
        var matcher: Matcher
        var repeats = false
        var skips: [Int] = []
    }

    /// Whether it takes away from what patterns above it chose (`!` at its start).
    let isNegative: Bool
    private let elements: [Element]

    init(_ text: String) {
        isNegative = text.hasPrefix("!")
        elements = Self.elements(of: Array(text.unicodeScalars.dropFirst(isNegative ? 1 : 0)))
    }

    func matches(_ text: String) -> Bool {
        var states = States(self, from: 0)
        for scalar in text.unicodeScalars {
            var next = States(count: elements.count + 1)
            for state in states.members where state < elements.count && elements[state].matcher.matches(scalar) {
                next.add(elements[state].repeats ? state : state + 1, of: self)
            }
            if next.members.isEmpty { return false }
            states = next
        }
        return states.contains[elements.count]
    }

    /// The states in which the matcher may be.
    private struct States {
        var contains: [Bool]
        var members: [Int] = []

        init(count: Int) { contains = Array(repeating: false, count: count) }

        init(_ pattern: FilterPattern, from state: Int) {
            self.init(count: pattern.elements.count + 1)
            add(state, of: pattern)
        }

        mutating func add(_ state: Int, of pattern: FilterPattern) {
            var waiting = [state]
            while let state = waiting.popLast() {
                if contains[state] { continue }
                contains[state] = true
                members.append(state)
                if state < pattern.elements.count { waiting += pattern.elements[state].skips.map { state + $0 } }
            }
        }
    }

    private static func elements(of text: [Unicode.Scalar]) -> [Element] {
        var elements: [Element] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case "*":
                let start = index
                while index < text.count, text[index] == "*" { index += 1 }
                let isDouble = index - start > 1
                // `**/` behind a slash or at the start stands for no folder as well: the way over it and its slash.
                let isWhole = start == 0 || text[start - 1] == "/"
                if isDouble, isWhole, index < text.count, text[index] == "/" {
                    elements.append(Element(matcher: .nothing, skips: [1, 3]))
                }
                elements.append(Element(matcher: isDouble ? .any : .notSlash, repeats: true, skips: [1]))
                continue
            case "?" where !elements.isEmpty: elements[elements.count - 1].skips = [1]
            case "+" where !elements.isEmpty:
                if let last = elements.last, !last.repeats {
                    elements.append(Element(matcher: last.matcher, repeats: true, skips: [1]))
                }
            case "[":
                if let (set, end) = set(in: text, at: index + 1) {
                    elements.append(Element(matcher: .set(set)))
                    index = end
                } else {
                    elements.append(Element(matcher: .scalar("[")))
                }
            case "\\" where index + 1 < text.count:
                index += 1
                elements.append(Element(matcher: .scalar(text[index])))
            case let scalar: elements.append(Element(matcher: .scalar(scalar)))
            }
            index += 1
        }
        return elements
    }

    /// The set that begins at `start`, behind its `[`, and the index of its `]`; nil where it has no end or is empty.
    private static func set(
        in text: [Unicode.Scalar], at start: Int
    ) -> (ranges: [ClosedRange<Unicode.Scalar>], end: Int)? {
        guard let end = text[start...].firstIndex(of: "]"), end > start else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var index = start
        while index < end {
            let low = text[index]
            if index + 2 < end, text[index + 1] == "-", low <= text[index + 2] {
                ranges.append(low...text[index + 2])
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return (ranges, end)
    }
}

/// The patterns of one filter, in their order, which counts.
package struct FilterPatterns: Sendable {
    /// As they stand in the file.
    package let texts: [String]
    private let patterns: [FilterPattern]

    package init(_ texts: [String]) {
        self.texts = texts
        patterns = texts.map { FilterPattern($0) }
    }

    /// Whether the last pattern that says anything about `text` says yes.
    package func choose(_ text: String) -> Bool {
        patterns.last { $0.matches(text) }.map { !$0.isNegative } ?? false
    }
}
