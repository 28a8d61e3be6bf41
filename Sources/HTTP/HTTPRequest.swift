/// One request; it is sent as it stands, redirects are never followed.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL
    /// Header fields but `Authorization`, which only ``authorization`` may set, and those that steer the connection.
    package var headers: [(name: String, value: String)]
    /// Sent as `Authorization: <scheme> <secret>`.
    ///
    /// `HTTPClient` refuses it over plain http except to loopback.
    package var authorization: (scheme: String, secret: Secret)?
    package var body: [UInt8]?
    /// The largest response body that is collected, in bytes after decoding; a larger one is `HTTPError.bodyTooLarge`.
    ///
    /// A body that is streamed has no limit but its receiver's.
    package var bodyLimit: Int
    /// How long the whole exchange may take; nil means no limit but that of a stalled connection.
    package var timeLimit: Duration?

    package init(
        _ method: Method = .get, _ url: HTTPURL, headers: [(name: String, value: String)] = [],
        authorization: (scheme: String, secret: Secret)? = nil, body: [UInt8]? = nil,
        bodyLimit: Int = 16 << 20, timeLimit: Duration? = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.authorization = authorization
        self.body = body
        self.bodyLimit = bodyLimit
        self.timeLimit = timeLimit
    }
}

/// A complete answer.
///
/// Any status is an answer; only a broken exchange is an error.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    /// The body, decoded from its transfer and content encodings; empty where it was streamed.
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Header fields in order; names are compared without regard to case.
package struct HTTPHeaders: Sendable {
    package var fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    /// The first value of the field `name`.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }
}

/// What went wrong with an exchange that gave no complete answer.
package enum HTTPError: Error, Hashable, Sendable {
    /// No connection: name not found, refused, unreachable, TLS refused. `reason` is libcurl's sentence.
    case unreachable(origin: HTTPOrigin, reason: String)
    /// The certificate of the server or proxy was not accepted; trying again is of no use.
    case untrusted(origin: HTTPOrigin, reason: String)
    /// The proxy on the way wants a sign-on, and took none that the settings hold; nothing reached the server.
    case proxyUnauthorized(origin: HTTPOrigin)
    /// The connection broke or the body ended before it was whole.
    case interrupted(origin: HTTPOrigin, reason: String)
    case timedOut(origin: HTTPOrigin)
    case bodyTooLarge(origin: HTTPOrigin, limit: Int)
    /// An `Authorization` was to go over plain http to a host that is not loopback; nothing was sent.
    case insecureCredential(origin: HTTPOrigin)
    /// The header field `name` is one that only the transport may set, or its name or value holds characters that
    /// would end the field; nothing was sent.
    case headerRefused(origin: HTTPOrigin, name: String)
    /// The task was cancelled, or the receiver of a streamed body asked to stop.
    case cancelled
}
