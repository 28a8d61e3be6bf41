/// The name of an image without tag and digest: `[registry/]path`.
package struct ImageName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Why a text is no image name.
    enum Fault: Error, Hashable {
        case empty
        case tooLong
        case hasTag
        case hasDigest
        case hasUpperCase
        case hasVariable
        case hasScheme
        case badRegistry(String)
        case badComponent(String)
    }

    /// Reads a name by the grammar of the distribution project's references.
    ///
    /// - Throws: `Fault` when the text does not follow it, or names a tag or a digest.
    init(_ text: String) throws(Fault) {
        if text.isEmpty { throw .empty }
        if text.contains("$") { throw .hasVariable }
        if text.contains("://") { throw .hasScheme }
        if text.contains("@") { throw .hasDigest }
        var components = text.split(separator: "/", omittingEmptySubsequences: false)
        if components.count > 1, Self.looksLikeRegistry(components[0]) {
            let registry = components.removeFirst()
            guard Self.isRegistry(registry) else { throw .badRegistry(String(registry)) }
        }
        if components.last?.contains(":") == true { throw .hasTag }
        for component in components {
            if component.contains(where: { $0.isASCII && $0.isUppercase }) { throw .hasUpperCase }
            guard Self.isPathComponent(component) else { throw .badComponent(String(component)) }
        }
        if text.utf8.count > 255 { throw .tooLong }
        description = text
    }

    /// The name that an image of this repository has unless the configuration says otherwise.
    package enum Default: Hashable, Sendable {
        case name(ImageName)
        /// Known only inside a run of the forge, as this variable of its environment.
        case variable(String)
    }

    /// Returns where the forge's own registry keeps the image of `owner/repository`.
    ///
    /// Nil where the forge has none, or where the repository's name cannot be an image's. `host` is the forge's host
    /// and, where it is not the usual one, port.
    package static func standard(on platform: CIPlatform, host: String, owner: String, repository: String) -> Default? {
        let registry: String
        switch platform {
        case .gitlab: return .variable("CI_REGISTRY_IMAGE")
        case .local: return nil
        case .gitea, .forgejo: registry = host
        case .github:
            // Enterprise servers and *.ghe.com keep their container registry at a host of its own.
            registry = host.lowercased() == "github.com" ? "ghcr.io" : "containers.\(host)"
        }
        guard let name = try? ImageName("\(registry)/\(owner)/\(repository)".lowercased()) else { return nil }
        return .name(name)
    }

    private static func looksLikeRegistry(_ component: Substring) -> Bool {
        component == "localhost" || component.contains { $0 == "." || $0 == ":" || $0 == "[" }
    }

    /// `host[:port]`, the host a name, an IPv4 address or an IPv6 address in brackets.
    private static func isRegistry(_ text: Substring) -> Bool {
        var host = text
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return false }
            let address = text[text.index(after: text.startIndex)..<close]
            guard address.count >= 2, address.allSatisfy({ $0.isHexDigit && $0.isASCII || $0 == ":" }) else {
                return false
            }
            let rest = text[text.index(after: close)...]
            return rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst())
        }
        if let colon = text.firstIndex(of: ":") {
            guard isPort(text[text.index(after: colon)...]) else { return false }
            host = text[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                && !label.isEmpty && label.first != "-" && label.last != "-"
        }
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Matches `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
    private static func isPathComponent(_ text: Substring) -> Bool {
        var separator = ""
        var hasWord = false
        for character in text.unicodeScalars {
            switch character {
            case "a"..."z", "0"..."9":
                guard separator.isEmpty || hasWord else { return false }
                guard ["", ".", "_", "__"].contains(separator) || separator.allSatisfy({ $0 == "-" }) else {
                    return false
                }
                separator = ""
                hasWord = true
            case ".", "_", "-":
                separator.unicodeScalars.append(character)
            default:
                return false
            }
        }
        return hasWord && separator.isEmpty
    }
}
