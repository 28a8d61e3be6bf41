/// The module path of a `go.mod`.
///
/// Source: the Go modules reference, "go.mod files". `module` stands on a line with a path, plain, in `"` or in `` ` ``,
/// or opens a block in parentheses that holds one.
enum GoModFile {
    static let byteLimit = 1 << 20

    /// Returns the module path, or nil when the file has none.
    static func modulePath(in bytes: [UInt8]) -> String? {
        var isInBlock = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            var words = TextBytes.words(withoutComment(line))
            guard let first = words.first else { continue }
            if isInBlock {
                if first.elementsEqual(")".utf8) { return nil }
                return path(first)
            }
            guard first.starts(with: "module".utf8) else { continue }
            let rest = first.dropFirst("module".utf8.count)
            words.removeFirst()
            if !rest.isEmpty { words.insert(rest, at: 0) }
            guard let word = words.first else { return nil }
            if rest.isEmpty || rest.first == UInt8(ascii: "(") || rest.first == UInt8(ascii: "\"") {
                if word.elementsEqual("(".utf8) {
                    isInBlock = true
                } else {
                    return path(word)
                }
            }
        }
        return nil
    }

    private static func withoutComment(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for index in line.indices where line[index...].starts(with: "//".utf8) {
            // `//` inside a word is part of it only in a quoted path, which no module has.
            return line[line.startIndex..<index]
        }
        return line
    }

    private static func path(_ word: ArraySlice<UInt8>) -> String? {
        var text = String(decoding: word, as: UTF8.self)
        if let quote = text.first, quote == "\"" || quote == "`" {
            guard text.count > 2, text.last == quote else { return nil }
            text = String(text.dropFirst().dropLast())
        }
        return text.isEmpty ? nil : text
    }

    /// Returns the element a command of the module is named after: `api` for `…/api`, `…/api/v2` and `gopkg.in/api.v2`.
    static func commandName(of modulePath: String) -> String? {
        var elements = modulePath.split(separator: "/")
        if elements.count > 1, let last = elements.last, isMajorVersion(last) { elements.removeLast() }
        guard let last = elements.last else { return nil }
        guard modulePath.hasPrefix("gopkg.in/"), let dot = last.lastIndex(of: "."),
            isMajorVersion(last[last.index(after: dot)...])
        else { return String(last) }
        return String(last[..<dot])
    }

    private static func isMajorVersion(_ element: Substring) -> Bool {
        element.count > 1 && element.first == "v" && element.utf8.dropFirst().allSatisfy(TextBytes.isDigit)
    }
}
