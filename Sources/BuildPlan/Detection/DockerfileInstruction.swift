/// One instruction of a Dockerfile: `ONBUILD` is taken off, leading flags are set apart.
struct DockerfileInstruction {
    struct Flag {
        /// With the dashes, in lower case: `--mount`.
        var name: String
        /// What follows `=`; nil without one.
        var value: String?

        /// Whether the flag switches something on; only `=false` does not.
        var isOn: Bool { value?.lowercased() != "false" }
    }

    /// In lower case.
    var name: String
    var flags: [Flag]
    var arguments: ArraySlice<UInt8>

    /// The words of a JSON array; nil when the arguments are not one.
    var list: [String]?

    init?(_ text: ArraySlice<UInt8>) {
        var rest = TextBytes.trimming(text)
        while true {
            let word = rest.prefix { !TextBytes.isSpace($0) }
            guard !word.isEmpty else { return nil }
            name = String(decoding: word.prefix(32), as: UTF8.self).lowercased()
            (flags, rest) = Self.flags(rest.dropFirst(word.count))
            rest = TextBytes.trimming(rest)
            if name != "onbuild" { break }
        }
        arguments = rest
        list = StringArrayJSON.parse(rest)
    }

    /// The sources of `ADD` and `COPY` and their destination.
    var words: [String] {
        list ?? TextBytes.words(arguments).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a `<<` in the instruction can begin a heredoc.
    var takesHeredocs: Bool {
        ["run", "copy", "add"].contains(name) && list == nil
    }

    /// Takes the leading words that begin with `--`; quotes and backslashes in them are taken off, and `--` alone ends
    /// the flags.
    private static func flags(_ text: ArraySlice<UInt8>) -> ([Flag], ArraySlice<UInt8>) {
        var flags: [Flag] = []
        var rest = TextBytes.trimmingStart(text)
        while rest.starts(with: "--".utf8) {
            let (word, length) = unquotedWord(rest)
            rest = TextBytes.trimmingStart(rest.dropFirst(length))
            if word == "--" { break }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            flags.append(
                Flag(name: parts[0].lowercased(), value: parts.count == 2 ? String(parts[1]) : nil))
        }
        return (flags, rest)
    }

    private static func unquotedWord(_ text: ArraySlice<UInt8>) -> (String, Int) {
        var word: [UInt8] = []
        var quote: UInt8?
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == quote {
                quote = nil
            } else if quote == nil, TextBytes.isSpace(byte) {
                break
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if byte == UInt8(ascii: "\\"), index + 1 < text.endIndex {
                index += 1
                word.append(text[index])
            } else {
                word.append(byte)
            }
            index += 1
        }
        return (String(decoding: word, as: UTF8.self), index - text.startIndex)
    }
}
