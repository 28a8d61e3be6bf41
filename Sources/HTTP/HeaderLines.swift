/// Turns a request's header fields into the lines that libcurl sends, and refuses what could become a second field.
enum HeaderLines {
    /// Fields that the transport alone may write: they steer the connection or carry a credential.
    private static let reserved: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "host", "connection", "content-length", "transfer-encoding",
        "te", "trailer", "upgrade", "expect", "referer", "keep-alive", "proxy-connection",
    ]

    /// The lines for `request`, in libcurl's form: `Name: value`, `Name;` for an empty value, `Name:` to send none.
    ///
    /// - Throws: `HTTPError.headerRefused` when a name is no token or is one of ours, or a value holds a control
    ///   character; nothing has been sent then.
    static func lines(of request: HTTPRequest, userAgent: String) throws(HTTPError) -> [String] {
        let origin = request.url.origin
        // libcurl waits a second for a go-ahead that forges do not give, and calls every body a form.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for (name, value) in request.headers {
            guard isToken(name), !reserved.contains(name.lowercased()), isValue(value) else {
                throw .headerRefused(origin: origin, name: printable(name))
            }
            lines.append(line(name, value))
        }
        if !request.headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            guard isValue(userAgent) else { throw .headerRefused(origin: origin, name: "User-Agent") }
            lines.append(line("User-Agent", userAgent))
        }
        if let (scheme, secret) = request.authorization {
            guard isToken(scheme), secret.reveal(isCredential) else {
                throw .headerRefused(origin: origin, name: "Authorization")
            }
            lines.append(secret.reveal { "Authorization: \(scheme) \($0)" })
        }
        return lines
    }

    private static func line(_ name: String, _ value: String) -> String {
        value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ? "\(name);" : "\(name): \(value)"
    }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == UInt8(ascii: "\t") }
    }

    private static func isCredential(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static func printable(_ name: String) -> String {
        String(name.unicodeScalars.prefix(64).map { $0.value > 0x20 && $0.value < 0x7f ? Character($0) : "?" })
    }
}
