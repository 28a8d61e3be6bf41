/// Matches one element of a path as Go's `path.Match` does.
enum GoGlob {
    /// Whether `name` as a whole matches `pattern`: `*`, `?`, `[a-z]`, `[^a-z]` and `\` before a literal character.
    ///
    /// A malformed pattern matches nothing. Takes time in the product of both lengths at most.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        guard let steps = steps(of: Array(pattern.unicodeScalars)) else { return false }
        let scalars = Array(name.unicodeScalars)
        var place = 0
        var step = 0
        var retry: (place: Int, step: Int)?
        while place < scalars.count {
            if step < steps.count, case .any = steps[step] {
                retry = (place, step)
                step += 1
            } else if step < steps.count, steps[step].accepts(scalars[place]) {
                place += 1
                step += 1
            } else if let star = retry {
                retry = (star.place + 1, star.step)
                place = star.place + 1
                step = star.step + 1
            } else {
                return false
            }
        }
        return steps[step...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    private enum Step {
        case any
        case one
        case literal(Unicode.Scalar)
        /// A range the wrong way round holds nothing but is no error.
        case ranges([(low: Unicode.Scalar, high: Unicode.Scalar)], isNegated: Bool)

        func accepts(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: false
            case .one: true
            case .literal(let own): own == scalar
            case .ranges(let ranges, let isNegated):
                ranges.contains { $0.low <= scalar && scalar <= $0.high } != isNegated
            }
        }
    }

    private static func steps(of pattern: [Unicode.Scalar]) -> [Step]? {
        var steps: [Step] = []
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case "*": steps.append(.any)
            case "?": steps.append(.one)
            case "[":
                index += 1
                guard let ranges = ranges(of: pattern, at: &index) else { return nil }
                steps.append(ranges)
                continue
            case "\\":
                index += 1
                guard index < pattern.count else { return nil }
                steps.append(.literal(pattern[index]))
            default: steps.append(.literal(pattern[index]))
            }
            index += 1
        }
        return steps
    }

    /// Reads what follows `[` up to and with `]`.
    private static func ranges(of pattern: [Unicode.Scalar], at index: inout Int) -> Step? {
        let isNegated = index < pattern.count && pattern[index] == "^"
        if isNegated { index += 1 }
        var ranges: [(low: Unicode.Scalar, high: Unicode.Scalar)] = []
        while index < pattern.count {
            if pattern[index] == "]", !ranges.isEmpty {
                index += 1
                return .ranges(ranges, isNegated: isNegated)
            }
            guard let low = bound(of: pattern, at: &index) else { return nil }
            var high = low
            if index < pattern.count, pattern[index] == "-" {
                index += 1
                guard let upper = bound(of: pattern, at: &index) else { return nil }
                high = upper
            }
            ranges.append((low, high))
        }
        return nil
    }

    private static func bound(of pattern: [Unicode.Scalar], at index: inout Int) -> Unicode.Scalar? {
        guard index < pattern.count, pattern[index] != "-", pattern[index] != "]" else { return nil }
        if pattern[index] == "\\" { index += 1 }
        guard index < pattern.count else { return nil }
        defer { index += 1 }
        return pattern[index]
    }
}
