import Git

/// What git gives to ssh of a URL (connect.c, `parse_connect_url` and `get_host_and_port`): `[user@]host`, a port and the
/// path on the other side.
struct SSHAddress: Equatable, Sendable {
    /// `[user@]host` without the brackets of an IPv6 literal.
    var userAndHost: String
    var port: String?
    var path: [UInt8]

    /// - Parameter url: the text of an ssh URL, in one form or the other.
    /// - Throws: `RemoteHelperError.url` when ssh or the shell on the other side could read a part as an option, or the
    ///   URL names no path.
    init(_ url: String) throws(RemoteHelperError) {
        let isURL = url.hasPrefix("ssh://")
        let text = isURL ? PercentEncoding.decoded(url.dropFirst("ssh://".count)) : Array(url.utf8)
        let bracket = Self.bracket(in: text)
        let afterBrackets = bracket?.end ?? text.startIndex
        let separator = UInt8(ascii: isURL ? "/" : ":")
        guard let end = text[afterBrackets...].firstIndex(of: separator) else { throw .url(.missingPath(url)) }
        var path = text[(isURL ? end : end + 1)...]
        // `ssh://host/~user/path` means a home folder.
        if path.count > 1, path[path.startIndex + 1] == UInt8(ascii: "~") { path = path.dropFirst() }
        self.path = Array(path)

        var address = Array(text[..<end])
        var tail = address.startIndex
        if let bracket {
            address.remove(at: bracket.end)
            address.remove(at: bracket.start)
            tail = bracket.end - 1
        }
        if let colon = address[tail...].firstIndex(of: UInt8(ascii: ":")) {
            let digits = address[(colon + 1)...]
            if digits.isEmpty || Self.isPort(digits) {
                port = digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
                address.removeSubrange(colon...)
            }
        }
        // `[user@host:port]:path`.
        if port == nil, let colon = address.firstIndex(of: UInt8(ascii: ":")), Self.isPort(address[(colon + 1)...]) {
            port = String(decoding: address[(colon + 1)...], as: UTF8.self)
            address.removeSubrange(colon...)
        }
        userAndHost = String(decoding: address, as: UTF8.self)
        for part in [userAndHost, String(decoding: self.path, as: UTF8.self)]
        where part.utf8.first == UInt8(ascii: "-") {
            throw .url(.leadingDash(part))
        }
        guard !self.path.isEmpty else { throw .url(.missingPath(userAndHost)) }
    }

    /// Where the brackets around an address are, at the start or behind the user.
    private static func bracket(in text: [UInt8]) -> (start: Int, end: Int)? {
        let start = text.firstRange(of: Array("@[".utf8)).map { $0.lowerBound + 1 } ?? text.startIndex
        guard start < text.endIndex, text[start] == UInt8(ascii: "["),
            let end = text[start...].firstIndex(of: UInt8(ascii: "]"))
        else { return nil }
        return (start, end)
    }

    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.allSatisfy { (0x30...0x39).contains($0) } && UInt16(String(decoding: digits, as: UTF8.self)) != nil
    }
}
