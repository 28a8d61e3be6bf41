import YAML

extension ConfigurationReader {
    mutating func platforms(_ node: YAMLNode) -> [Marked<Platform>] {
        var platforms: [Marked<Platform>] = []
        for item in items(node, "platforms", of: "platforms") {
            guard let text = text(item, "platforms") else { continue }
            guard let platform = Platform(text) else {
                let near = Platform.suggestion(for: text)
                report.error("unknown platform \(PrintableText.quoted(text))", at: item.mark, suggestion: near)
                continue
            }
            if platforms.contains(where: { $0.value == platform }) {
                report.warning("\(PrintableText.quoted(text)) names the platform '\(platform)' again", at: item.mark)
            } else {
                platforms.append(Marked(platform, at: item.mark))
            }
        }
        return platforms
    }

    mutating func tags(_ node: YAMLNode) -> [Marked<TagTemplate>] {
        var tags: [Marked<TagTemplate>] = []
        for item in items(node, "additional_tags", of: "tags") {
            guard let text = text(item, "additional_tags", takesNumbers: true) else { continue }
            do throws(TagTemplate.Fault) {
                tags.append(Marked(try TagTemplate(text), at: item.mark))
            } catch {
                refuse(error, in: text, at: item.mark)
            }
        }
        return tags
    }

    private mutating func refuse(_ fault: TagTemplate.Fault, in text: String, at mark: Mark) {
        let variables = TagVariable.allCases.map(\.rawValue)
        let tag = PrintableText.quoted(text)
        switch fault.kind {
        case .empty:
            report.error("a tag is empty", at: mark)
        case .tooLong:
            report.error("the tag \(tag) has more than 128 characters", at: mark)
        case .unterminatedVariable:
            report.error("'${' without '}' in the tag \(tag)", at: mark)
        case .unknownVariable(let name):
            let near = Suggestion.nearest(to: name, among: variables)
            report.error(
                "unknown variable \(PrintableText.quoted(name)) in the tag \(tag)", at: mark,
                suggestion: near.map { "${\($0)}" })
        case .bareVariable(let name):
            let near = variables.contains(name) ? name : Suggestion.nearest(to: name, among: variables)
            report.error(
                "a variable stands in braces, not as \(PrintableText.quoted("$" + name))", at: mark,
                suggestion: near.map { "${\($0)}" })
        case .expression:
            report.error("expressions like '${{ }}' are not understood in the tag \(tag)", at: mark)
        case .badFirstCharacter(let scalar):
            report.error("a tag cannot begin with \(PrintableText.quoted(String(Character(scalar))))", at: mark)
        case .badCharacter(let scalar):
            report.error(
                "the tag \(tag) holds \(PrintableText.quoted(String(Character(scalar)))), which no tag can have",
                at: mark)
        }
    }

    mutating func image(_ node: YAMLNode) -> Marked<ImageName>? {
        guard let text = text(node, "image") else { return nil }
        do throws(ImageName.Fault) {
            return Marked(try ImageName(text), at: node.mark)
        } catch {
            let (sentence, correction) = Self.sentence(for: error, in: text)
            let valid = correction.flatMap { try? ImageName($0) }
            report.error(sentence, at: node.mark, suggestion: valid?.description)
            return nil
        }
    }

    private static func sentence(for fault: ImageName.Fault, in text: String) -> (String, correction: String?) {
        switch fault {
        case .empty: ("'image' is empty", nil)
        case .tooLong: ("'image' has more than 255 characters", nil)
        case .hasTag:
            (
                "'image' takes no tag; tags stand in 'additional_tags'",
                text.lastIndex(of: ":").map { String(text[..<$0]) }
            )
        case .hasDigest: ("'image' takes no digest", text.firstIndex(of: "@").map { String(text[..<$0]) })
        case .hasUpperCase: ("'image' has upper-case letters, which an image name cannot have", text.lowercased())
        case .hasVariable: ("'image' takes no variables", nil)
        case .hasScheme:
            ("'image' is no URL", text.split(separator: "://", maxSplits: 1).last.map(String.init))
        case .badRegistry(let part): ("\(PrintableText.quoted(part)) in 'image' is no registry", nil)
        case .badComponent(""): ("'image' has an empty part between '/'", nil)
        case .badComponent(let part): ("\(PrintableText.quoted(part)) cannot be part of an image name", nil)
        }
    }

    mutating func path(_ node: YAMLNode, _ name: String, mayBeRoot: Bool = false) -> Marked<String>? {
        guard let text = text(node, name) else { return nil }
        do throws(RepositoryPath.Fault) {
            let path = try RepositoryPath.normalized(text)
            if !path.isEmpty || mayBeRoot { return Marked(path, at: node.mark) }
            report.error("'\(name)' names the repository itself, not a file in it", at: node.mark)
        } catch {
            let fault =
                switch error {
                case .empty: "is empty"
                case .absolute: "is an absolute path; it begins at the root of the repository"
                case .leavesRepository: "has '..', which could leave the repository"
                case .isURL: "is a path in the repository, not a URL"
                case .looksLikeOption: "begins with '-'"
                }
            report.error("'\(name)' \(fault)", at: node.mark)
        }
        return nil
    }

    mutating func repository(_ node: YAMLNode, _ name: String) -> Marked<String>? {
        guard let text = text(node, name) else { return nil }
        let scheme = text.split(separator: "://", maxSplits: 1)
        if text.isEmpty {
            report.error("'\(name)' is empty", at: node.mark)
        } else if text.hasPrefix("-") {
            report.error("'\(name)' begins with '-'", at: node.mark)
        } else if text.unicodeScalars.contains(where: \.properties.isWhitespace) {
            report.error("'\(name)' holds a space", at: node.mark)
        } else if scheme.count == 2, let user = scheme[1].prefix(while: { $0 != "/" }).split(separator: "@").first,
            scheme[1].prefix(while: { $0 != "/" }).contains("@"), user.contains(":")
        {
            report.error("'\(name)' holds a password", at: node.mark)
        } else {
            return Marked(text, at: node.mark)
        }
        return nil
    }

    mutating func buildArguments(_ node: YAMLNode) -> [BuildArgument] {
        guard let pairs = node.pairs else {
            refuse(node, "build_args", wanted: "a mapping of names to values")
            return []
        }
        var arguments: [BuildArgument] = []
        for (key, value) in pairs {
            guard let name = key.text, Self.isVariableName(name) else {
                let what = key.text.map { PrintableText.quoted($0) } ?? key.kind
                report.error("\(what) is no name of a build argument", at: key.mark)
                continue
            }
            guard let text = value.string else {
                refuse(value, "build_args.\(PrintableText.escaped(name))", wanted: "text")
                continue
            }
            guard let text = checked(text, "build_args.\(name)", at: value.mark) else { continue }
            arguments.append(BuildArgument(name: name, value: text))
        }
        return arguments
    }

    /// Matches `[A-Za-z_][A-Za-z0-9_]*`.
    private static func isVariableName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    mutating func ko(_ node: YAMLNode) -> KoOptions {
        var options = KoOptions()
        for (key, _, value) in entries(of: node, as: ConfigurationKey.Ko.self, in: "ko") {
            switch key {
            case .main: options.main = path(value, "ko.main", mayBeRoot: true)
            }
        }
        return options
    }

    mutating func spin(_ node: YAMLNode) -> SpinOptions {
        var options = SpinOptions()
        for (key, _, value) in entries(of: node, as: ConfigurationKey.Spin.self, in: "spin") {
            switch key {
            case .manifest: options.manifest = path(value, "spin.manifest")
            }
        }
        return options
    }
}
