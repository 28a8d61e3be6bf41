extension YAMLNode {
    /// The value of the pair whose key is the scalar `key`, or nil in everything but a mapping that has it.
    package subscript(key: String) -> YAMLNode? {
        pairs?.first { $0.key.text == key }?.value
    }

    /// The scalar's text whatever it means, by which keys are compared; nil for a collection.
    package var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// The scalar's text, numbers and booleans as they are written; nil for a collection and for null.
    package var string: String? {
        isNull ? nil : text
    }

    /// The value of a plain `true` or `false` in YAML 1.2's spellings, or nil; `yes`, `on` and `no` are text.
    package var bool: Bool? {
        switch plainText {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// The value of a plain decimal, `0o` octal or `0x` hexadecimal number that fits, or nil.
    package var integer: Int? {
        guard let plainText else { return nil }
        if plainText.hasPrefix("0o") { return Self.unsigned(plainText.dropFirst(2), radix: 8) }
        if plainText.hasPrefix("0x") { return Self.unsigned(plainText.dropFirst(2), radix: 16) }
        return Int(plainText)
    }

    package var isNull: Bool {
        switch plainText {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    /// The items of a sequence, or nil for anything else.
    package var items: [YAMLNode]? {
        guard case .sequence(let items) = content else { return nil }
        return items
    }

    /// The pairs of a mapping in the order of the text, or nil for anything else.
    package var pairs: [(key: YAMLNode, value: YAMLNode)]? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs
    }

    /// What the node is, as messages name it: "a mapping", "a list", "text", "a number", "a boolean" or "nothing".
    package var kind: String {
        switch content {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar:
            if isNull { "nothing" } else if bool != nil { "a boolean" } else if isNumber { "a number" } else { "text" }
        }
    }

    private var plainText: String? {
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        return text
    }

    private static func unsigned(_ digits: Substring, radix: Int) -> Int? {
        // `Int.init(_:radix:)` takes a sign, the core schema takes none here.
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        return Int(digits, radix: radix)
    }

    /// Whether the scalar is a number of the core schema, however large: `[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?`.
    private var isNumber: Bool {
        if integer != nil { return true }
        guard let plainText else { return false }
        var rest = plainText.utf8[...]
        func skipSign() { if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() } }
        func skipDigits() -> Int {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest.removeFirst(digits)
            return digits
        }
        skipSign()
        if rest.elementsEqual(".inf".utf8) { return true }
        var digits = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            digits += skipDigits()
        }
        guard digits > 0 else { return plainText == ".nan" }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest.removeFirst()
        skipSign()
        return skipDigits() > 0 && rest.isEmpty
    }
}
