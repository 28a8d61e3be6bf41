import YAML

/// Reads the nodes of a configuration file and reports everything that is wrong with them.
struct ConfigurationReader {
    var report: ConfigurationReport

    mutating func configuration(from root: YAMLNode) -> BuildConfiguration {
        var result = BuildConfiguration()
        guard root.pairs != nil else {
            report.error("the file holds \(root.kind) and not a mapping of keys", at: root.mark)
            return result
        }
        if let version = root[ConfigurationKey.version.rawValue], let number = version.integer,
            number > BuildConfiguration.formatVersion
        {
            report.refuseVersion(
                "this hephy is too old: it knows version \(BuildConfiguration.formatVersion) of the file, not \(number)",
                at: version.mark)
            return result
        }
        for (key, _, value) in entries(of: root, as: ConfigurationKey.self, in: nil) {
            switch key {
            case .version: version(value)
            case .buildBackend: result.backend = choice(value, "build_backend", Backend.self)
            case .ciPlatform: result.ciPlatform = choice(value, "ci_platform", CIPlatform.self)
            case .upstreamRepo: result.upstreamRepository = repository(value, "upstream_repo")
            case .platforms: result.platforms = platforms(value)
            case .additionalTags: result.additionalTags = tags(value)
            case .image: result.image = image(value)
            case .context: result.context = path(value, "context", mayBeRoot: true)
            case .dockerfile: result.dockerfile = path(value, "dockerfile")
            case .buildArgs: result.buildArguments = buildArguments(value)
            case .kaniko: result.kaniko = kaniko(value)
            case .ko: result.ko = ko(value)
            case .spin: result.spin = spin(value)
            case .cache: result.keepsCache = boolean(value, "cache")
            case .sbom: result.hasSBOM = boolean(value, "sbom")
            case .provenance: result.hasProvenance = boolean(value, "provenance")
            case .runners: runners(value, into: &result)
            case .deploy: result.deploy = deploy(value)
            }
        }
        return result
    }

    // MARK: Shapes

    /// The known keys of a mapping with their values, in the order of the text; the others are reported.
    mutating func entries<Key: RawRepresentable<String> & CaseIterable>(
        of node: YAMLNode, as keys: Key.Type, in parent: String?
    ) -> [(key: Key, mark: Mark, value: YAMLNode)] {
        guard let pairs = node.pairs else {
            if let parent { refuse(node, parent, wanted: "a mapping") }
            return []
        }
        let place = parent.map { " in '\($0)'" } ?? ""
        var entries: [(key: Key, mark: Mark, value: YAMLNode)] = []
        for (key, value) in pairs {
            guard let name = key.text else {
                report.error("a key is text, not \(key.kind)", at: key.mark)
                continue
            }
            if let known = Key(rawValue: name) {
                entries.append((known, key.mark, value))
            } else {
                let near = Suggestion.nearest(to: name, among: keys.allCases.map(\.rawValue))
                report.error("unknown key \(PrintableText.quoted(name))\(place)", at: key.mark, suggestion: near)
            }
        }
        return entries
    }

    /// The items of a list; anything else is reported.
    mutating func items(_ node: YAMLNode, _ name: String, of what: String) -> [YAMLNode] {
        if let items = node.items { return items }
        let single = node.string.map { "[\(PrintableText.escaped($0))]" }
        refuse(node, name, wanted: "a list of \(what)", suggestion: single)
        return []
    }

    /// Text in one line, without characters that do things when printed; anything else is reported.
    ///
    /// With `takesNumbers` a number, which YAML would not call text, is taken as it is written.
    mutating func text(_ node: YAMLNode, _ name: String, takesNumbers: Bool = false) -> String? {
        guard let text = node.string, node.kind == "text" || takesNumbers && node.kind == "a number" else {
            let quoted = node.string.map { "\"\(PrintableText.escaped($0))\"" }
            refuse(node, name, wanted: "text", suggestion: quoted)
            return nil
        }
        return checked(text, name, at: node.mark)
    }

    /// The text itself, or nil, reported, when it has characters that no value may have.
    mutating func checked(_ text: String, _ name: String, at mark: Mark) -> String? {
        guard let bad = text.unicodeScalars.first(where: { !PrintableText.isAllowedInValue($0) }) else { return text }
        let character = bad == "\n" ? "a line break" : "the character U+\(Self.codePoint(bad))"
        report.error("'\(name)' holds \(character)", at: mark)
        return nil
    }

    /// One of the values of an enumeration; nil for `auto` and for what is reported.
    mutating func choice<Value: RawRepresentable<String> & CaseIterable & Hashable & Sendable>(
        _ node: YAMLNode, _ name: String, _ values: Value.Type
    ) -> Marked<Value>? {
        guard let text = text(node, name), text != "auto" else { return nil }
        if let value = Value(rawValue: text) { return Marked(value, at: node.mark) }
        refuse(PrintableText.quoted(text), at: node.mark, as: name, among: ["auto"] + values.allCases.map(\.rawValue))
        return nil
    }

    mutating func refuse(_ node: YAMLNode, _ name: String, wanted: String, suggestion: String? = nil) {
        if node.isNull {
            report.error("'\(name)' has no value", at: node.mark)
        } else {
            report.error("'\(name)' takes \(wanted), not \(node.kind)", at: node.mark, suggestion: suggestion)
        }
    }

    /// Reports `value`, which is what was written, printable and in quotes.
    mutating func refuse(_ value: String, at mark: Mark, as name: String, among allowed: [String]) {
        let near = Suggestion.nearest(to: value.dropFirst().dropLast(), among: allowed)
        report.error(
            "\(value) is no \(name): it is one of \(allowed.joined(separator: ", "))", at: mark, suggestion: near)
    }

    private mutating func version(_ node: YAMLNode) {
        guard node.integer != BuildConfiguration.formatVersion else { return }
        if let number = node.integer {
            report.error("'version' is \(BuildConfiguration.formatVersion), not \(number)", at: node.mark)
        } else {
            refuse(node, "version", wanted: "the number \(BuildConfiguration.formatVersion)")
        }
    }

    private static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
