import YAML

/// Variables such as `${GITHUB_REF_NAME}` between brackets, where YAML takes the brace for the start of a mapping.
///
/// People write `additional_tags: [latest, ${GITHUB_REF_NAME}]`, which no YAML parser takes. The braces are given to the
/// parser as two characters that mean nothing to it, and put back into what it read.
enum FlowVariables {
    private static let open: Unicode.Scalar = "\u{E07B}"
    private static let close: Unicode.Scalar = "\u{E07D}"

    /// The text with the braces of its variables hidden, each by one character, so that every mark stays right.
    ///
    /// - Returns: nil where the text has no variable, is not UTF-8, or has one of the two characters itself.
    static func hidden(in bytes: [UInt8]) -> [UInt8]? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scalars = Array(text.unicodeScalars)
        guard !scalars.contains(where: { $0 == open || $0 == close }) else { return nil }
        var isChanged = false
        var index = 0
        while index + 1 < scalars.count {
            defer { index += 1 }
            guard scalars[index] == "$", scalars[index + 1] == "{" else { continue }
            let end = scalars[(index + 2)...].firstIndex { !isWord($0) } ?? scalars.endIndex
            guard end > index + 2, end < scalars.count, scalars[end] == "}" else { continue }
            scalars[index + 1] = open
            scalars[end] = close
            isChanged = true
        }
        guard isChanged else { return nil }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return Array(String(result).utf8)
    }

    /// The node with all braces put back.
    static func restored(_ node: YAMLNode) -> YAMLNode {
        switch node.content {
        case .scalar(let text, let isPlain):
            YAMLNode(.scalar(restored(text), isPlain: isPlain), at: node.mark)
        case .sequence(let items): YAMLNode(.sequence(items.map(restored)), at: node.mark)
        case .mapping(let pairs):
            YAMLNode(.mapping(pairs.map { (restored($0.key), restored($0.value)) }), at: node.mark)
        }
    }

    private static func restored(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalar == open ? "{" : scalar == close ? "}" : scalar) }
        return String(result)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_": true
        default: false
        }
    }
}
