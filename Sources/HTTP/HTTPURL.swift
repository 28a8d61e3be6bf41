/// Scheme, host and port: what a credential is bound to.
package struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http
        case https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package var scheme: Scheme
    /// Lower-case host name, or an IP literal; an IPv6 literal keeps its brackets.
    package var host: String
    package var port: Int

    package init(scheme: Scheme, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port ?? scheme.defaultPort
    }

    /// `scheme://host`, with the port where it is not the scheme's own.
    package var description: String { "\(scheme.rawValue)://\(hostAndPort)" }

    /// The host, with the port where it is not the scheme's own.
    package var hostAndPort: String { port == scheme.defaultPort ? host : "\(host):\(port)" }

    /// Whether the host is this machine by its own name or address: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`.
    package var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// An absolute http or https URL, checked: no user information, no control characters, no white space, no fragment.
package struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    package let origin: HTTPOrigin
    /// Path and query as they go into the request line, beginning with `/`.
    package let target: String

    /// A URL below `origin`, or nil where its host or port cannot be one; `target` must begin with `/` and be
    /// percent-encoded already.
    package init?(origin: HTTPOrigin, target: String) {
        guard Self.isHost(origin.host), (1...65535).contains(origin.port), target.hasPrefix("/"),
            target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") })
        else {
            return nil
        }
        self.origin = origin
        self.target = target
    }

    /// The URL that `text` says, or nil where it is none of ours or holds user information.
    package init?(_ text: String) {
        guard let schemeEnd = text.firstRange(of: "://"),
            let scheme = HTTPOrigin.Scheme(rawValue: text[..<schemeEnd.lowerBound].lowercased())
        else { return nil }
        let rest = text[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let (host, port) = Self.split(authority: rest[..<authorityEnd]) else { return nil }
        let tail = rest[authorityEnd...].prefix { $0 != "#" }
        let target = tail.isEmpty ? "/" : tail.hasPrefix("/") ? String(tail) : "/" + tail
        self.init(origin: HTTPOrigin(scheme: scheme, host: host, port: port), target: target)
    }

    package var description: String { origin.description + target }

    /// Whether `text` is a host name or address in the characters of one: libcurl must not read anything else from it.
    private static func isHost(_ text: String) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let inside = text.utf8.dropFirst().dropLast()
            return !inside.isEmpty && inside.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == dot }
        }
        return !text.isEmpty && text.utf8.first != UInt8(ascii: "-") && text.utf8.allSatisfy(isNameByte)
    }

    private static let dot = UInt8(ascii: ".")

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"), dot:
            true
        default: false
        }
    }

    /// Host and port of `host[:port]`; the host is not checked yet.
    private static func split(authority: Substring) -> (host: String, port: Int?)? {
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        return port(of: authority[hostEnd...]).map { (String(authority[..<hostEnd]), $0) }
    }

    /// The port in `:digits`, nil inside for an absent or empty one, nil outside for a malformed one.
    private static func port(of text: Substring) -> Int?? {
        if text.isEmpty || text == ":" { return .some(nil) }
        guard text.hasPrefix(":"), text.utf8.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(text.dropFirst()), port > 0
        else { return nil }
        return .some(Int(port))
    }
}
