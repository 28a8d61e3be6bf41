/// Where a proxy is, and what it is told about who asks; the two are kept apart so that no message holds a password.
struct ProxyAddress: Sendable {
    /// `host:port` or a URL, without user information.
    let address: String
    let user: String?
    let password: Secret?

    /// Reads `http.proxy` or a `*_proxy` variable: `[scheme://][user[:password]@]host[:port]`; nil for an empty text.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let schemeEnd = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let rest = text[schemeEnd...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // A password may hold an unencoded slash or at sign; what stands before the last at sign is never shown.
        guard let at = authority.lastIndex(of: "@") ?? rest.lastIndex(of: "@") else {
            address = text
            user = nil
            password = nil
            return
        }
        let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        address = String(text[..<schemeEnd] + rest[rest.index(after: at)...])
        user = Self.decoded(parts[0])
        password = parts.count > 1 ? Secret(Self.decoded(parts[1])) : nil
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.count >= 2
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
