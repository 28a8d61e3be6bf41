/// A heredoc that a line of a Dockerfile begins: `<<EOF`, `<<-"EOF"`, `3<< EOF`.
struct DockerfileHeredoc: Equatable {
    /// The line that ends the body, quotes taken off.
    var terminator: [UInt8]

    /// Whether tabs before the terminator are dropped: `<<-`.
    var dropsTabs: Bool

    /// Whether white space stands between `<<` and the word, as in the shift of an arithmetic expression.
    var isSpaced: Bool

    /// Returns the heredocs of a joined line in order.
    ///
    /// Only a word that begins with `<<`, with a number before it at most, is one. A line with an unfinished quote has
    /// none, as in BuildKit, whose lexer gives the line up. The lexer's escape character is always `\`.
    static func all(in line: some Collection<UInt8>) -> [DockerfileHeredoc] {
        guard let words = words(of: Array(line)) else { return [] }
        return words.compactMap(heredoc)
    }

    /// Splits a line into shell words, quotes and escapes kept; white space after `<<` stays in its word.
    private static func words(of line: [UInt8]) -> [ArraySlice<UInt8>]? {
        var words: [ArraySlice<UInt8>] = []
        var start: Int?
        var index = 0
        while index < line.count {
            let byte = line[index]
            if TextBytes.isSpace(byte) {
                if let begin = start { words.append(line[begin..<index]) }
                start = nil
                index += 1
                continue
            }
            if start == nil { start = index }
            switch byte {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                guard let end = endOfQuote(line, from: index) else { return nil }
                index = end
            case UInt8(ascii: "<") where index + 1 < line.count && line[index + 1] == byte:
                index += 2
                while index < line.count, TextBytes.isSpace(line[index]) { index += 1 }
            default: index += 1
            }
        }
        if let begin = start { words.append(line[begin...]) }
        return words
    }

    private static func endOfQuote(_ line: [UInt8], from open: Int) -> Int? {
        let quote = line[open]
        var index = open + 1
        while index < line.count {
            if line[index] == quote { return index + 1 }
            index += line[index] == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
        }
        return nil
    }

    private static func heredoc(_ word: ArraySlice<UInt8>) -> DockerfileHeredoc? {
        var rest = word.drop(while: TextBytes.isDigit)
        guard rest.starts(with: "<<".utf8) else { return nil }
        rest = rest.dropFirst(2)
        let dropsTabs = rest.first == UInt8(ascii: "-")
        if dropsTabs { rest = rest.dropFirst() }
        let name = rest.drop(while: TextBytes.isSpace)
        guard !name.isEmpty, !name.contains(UInt8(ascii: "<")) else { return nil }
        return DockerfileHeredoc(
            terminator: unquoted(name), dropsTabs: dropsTabs, isSpaced: name.startIndex != rest.startIndex)
    }

    private static func unquoted(_ word: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var quote: UInt8?
        var index = word.startIndex
        while index < word.endIndex {
            let byte = word[index]
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'"), index + 1 < word.endIndex {
                index += 1
                plain.append(word[index])
            } else {
                plain.append(byte)
            }
            index += 1
        }
        return plain
    }
}
