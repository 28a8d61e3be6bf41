/// A file of `share/templates`: text with places to be filled.
///
/// | line or word | meaning |
/// |---|---|
/// | `#% if NAME`, `#% else`, `#% end` | the lines between are kept where the flag is set, or is not |
/// | `#% each NAME`, `#% end` | the lines between once for each item of the list |
/// | `#% step FILE` | the lines of a step of `share/steps`, indented as this line is |
/// | `@{NAME}` | the text of that name |
///
/// A directive stands alone in its line, behind any spaces, so that a template is a YAML file to its readers.
package struct Template: Sendable {
    private let name: String
    private let body: [Part]

    private indirect enum Part: Sendable {
        case line(String, number: Int)
        case step(String, indentation: String, number: Int)
        case condition(String, then: [Part], otherwise: [Part])
        case each(String, [Part], number: Int)
    }

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - text: the file's.
    ///   - name: what errors call it.
    /// - Throws: `ScaffoldError.malformedTemplate` for an unknown directive and for blocks that are not closed.
    package init(_ text: String, name: String) throws(ScaffoldError) {
        self.name = name
        var lines = Lines(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...])
        if lines.rest.last == "" { lines.rest.removeLast() }
        (body, _) = try Self.block(&lines, name: name, opened: nil)
    }

    /// Fills the template.
    ///
    /// - Parameters:
    ///   - values: what stands for names, flags and lists.
    ///   - step: the text of a step by its file's name.
    /// - Returns: the text, each line of it ended.
    /// - Throws: `ScaffoldError.malformedTemplate` for a name without a value; what `step` throws.
    package func render(
        _ values: TemplateValues, step: (String) throws(ScaffoldError) -> String
    ) throws(ScaffoldError) -> String {
        var text = ""
        for part in body { try render(part, values, step, into: &text) }
        return text
    }

    private func render(
        _ part: Part, _ values: TemplateValues, _ step: (String) throws(ScaffoldError) -> String,
        into text: inout String
    ) throws(ScaffoldError) {
        switch part {
        case .line(let line, let number): text += try filled(line, values, number) + "\n"
        case .step(let file, let indentation, let number):
            let lines = try step(filled(file, values, number))
            for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
                text += line.isEmpty ? "\n" : indentation + line + "\n"
            }
        case .condition(let flag, let then, let otherwise):
            for part in values.flags.contains(flag) ? then : otherwise { try render(part, values, step, into: &text) }
        case .each(let list, let body, let number):
            guard let items = values.lists[list] else { throw malformed(number, "no list '\(list)'") }
            for item in items {
                for part in body { try render(part, values.inside(item), step, into: &text) }
            }
        }
    }

    private func filled(_ line: String, _ values: TemplateValues, _ number: Int) throws(ScaffoldError) -> String {
        var filled = ""
        var rest = line[...]
        while let open = rest.firstRange(of: "@{") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                throw malformed(number, "an open '@{'")
            }
            let name = String(rest[open.upperBound..<close])
            guard let text = values.texts[name] else { throw malformed(number, "no value for '\(name)'") }
            filled += rest[..<open.lowerBound] + text
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }

    private func malformed(_ line: Int, _ reason: String) -> ScaffoldError {
        .malformedTemplate(name: name, line: line, reason: reason)
    }

    /// The lines that are not read yet, and the number of the next one.
    private struct Lines {
        var rest: ArraySlice<String>
        var number = 0

        init(_ lines: ArraySlice<String>) { rest = lines }

        mutating func next() -> String? {
            number += 1
            return rest.popFirst()
        }
    }

    /// Reads up to the end of a block that line `opened` began, or of the file.
    ///
    /// - Returns: the parts, and the word that ended them: `end`, `else`, or nil for the end of the file.
    private static func block(
        _ lines: inout Lines, name: String, opened: Int?
    ) throws(ScaffoldError) -> ([Part], end: String?) {
        var parts: [Part] = []
        while let line = lines.next() {
            let number = lines.number
            let indentation = String(line.prefix { $0 == " " })
            guard line.dropFirst(indentation.count).hasPrefix("#% ") else {
                parts.append(.line(line, number: number))
                continue
            }
            let words = line.dropFirst(indentation.count + 3).split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("step", 2): parts.append(.step(words[1], indentation: indentation, number: number))
            case ("if", 2):
                let (then, end) = try block(&lines, name: name, opened: number)
                let otherwise = end == "else" ? try block(&lines, name: name, opened: number).0 : []
                parts.append(.condition(words[1], then: then, otherwise: otherwise))
            case ("each", 2):
                parts.append(.each(words[1], try block(&lines, name: name, opened: number).0, number: number))
            case ("else", 1) where opened != nil, ("end", 1) where opened != nil: return (parts, words[0])
            default: throw .malformedTemplate(name: name, line: number, reason: "not understood: '\(line)'")
            }
        }
        if let opened { throw .malformedTemplate(name: name, line: opened, reason: "a block without '#% end'") }
        return (parts, nil)
    }
}
