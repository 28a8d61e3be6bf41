/// The URL behind `hephy::`, checked, in the form that git's own transports take.
package struct RemoteURL: Hashable, Sendable {
    package enum Transport: String, Sendable {
        case https
        case http
        case ssh
        case file
        /// A repository of the embedded forge, by its name alone.
        case local
    }

    package let transport: Transport
    /// Lower-case host (an IPv6 literal keeps its brackets); empty for `file` and `local`.
    package let host: String
    /// Nil where the URL names none.
    package let port: Int?
    /// The path as the URL says it, percent-encoding untouched; for `local` the name, without `.git` at its end.
    package let path: String
    /// The URL for git.
    package let text: String

    /// The URL in the one form that `section.<url>.<key>` of git's configuration is matched with: scp's form as an ssh URL,
    /// a repository of the embedded forge as `hephy://local/NAME`.
    package var configurationURL: String {
        switch transport {
        case .https, .http, .file: text
        case .local: "hephy://\(text)"
        case .ssh where text.hasPrefix("ssh://"): text
        case .ssh: "ssh://\(host)\(port.map { ":\($0)" } ?? "")/\(path.drop { $0 == "/" })"
        }
    }

    /// Reads the part of a remote's URL that git hands to the helper, in any form of the table in the README.
    ///
    /// - Throws: `RemoteURLError` when the form is unknown or the URL must not be used.
    package init(_ argument: String) throws(RemoteURLError) {
        try Self.refuseHostileText(argument)
        if let colons = argument.firstRange(of: "::"),
            // The characters of git's own test for `<helper>::` are those of a URL's scheme (is_urlschemechar).
            argument[..<colons.lowerBound].allSatisfy({
                $0.isASCII && ($0.isLetter || $0.isNumber || "-+.".contains($0))
            })
        {
            throw .nestedHelper(String(argument[..<colons.lowerBound]))
        }
        if let separator = argument.firstRange(of: "://") {
            let scheme = argument[..<separator.lowerBound].lowercased()
            let rest = argument[separator.upperBound...]
            switch scheme {
            case "hephy": try self.init(.https, authorityAndPath: rest)
            // A server may have a repository at its root.
            case "https": try self.init(.https, authorityAndPath: rest, needsPath: false)
            case "http": try self.init(.http, authorityAndPath: rest, needsPath: false)
            case "ssh": try self.init(.ssh, authorityAndPath: rest)
            case "file": try self.init(file: String(rest))
            default: throw .unsupportedScheme(scheme)
            }
        } else if argument.hasPrefix("/") {
            // A path is no URL: nothing in it is percent-encoded yet.
            try self.init(file: argument.replacing("%", with: "%25"))
        } else if argument == "local" || argument.hasPrefix("local/") {
            try self.init(local: argument.dropFirst("local".count))
        } else {
            try self.init(short: argument)
        }
    }

    /// `host/path`, `host:port/path`, `[ip]:port/path` or scp's `[user@]host:path`, where an address stands in brackets.
    private init(short argument: String) throws(RemoteURLError) {
        guard !argument.isEmpty else { throw .missingHost }
        let isBracketed = argument.hasPrefix("[") || argument.contains("@[")
        let afterAddress = isBracketed ? argument.firstIndex(of: "]") ?? argument.startIndex : argument.startIndex
        let slash = argument[afterAddress...].firstIndex(of: "/") ?? argument.endIndex
        if let colon = argument[afterAddress..<slash].firstIndex(of: ":") {
            if let at = argument[colon..<slash].lastIndex(of: "@") {
                // `host:digits` is a port, any other `host:path` scp's form.
                let address = argument[argument.index(after: at)..<slash]
                let hasPort = address.drop { $0 != ":" }.dropFirst().allSatisfy(\.isNumber)
                throw .password(host: hasPort ? String(address) : String(address.prefix { $0 != ":" }))
            }
            let port = argument[argument.index(after: colon)..<slash]
            if !port.isEmpty, port.allSatisfy({ $0.isASCII && $0.isNumber }), slash != argument.endIndex {
                try self.init(.https, authorityAndPath: argument[...])
                return
            }
            let path = argument[argument.index(after: colon)...]
            let address = Self.unwrapped(argument[..<colon])
            try self.init(.ssh, authority: address, path: String(path), text: argument)
            return
        }
        try self.init(.https, authorityAndPath: argument[...])
    }

    /// What scp's brackets hold where that is more than an IPv6 literal: git reads `[user@host:port]:path` as well.
    private static func unwrapped(_ address: Substring) -> Substring {
        guard address.hasPrefix("["), address.hasSuffix("]") else { return address }
        let inner = address.dropFirst().dropLast()
        return inner.contains("@") || inner.count(where: { $0 == ":" }) == 1 ? inner : address
    }

    /// `/NAME` behind `local`: names in a row, each of them safe as a folder's name everywhere.
    private init(local text: Substring) throws(RemoteURLError) {
        var name = text.drop { $0 == "/" }
        if name.hasSuffix(".git") { name = name.dropLast(".git".count) }
        guard !name.isEmpty else { throw .missingName }
        let segments = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe = segments.allSatisfy { segment in
            guard let first = segment.first, first.isASCII, first.isLetter || first.isNumber else { return false }
            return !segment.contains("..")
                && segment.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        }
        // The folder of another repository is no place for one.
        guard isSafe, segments.dropLast().allSatisfy({ !$0.hasSuffix(".git") }) else {
            throw .malformedName(String(name))
        }
        transport = .local
        host = ""
        port = nil
        path = String(name)
        self.text = "local/\(name)"
    }

    private init(file path: String) throws(RemoteURLError) {
        guard path.hasPrefix("/"), path.count > 1 else { throw .missingPath("file://") }
        let decoded = String(decoding: PercentEncoding.decoded(path), as: UTF8.self)
        guard !decoded.unicodeScalars.contains("\u{fffd}") else { throw .notUTF8 }
        transport = .file
        host = ""
        port = nil
        self.path = path
        text = "file://" + path
    }

    private init(
        _ transport: Transport, authorityAndPath rest: Substring, needsPath: Bool = true
    ) throws(RemoteURLError) {
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        try self.init(
            transport, authority: rest[..<end], path: String(rest[end...]), text: "\(transport.rawValue)://\(rest)",
            needsPath: needsPath)
    }

    private init(
        _ transport: Transport, authority: Substring, path: String, text: String, needsPath: Bool = true
    ) throws(RemoteURLError) {
        var address = authority
        if let at = authority.lastIndex(of: "@") {
            try Self.check(userInformation: authority[..<at], host: authority[authority.index(after: at)...])
            address = authority[authority.index(after: at)...]
        }
        let (host, port) = try Self.split(address: address)
        guard !host.isEmpty else { throw .missingHost }
        guard !Self.beginsWithDash(host), !host.hasPrefix("[-") else { throw .leadingDash(String(host)) }
        let relative = path.drop { $0 == "/" }
        guard !needsPath || !relative.isEmpty else { throw .missingPath(String(host)) }
        guard !Self.beginsWithDash(relative) else { throw .leadingDash(String(relative)) }
        self.transport = transport
        self.host = host.lowercased()
        self.port = port
        self.path = path
        self.text = text
    }

    private static func split(address: Substring) throws(RemoteURLError) -> (host: Substring, port: Int?) {
        let hostEnd: Substring.Index
        if address.hasPrefix("[") {
            guard let bracket = address.firstIndex(of: "]") else { throw .malformedHost(String(address)) }
            hostEnd = address.index(after: bracket)
        } else {
            hostEnd = address.firstIndex(of: ":") ?? address.endIndex
        }
        let host = address[..<hostEnd]
        let isBracketed = host.hasPrefix("[")
        let legal: (Character) -> Bool = { character in
            character.isASCII
                && (character.isLetter || character.isNumber || "-._~%".contains(character)
                    || isBracketed && "[]:".contains(character))
        }
        guard host.allSatisfy(legal) else { throw .malformedHost(String(host)) }
        let portText = address[hostEnd...]
        if portText.isEmpty || portText == ":" { return (host, nil) }
        guard portText.hasPrefix(":"), let port = UInt16(portText.dropFirst()), port > 0 else {
            throw .malformedHost(String(address))
        }
        return (host, Int(port))
    }

    /// How GitHub's and GitLab's tokens begin.
    private static let tokenPrefixes = [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gloas-", "gldt-", "glrt-", "glrtr-", "glcbt-",
        "glptt-", "glft-", "glimt-", "glagent-", "glwt-", "glsoat-", "glffct-",
    ]

    private static func check(userInformation: Substring, host: Substring) throws(RemoteURLError) {
        if userInformation.contains(":") { throw .password(host: String(host)) }
        let user = userInformation.lowercased()
        guard !beginsWithDash(userInformation) else { throw .leadingDash(String(userInformation)) }
        let looksRandom =
            user.count >= 32 && user.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        if looksRandom || tokenPrefixes.contains(where: user.hasPrefix) { throw .tokenAsUser(host: String(host)) }
    }

    /// Git decodes what it hands to ssh, so a percent-encoded dash is one too.
    private static func beginsWithDash(_ part: Substring) -> Bool {
        part.utf8.first == UInt8(ascii: "-") || part.prefix(3).lowercased() == "%2d"
    }

    /// Control characters, also percent-encoded ones, would reach credential helpers and terminals.
    private static func refuseHostileText(_ text: String) throws(RemoteURLError) {
        let bytes = Array(text.utf8)
        func digit(_ index: Int) -> UInt8? {
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case 0x30...0x39: return bytes[index] - 0x30
            case 0x41...0x46: return bytes[index] - 0x37
            case 0x61...0x66: return bytes[index] - 0x57
            default: return nil
            }
        }
        for (index, byte) in bytes.enumerated() {
            if byte < 0x20 || byte == 0x7f { throw .controlCharacter }
            if byte == UInt8(ascii: "%"), let high = digit(index + 1), let low = digit(index + 2) {
                let decoded = high << 4 | low
                if decoded < 0x20 || decoded == 0x7f { throw .controlCharacter }
            }
        }
        if holdsHighControl(bytes) || holdsHighControl(PercentEncoding.decoded(text)) { throw .controlCharacter }
        // What stands for it in a string is another path.
        guard !text.unicodeScalars.contains("\u{fffd}") else { throw .notUTF8 }
        if text.hasPrefix("-") { throw .leadingDash(text) }
    }

    /// Whether terminals find a C1 control in `bytes`, as UTF-8 or as a byte of its own.
    private static func holdsHighControl(_ bytes: [UInt8]) -> Bool {
        var parser = Unicode.UTF8.ForwardParser()
        var rest = bytes.makeIterator()
        var position = 0
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                if (0x80...0x9f).contains(Unicode.UTF8.decode(encoded).value) { return true }
                position += encoded.count
            case .error(let length):
                if bytes[position..<position + length].contains(where: { (0x80...0x9f).contains($0) }) { return true }
                position += length
            case .emptyInput: return false
            }
        }
    }
}

/// Why a remote's URL is not used.
///
/// None of the payloads holds a password.
package enum RemoteURLError: Error, Hashable, Sendable {
    case missingHost
    case missingPath(String)
    case malformedHost(String)
    case controlCharacter
    /// There are bytes in it that are no text.
    case notUTF8
    case password(host: String)
    case tokenAsUser(host: String)
    case leadingDash(String)
    /// `word::` stood before the URL: another remote helper, or this one again.
    case nestedHelper(String)
    case unsupportedScheme(String)
    /// `local/` with nothing behind it.
    case missingName
    /// `local/<name>` with a name that no repository of the embedded forge can have.
    case malformedName(String)
}
