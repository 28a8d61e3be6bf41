import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The conversation with one forge's API: serial requests, the token, ETags, redirects, limits.
final class APIConnection: Sendable {
    /// One page of an answer, and where the next one is.
    struct Page<Value: Sendable>: Sendable {
        var value: Value
        var next: HTTPURL?
    }

    private struct Kept {
        var tag: String
        var value: any Sendable
        var next: HTTPURL?
    }

    private struct State {
        var kept: [HTTPURL: Kept] = [:]
        /// The keys of `kept`, the one used longest ago first.
        var order: [HTTPURL] = []
        var rate: RateState?
        var serverTime: Int64?
        var limitsInARow = 0
    }

    private let dialect: any APIDialect
    private let credential: Secret?
    private let mask: SecretMask
    private let transport: any HTTPTransport
    private let userAgent: String
    private let now: @Sendable () -> Int64
    private let turn = RequestTurn()
    private let state = Mutex(State())

    /// As many answers as one run with a few pages of jobs is polled through.
    private static let keptAnswers = 24
    private static let redirects = 3
    /// For a log, which is streamed and may be long.
    private static let streamLimit: Duration = .seconds(600)

    /// A connection that has asked nothing yet.
    ///
    /// - Parameters:
    ///   - dialect: what the product wants to see, and what its refusals mean.
    ///   - credential: the token, sent to the dialect's origin alone; nil to ask anonymously.
    ///   - transport: sends the requests.
    ///   - userAgent: what hephy calls itself.
    ///   - now: this machine's clock, seconds since 1970, for answers without a date.
    init(
        dialect: any APIDialect, credential: Secret?, transport: any HTTPTransport, userAgent: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.dialect = dialect
        self.credential = credential
        mask = SecretMask(credential.map { [$0] } ?? [])
        self.transport = transport
        self.userAgent = userAgent
        self.now = now
    }

    var isAnonymous: Bool { credential == nil }

    var rate: RateState? { state.withLock { $0.rate } }

    /// The server's clock at its last answer, seconds since 1970.
    var serverTime: Int64? { state.withLock { $0.serverTime } }

    /// Gets and decodes one page; an answer that the server calls unchanged is the one decoded before.
    func page<Value: Decodable & Sendable>(
        _: Value.Type, at url: HTTPURL, what: String
    ) async throws(ForgeError) -> Page<Value> {
        let response = try await exchange(.get, url, headers: condition(for: url))
        return try page(Value.self, in: response, from: url, what: what)
    }

    /// Gets and decodes the pages of a list, following `Link` within the API's own origin.
    func pages<Value: Decodable & Sendable>(
        _ type: Value.Type, from start: HTTPURL, what: String, atMost most: Int
    ) async throws(ForgeError) -> [Value] {
        var found: [Value] = []
        var next: HTTPURL? = start
        while let url = next, found.count < most {
            let answer = try await page(type, at: url, what: what)
            found.append(answer.value)
            next = answer.next
        }
        return found
    }

    /// The condition under which `url` is asked for again, where its answer is kept.
    func condition(for url: HTTPURL) -> [(name: String, value: String)] {
        state.withLock { $0.kept[url] }.map { [(name: "If-None-Match", value: $0.tag)] } ?? []
    }

    /// Reads `response`, the answer for `url`, as one page; what the server calls unchanged is the page kept.
    ///
    /// - Throws: `ForgeError` for another status than 200 and 304, and for what cannot be decoded.
    func page<Value: Decodable & Sendable>(
        _: Value.Type, in response: HTTPResponse, from url: HTTPURL, what: String
    ) throws(ForgeError) -> Page<Value> {
        if response.status == 304, let kept = state.withLock({ $0.kept[url] }), let value = kept.value as? Value {
            touch(url)
            return Page(value: value, next: kept.next)
        }
        guard response.status == 200 else { throw failure(what, response) }
        let value = try decode(Value.self, from: response, what: what)
        let next = response.headers["link"].flatMap { Self.next(in: $0) }.flatMap { HTTPURL($0) }
        let page = Page(value: value, next: next.flatMap { own($0, after: url) })
        keep(page, for: url, tag: response.headers["etag"])
        return page
    }

    func decode<Value: Decodable>(
        _: Value.Type, from response: HTTPResponse, what: String
    ) throws(ForgeError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(response.body))
        } catch {
            throw errand(what).malformed(response, problem: Self.problem(error))
        }
    }

    /// Sends one request with everything that the product wants to see, and follows redirects within the API.
    ///
    /// - Parameters:
    ///   - method: what is done.
    ///   - url: a place below the API's origin.
    ///   - headers: fields for this request alone.
    ///   - body: JSON, or nil.
    ///   - receive: gets the body of a 2xx answer; nil to collect it. With it a redirect to another origin is returned
    ///     instead of refused.
    /// - Returns: the answer, whatever its status.
    /// - Throws: `ForgeError` when there is no complete answer; a refusal is an answer.
    func exchange(
        _ method: HTTPRequest.Method, _ url: HTTPURL, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, receive: (@Sendable ([UInt8]) -> Bool)? = nil
    ) async throws(ForgeError) -> HTTPResponse {
        try await turn.enter()
        defer { turn.leave() }
        var request = HTTPRequest(method, url, headers: headers, body: body)
        if receive != nil { request.timeLimit = Self.streamLimit }
        for _ in 0..<Self.redirects {
            let response = try await send(request, receive: receive)
            let isMoved = [307, 308].contains(response.status) || (method == .get && response.status == 301)
            guard isMoved, let location = response.headers["location"] else { return response }
            guard let next = resolve(location), next.origin == dialect.origin else {
                if receive != nil { return response }
                let place = HTTPURL(location)?.origin.description ?? location
                throw .redirected(
                    host: dialect.origin.hostAndPort, place: PlainText.line(place, limit: 80, hiding: mask))
            }
            request.url = next
        }
        throw .unavailable(host: dialect.origin.hostAndPort, detail: "more than \(Self.redirects) redirects")
    }

    /// Sends a request to another place than the API: no token, nothing that only the product's API understands.
    func outside(
        _ url: HTTPURL, headers: [(name: String, value: String)] = [], bodyLimit: Int = 1 << 20,
        receive: (@Sendable ([UInt8]) -> Bool)? = nil
    ) async throws(HTTPError) -> HTTPResponse {
        do { try await turn.enter() } catch { throw .cancelled }
        defer { turn.leave() }
        var request = HTTPRequest(.get, url, headers: [("User-Agent", userAgent)] + headers, bodyLimit: bodyLimit)
        guard let receive else { return try await transport.send(request) }
        request.timeLimit = Self.streamLimit
        return try await transport.send(request, receive: receive)
    }

    /// What `response`, which is not the wanted one, means.
    func failure(_ what: String, _ response: HTTPResponse) -> ForgeError {
        let error = dialect.failure(response, errand(what))
        state.withLock {
            if case .rateLimited(_, _, resetAt: nil) = error { $0.limitsInARow += 1 }
        }
        return error
    }

    /// What a broken exchange means, without the secrets that `mask` knows.
    static func error(_ error: HTTPError, hiding mask: SecretMask = SecretMask()) -> ForgeError {
        switch error {
        case .unreachable(let origin, let reason), .interrupted(let origin, let reason):
            .unavailable(host: origin.hostAndPort, detail: PlainText.line(reason, limit: 200, hiding: mask))
        case .proxyUnauthorized(let origin):
            .intercepted(host: origin.hostAndPort, detail: "a proxy wants a sign-on (status 407)")
        case .untrusted(let origin, let reason):
            .untrusted(host: origin.hostAndPort, detail: PlainText.line(reason, limit: 200, hiding: mask))
        case .timedOut(let origin): .unavailable(host: origin.hostAndPort, detail: "no answer in time")
        case .bodyTooLarge(let origin, let limit):
            .unavailable(host: origin.hostAndPort, detail: "the answer is larger than \(limit) bytes")
        case .insecureCredential(let origin):
            .untrusted(host: origin.hostAndPort, detail: "the token would have gone over plain http")
        case .headerRefused(let origin, let name):
            .untrusted(
                host: origin.hostAndPort, detail: "the header '\(PlainText.line(name, limit: 50))' cannot be sent")
        case .cancelled: .cancelled
        }
    }

    /// `next` where it is the API's own.
    ///
    /// A server that takes itself for another one, or for one below another path, tells the same place under that name:
    /// what follows is asked for where `url` was, and the token stays where it belongs.
    private func own(_ next: HTTPURL, after url: HTTPURL) -> HTTPURL? {
        if next.origin == dialect.origin { return next }
        func path(_ url: HTTPURL) -> Substring { url.target.prefix { $0 != "?" } }
        let (there, here) = (path(next), path(url))
        guard there.hasSuffix(here) || here.hasSuffix(there) else { return nil }
        return HTTPURL(origin: dialect.origin, target: String(here) + String(next.target.dropFirst(there.count)))
    }

    /// The place that a `Location` of the API names, absolute or on the API's own host.
    func resolve(_ location: String) -> HTTPURL? {
        location.hasPrefix("/") && !location.hasPrefix("//")
            ? HTTPURL(origin: dialect.origin, target: location) : HTTPURL(location)
    }

    private func errand(_ what: String) -> APIErrand {
        APIErrand(
            host: dialect.origin.hostAndPort, what: what, now: now(),
            limitsBefore: state.withLock { $0.limitsInARow }, mask: mask, requestIDHeader: dialect.requestIDHeader)
    }

    private func send(
        _ request: HTTPRequest, receive: (@Sendable ([UInt8]) -> Bool)?
    ) async throws(ForgeError) -> HTTPResponse {
        var request = request
        request.headers = dialect.headers + [("User-Agent", userAgent)] + request.headers
        if request.body != nil { request.headers.append(("Content-Type", "application/json")) }
        if let credential { request.authorization = (dialect.authorizationScheme, credential) }
        let response: HTTPResponse
        do {
            if let receive {
                response = try await transport.send(request, receive: receive)
            } else {
                response = try await transport.send(request)
            }
        } catch {
            throw Self.error(error, hiding: mask)
        }
        note(response)
        return response
    }

    private func note(_ response: HTTPResponse) {
        let time = response.headers["date"].flatMap { Timestamp.second(httpDate: $0) }
        let rate = dialect.rate(in: response.headers, serverTime: time)
        state.withLock { state in
            state.serverTime = time ?? state.serverTime
            state.rate = rate ?? state.rate
            if response.status < 400 { state.limitsInARow = 0 }
        }
    }

    private func keep<Value>(_ page: Page<Value>, for url: HTTPURL, tag: String?) {
        let isUsable = tag.map { $0.utf8.count <= 512 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } } ?? false
        state.withLock { state in
            state.order.removeAll { $0 == url }
            guard let tag, isUsable else {
                state.kept[url] = nil
                return
            }
            state.kept[url] = Kept(tag: tag, value: page.value, next: page.next)
            state.order.append(url)
            if state.order.count > Self.keptAnswers { state.kept[state.order.removeFirst()] = nil }
        }
    }

    private func touch(_ url: HTTPURL) {
        state.withLock { state in
            state.order.removeAll { $0 == url }
            state.order.append(url)
        }
    }

    /// The `rel="next"` target of a `Link` header (RFC 8288).
    static func next(in link: String) -> String? {
        for part in link.split(separator: ",") {
            guard let start = part.firstIndex(of: "<"), let end = part.firstIndex(of: ">"), start < end else {
                continue
            }
            let isNext = part[end...].split(separator: ";").contains {
                let text = $0.filter { $0 != " " && $0 != "\"" }.lowercased()
                return text == "rel=next"
            }
            if isNext { return String(part[part.index(after: start)..<end]) }
        }
        return nil
    }

    private static func problem(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not JSON" }
        switch error {
        case .keyNotFound(let key, _): return "'\(PlainText.line(key.stringValue, limit: 40))' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return "'\(PlainText.line(path, limit: 80))' has another type"
        case .dataCorrupted: return "not JSON, or cut off"
        @unknown default: return "not JSON"
        }
    }
}
