import HTTP

/// What was asked of an API, for the error that its answer may mean.
struct APIErrand {
    /// The API's host, with its port where that is not the usual one.
    var host: String
    /// What was asked for, for `ForgeError.notFound`.
    var what: String
    /// Seconds since 1970, used where the answer has no `Date`.
    var now: Int64
    /// How many limits without a `retry-after` came right before this one.
    var limitsBefore: Int
    /// What must not be repeated, whatever the answer says.
    var mask = SecretMask()
    /// The field by which the server's people find a request in their logs; nil where answers have none.
    var requestIDHeader: String?

    /// The fact that a complete answer cannot be read as what was asked for.
    func malformed(_ response: HTTPResponse, problem: String) -> ForgeError {
        if response.isPage { return .intercepted(host: host, detail: "a web page came back instead of \(what)") }
        let length = response.body.count
        return .unavailable(
            host: host, detail: withRequestID("malformed answer of \(length) bytes for \(what): \(problem)", response))
    }

    /// What a refusal means that says nothing of the product's own; `sentence` is what the server says.
    func failure(_ response: HTTPResponse, sentence: String) -> ForgeError {
        switch response.status {
        case 401: .unauthorized(host: host, detail: sentence)
        case 403: .forbidden(host: host, detail: sentence, permission: nil)
        case 404: .notFound(host: host, what: what)
        case 407, 511: .intercepted(host: host, detail: "a proxy wants a sign-on (status \(response.status))")
        case 408: .unavailable(host: host, detail: withRequestID(sentence, response))
        case 429: .rateLimited(host: host, retryAfter: retryAfter(response) ?? patience, resetAt: nil)
        case 400..<500: .refused(host: host, status: response.status, detail: sentence)
        default: .unavailable(host: host, detail: withRequestID(sentence, response))
        }
    }

    /// A web page in place of an API's refusal: something between here and the forge answered; nil where it is none.
    func interception(_ response: HTTPResponse) -> ForgeError? {
        guard response.isPage, response.status < 500 || response.status == 511 else { return nil }
        return .intercepted(host: host, detail: "a web page came back with status \(response.status)")
    }

    /// The wait that `Retry-After` asks for, in either of its forms, a day at most.
    func retryAfter(_ response: HTTPResponse) -> Duration? {
        guard let text = response.headers["retry-after"] else { return nil }
        let trimmed = text.filter { $0 != " " }
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return .seconds(min(max(Int64(trimmed) ?? Self.longestWait, 1), Self.longestWait))
        }
        return Timestamp.second(httpDate: text).map { .seconds(min(max($0 - time(of: response), 1), Self.longestWait)) }
    }

    /// How long to wait where the server does not say: longer after each limit in a row.
    var patience: Duration { .seconds(60 << min(max(limitsBefore, 0), 4)) }

    /// The server's clock when it answered, or this machine's.
    func time(of response: HTTPResponse) -> Int64 {
        response.headers["date"].flatMap { Timestamp.second(httpDate: $0) } ?? now
    }

    /// `text` fit for one line of output, without secrets.
    func line(_ text: String, limit: Int) -> String { PlainText.line(text, limit: limit, hiding: mask) }

    func withRequestID(_ text: String, _ response: HTTPResponse) -> String {
        let status = text.contains("\(response.status)") ? text : "status \(response.status): \(text)"
        guard let id = requestIDHeader.flatMap({ response.headers[$0] }) else { return status }
        return "\(status) (request \(line(id, limit: 64)))"
    }

    /// Longer than any forge's window; what a wrong clock or a hostile field may ask for at most.
    static let longestWait: Int64 = 86_400
}

extension HTTPResponse {
    /// Whether the body is a web page, which no forge's API sends but proxies and sign-on portals do.
    var isPage: Bool {
        if headers["content-type"]?.lowercased().hasPrefix("text/html") == true { return true }
        let start = body.prefix(256).drop { $0 <= 0x20 || $0 == 0xef || $0 == 0xbb || $0 == 0xbf }
        let head = String(decoding: start.prefix(14), as: UTF8.self).lowercased()
        return head.hasPrefix("<!doctype html") || head.hasPrefix("<html")
    }
}
