import YAML

extension ConfigurationReader {
    mutating func boolean(_ node: YAMLNode, _ name: String) -> Marked<Bool>? {
        if let bool = node.bool { return Marked(bool, at: node.mark) }
        refuse(node, name, wanted: "true or false")
        return nil
    }

    mutating func kaniko(_ node: YAMLNode) -> KanikoOptions {
        var options = KanikoOptions()
        for (key, _, value) in entries(of: node, as: ConfigurationKey.Kaniko.self, in: "kaniko") {
            switch key {
            case .image:
                guard let text = text(value, "kaniko.image") else { continue }
                if Self.isWord(text, and: "._:/@-") {
                    options.image = Marked(text, at: value.mark)
                } else {
                    report.error("'kaniko.image' is no name of an image", at: value.mark)
                }
            }
        }
        return options
    }

    /// Reads which machines build for which platform.
    mutating func runners(_ node: YAMLNode, into result: inout BuildConfiguration) {
        guard let pairs = node.pairs else {
            refuse(node, "runners", wanted: "a mapping of platforms to labels")
            return
        }
        for (key, value) in pairs {
            let name = key.text ?? ""
            if name == "default" {
                result.defaultRunner = labels(value, name)
            } else if let platform = Platform(name) {
                if result.runners[platform] != nil {
                    report.warning("\(PrintableText.quoted(name)) names the platform '\(platform)' again", at: key.mark)
                }
                result.runners[platform] = labels(value, name)
            } else {
                let what = key.text.map { PrintableText.quoted($0) } ?? key.kind
                report.error(
                    "unknown platform \(what) in 'runners'", at: key.mark, suggestion: Platform.suggestion(for: name))
            }
        }
    }

    private mutating func labels(_ node: YAMLNode, _ key: String) -> [String] {
        (node.items ?? [node]).compactMap { item in
            guard let label = text(item, "runners.\(key)") else { return nil }
            if Self.isWord(label, and: " ._:/=+-") { return label }
            report.error("\(PrintableText.quoted(label)) is no label of a runner", at: item.mark)
            return nil
        }
    }

    /// Whether a text begins with a letter or digit and has only those and `others`.
    private static func isWord(_ text: String, and others: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard let first = text.utf8.first, isPlain(first) else { return false }
        return text.utf8.allSatisfy { isPlain($0) || others.utf8.contains($0) }
    }
}
