import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The conversation with one GitHub's API: serial requests, the token, the API version, ETags, limits.
final class GitHubConnection: Sendable {
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
        var version: GitHubVersion?
        var kept: [HTTPURL: Kept] = [:]
        /// The keys of `kept`, the one used longest ago first.
        var order: [HTTPURL] = []
        var rate: RateState?
        var serverTime: Int64?
        var limitsInARow = 0
    }

    let host: GitHubHost
    private let credential: Secret?
    private let mask: SecretMask
    private let transport: any HTTPTransport
    private let userAgent: String
    private let now: @Sendable () -> Int64
    private let turn = RequestTurn()
    private let state: Mutex<State>

    /// As many answers as one run with a few pages of jobs is polled through.
    private static let keptAnswers = 24
    private static let redirects = 3
    /// For a log, which is streamed and may be long.
    private static let streamLimit: Duration = .seconds(600)

    init(
        host: GitHubHost, credential: Secret?, transport: any HTTPTransport, userAgent: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.host = host
        self.credential = credential
        mask = SecretMask(credential.map { [$0] } ?? [])
        self.transport = transport
        self.userAgent = userAgent
        self.now = now
        state = Mutex(State(version: host.isEnterpriseServer ? nil : .newest))
    }

    var rate: RateState? { state.withLock { $0.rate } }

    /// The server's clock at its last answer, seconds since 1970.
    var serverTime: Int64? { state.withLock { $0.serverTime } }

    /// Gets and decodes one page; an answer that the server calls unchanged is the one decoded before.
    func page<Value: Decodable & Sendable>(
        _: Value.Type, at url: HTTPURL, what: String
    ) async throws(ForgeError) -> Page<Value> {
        let kept = state.withLock { $0.kept[url] }
        let conditions = kept.map { [(name: "If-None-Match", value: $0.tag)] } ?? []
        let response = try await exchange(.get, url, headers: conditions)
        if response.status == 304, let kept, let value = kept.value as? Value {
            touch(url)
            return Page(value: value, next: kept.next)
        }
        guard response.status == 200 else { throw failure(what, response) }
        let value = try decode(Value.self, from: response, what: what)
        let next = response.headers["link"].flatMap { Self.next(in: $0) }.flatMap { HTTPURL($0) }
        let page = Page(value: value, next: next?.origin == host.api ? next : nil)
        keep(page, for: url, tag: response.headers["etag"])
        return page
    }

    func decode<Value: Decodable>(
        _: Value.Type, from response: HTTPResponse, what: String
    ) throws(ForgeError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(response.body))
        } catch {
            throw reading(what).malformed(response, problem: Self.problem(error))
        }
    }

    /// Sends one request with everything that GitHub wants to see, and follows redirects within the API.
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
        let version = try await version()
        var request = HTTPRequest(method, url, headers: headers, body: body)
        if receive != nil { request.timeLimit = Self.streamLimit }
        let response = try await follow(request, version: version, receive: receive)
        // A server that does not know the version does nothing else with the request, so it may be sent again.
        guard response.status == 400, version == .newest else { return response }
        let second = try await follow(request, version: .older, receive: receive)
        guard second.status != 400 else { return response }
        state.withLock { $0.version = .older }
        return second
    }

    /// Sends a request to another place than the API: no token, nothing that only GitHub's API understands.
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
        let reading = reading(what)
        let error = reading.error(for: response)
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

    private func reading(_ what: String) -> GitHubFailure {
        GitHubFailure(
            host: host, what: what, now: now(), limitsBefore: state.withLock { $0.limitsInARow },
            mask: mask)
    }

    private func send(
        _ request: HTTPRequest, version: GitHubVersion, receive: (@Sendable ([UInt8]) -> Bool)?
    ) async throws(ForgeError) -> HTTPResponse {
        var request = request
        request.headers =
            [
                ("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", version.rawValue),
                ("User-Agent", userAgent),
            ] + request.headers
        if request.body != nil { request.headers.append(("Content-Type", "application/json")) }
        if let credential { request.authorization = ("Bearer", credential) }
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

    private func follow(
        _ request: HTTPRequest, version: GitHubVersion, receive: (@Sendable ([UInt8]) -> Bool)?
    ) async throws(ForgeError) -> HTTPResponse {
        var request = request
        for _ in 0..<Self.redirects {
            let response = try await send(request, version: version, receive: receive)
            let isMoved = [307, 308].contains(response.status) || (request.method == .get && response.status == 301)
            guard isMoved, let location = response.headers["location"] else { return response }
            guard let next = resolve(location), next.origin == host.api else {
                if receive != nil { return response }
                let place = HTTPURL(location)?.origin.description ?? location
                throw .redirected(
                    host: host.api.hostAndPort, place: PlainText.line(place, limit: 80, hiding: mask))
            }
            request.url = next
        }
        throw .unavailable(host: host.api.hostAndPort, detail: "more than \(Self.redirects) redirects")
    }

    /// The place that a `Location` of the API names, absolute or on the API's own host.
    func resolve(_ location: String) -> HTTPURL? {
        location.hasPrefix("/") && !location.hasPrefix("//")
            ? HTTPURL(origin: host.api, target: location) : HTTPURL(location)
    }

    /// The version to send, which a GitHub Enterprise Server is asked for once; called within a turn.
    private func version() async throws(ForgeError) -> GitHubVersion {
        if let known = state.withLock({ $0.version }) { return known }
        guard let url = host.url("/meta") else { return .newest }
        let response = try await send(HTTPRequest(.get, url), version: .older, receive: nil)
        let version: GitHubVersion
        switch response.status {
        case 200:
            let meta = try decode(GitHubAnswer.Meta.self, from: response, what: "the server's version")
            version = GitHubVersion(installed: meta.installedVersion)
        case 400, 403, 404, 410:
            // A server that keeps its version to itself; the 400 of an older one then tells.
            switch failure("the server's version", response) {
            case .refused, .forbidden, .notFound: version = .newest
            case let error: throw error
            }
        default: throw failure("the server's version", response)
        }
        state.withLock { $0.version = version }
        return version
    }

    private func note(_ response: HTTPResponse) {
        let headers = response.headers
        state.withLock { state in
            let time = headers["date"].flatMap { Timestamp.second(httpDate: $0) }
            state.serverTime = time ?? state.serverTime
            if let limit = headers["x-ratelimit-limit"].flatMap({ Int($0) }),
                let remaining = headers["x-ratelimit-remaining"].flatMap({ Int($0) }),
                let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) })
            {
                state.rate = RateState(remaining: remaining, limit: limit, resetAt: reset, serverTime: time)
            }
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
