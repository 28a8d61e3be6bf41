/// What one Go file says of the package it belongs to.
struct GoSource {
    /// How far into a file to read.
    enum Depth {
        /// Up to `func main()`.
        case mainFunction
        /// To the end, for what is embedded.
        case everything
    }

    /// One `//go:embed` line that takes effect.
    struct Embed: Equatable {
        /// The patterns, `all:` kept; nil when the line is malformed.
        var patterns: [String]?
        var line: Int
    }

    /// Decides which targets the file is built for.
    private(set) var constraint: GoBuildConstraint

    /// The name in the package clause; nil when there is none.
    private(set) var package: String?

    /// Whether the file declares `func main()`.
    private(set) var declaresMain = false

    /// The paths the file imports.
    private(set) var imports: [String] = []

    /// The line of `import "C"`.
    private(set) var cgoLine: Int?

    /// Read for `everything`, and only when the file imports `embed`, as the Go command does it.
    private(set) var embeds: [Embed] = []

    private var lexer: GoLexer

    init(_ bytes: [UInt8], depth: Depth) {
        constraint = GoBuildConstraint(header: bytes)
        lexer = GoLexer(bytes)
        guard lexer.next() == .word(Array("package".utf8)[...]), case .word(let name)? = lexer.next() else { return }
        package = String(decoding: name, as: UTF8.self)
        readDeclarations(to: depth)
    }

    private mutating func readDeclarations(to depth: Depth) {
        var token = lexer.next()
        while let current = token {
            if current == .symbol(UInt8(ascii: ";")) {
                token = lexer.next()
            } else if isWord(current, "import") {
                token = readImports()
            } else {
                break
            }
        }
        while let current = token {
            guard isWord(current, "func") else {
                token = lexer.next()
                continue
            }
            token = lexer.next()
            guard let name = token, isWord(name, "main") else { continue }
            token = lexer.next()
            guard token == .symbol(UInt8(ascii: "(")) else { continue }
            token = lexer.next()
            guard token == .symbol(UInt8(ascii: ")")) else { continue }
            declaresMain = true
            if depth == .mainFunction { return }
        }
        guard imports.contains("embed") else { return }
        embeds = lexer.embeds.map { Embed(patterns: GoEmbed.patterns($0.text), line: $0.line) }
    }

    /// Reads what follows `import` and returns the token after it.
    private mutating func readImports() -> GoLexer.Token? {
        guard let token = lexer.next() else { return nil }
        guard token == .symbol(UInt8(ascii: "(")) else {
            if case .string(let path) = token {
                note(path)
            } else if case .string(let path)? = lexer.next() {
                note(path)
            }
            return lexer.next()
        }
        while let token = lexer.next(), token != .symbol(UInt8(ascii: ")")) {
            if case .string(let path) = token { note(path) }
        }
        return lexer.next()
    }

    private mutating func note(_ path: ArraySlice<UInt8>) {
        let path = String(decoding: path, as: UTF8.self)
        if path == "C", cgoLine == nil { cgoLine = lexer.line }
        imports.append(path)
    }

    private func isWord(_ token: GoLexer.Token, _ word: String) -> Bool {
        guard case .word(let bytes) = token else { return false }
        return bytes.elementsEqual(word.utf8)
    }
}
