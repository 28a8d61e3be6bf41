import HTTP
import Synchronization

/// The conversation with one GitHub's API, in a version of the API that the server has.
final class GitHubConnection: Sendable {
    let host: GitHubHost
    private let api: APIConnection
    /// The version that the server has, once it is known.
    private let version: Mutex<GitHubVersion?>
    private let versionTurn = RequestTurn()

    init(
        host: GitHubHost, credential: Secret?, transport: any HTTPTransport, userAgent: String,
        now: @escaping @Sendable () -> Int64
    ) {
        self.host = host
        api = APIConnection(
            dialect: GitHubDialect(host: host), credential: credential, transport: transport, userAgent: userAgent,
            now: now)
        version = Mutex(host.isEnterpriseServer ? nil : .newest)
    }

    var rate: RateState? { api.rate }

    /// The server's clock at its last answer, seconds since 1970.
    var serverTime: Int64? { api.serverTime }

    /// Gets and decodes one page; an answer that the server calls unchanged is the one decoded before.
    func page<Value: Decodable & Sendable>(
        _: Value.Type, at url: HTTPURL, what: String
    ) async throws(ForgeError) -> APIConnection.Page<Value> {
        let response = try await exchange(.get, url, headers: api.condition(for: url))
        return try api.page(Value.self, in: response, from: url, what: what)
    }

    func decode<Value: Decodable>(
        _: Value.Type, from response: HTTPResponse, what: String
    ) throws(ForgeError) -> Value {
        try api.decode(Value.self, from: response, what: what)
    }

    /// As ``APIConnection/exchange(_:_:headers:body:receive:)``, with the API's version.
    func exchange(
        _ method: HTTPRequest.Method, _ url: HTTPURL, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, receive: (@Sendable ([UInt8]) -> Bool)? = nil
    ) async throws(ForgeError) -> HTTPResponse {
        let version = try await knownVersion()
        let response = try await api.exchange(
            method, url, headers: [version.header] + headers, body: body, receive: receive)
        // A server that does not know the version does nothing else with the request, so it may be sent again.
        guard response.status == 400, version == .newest else { return response }
        let second = try await api.exchange(
            method, url, headers: [GitHubVersion.older.header] + headers, body: body, receive: receive)
        guard second.status != 400 else { return response }
        self.version.withLock { $0 = .older }
        return second
    }

    /// Sends a request to another place than the API: no token, nothing that only GitHub's API understands.
    func outside(
        _ url: HTTPURL, headers: [(name: String, value: String)] = [], bodyLimit: Int = 1 << 20,
        receive: (@Sendable ([UInt8]) -> Bool)? = nil
    ) async throws(HTTPError) -> HTTPResponse {
        try await api.outside(url, headers: headers, bodyLimit: bodyLimit, receive: receive)
    }

    /// What `response`, which is not the wanted one, means.
    func failure(_ what: String, _ response: HTTPResponse) -> ForgeError {
        api.failure(what, response)
    }

    /// The place that a `Location` of the API names, absolute or on the API's own host.
    func resolve(_ location: String) -> HTTPURL? { api.resolve(location) }

    /// The version to send, which a GitHub Enterprise Server is asked for once.
    private func knownVersion() async throws(ForgeError) -> GitHubVersion {
        if let known = version.withLock({ $0 }) { return known }
        try await versionTurn.enter()
        defer { versionTurn.leave() }
        if let known = version.withLock({ $0 }) { return known }
        guard let url = host.url("/meta") else { return .newest }
        let what = "the server's version"
        let response = try await api.exchange(.get, url, headers: [GitHubVersion.older.header])
        let answer: GitHubVersion
        switch response.status {
        case 200:
            let meta = try decode(GitHubAnswer.Meta.self, from: response, what: what)
            answer = GitHubVersion(installed: meta.installedVersion)
        case 400, 403, 404, 410:
            // A server that keeps its version to itself; the 400 of an older one then tells.
            switch failure(what, response) {
            case .refused, .forbidden, .notFound: answer = .newest
            case let error: throw error
            }
        default: throw failure(what, response)
        }
        version.withLock { $0 = answer }
        return answer
    }
}

/// What every GitHub wants to see, and how it tells its limits.
private struct GitHubDialect: APIDialect {
    let host: GitHubHost

    var origin: HTTPOrigin { host.api }
    var headers: [(name: String, value: String)] { [("Accept", "application/vnd.github+json")] }
    var authorizationScheme: String { "Bearer" }
    var requestIDHeader: String? { "x-github-request-id" }

    func rate(in headers: HTTPHeaders, serverTime: Int64?) -> RateState? {
        guard let limit = headers["x-ratelimit-limit"].flatMap({ Int($0) }),
            let remaining = headers["x-ratelimit-remaining"].flatMap({ Int($0) }),
            let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) })
        else { return nil }
        return RateState(remaining: remaining, limit: limit, resetAt: reset, serverTime: serverTime)
    }

    func failure(_ response: HTTPResponse, _ errand: APIErrand) -> ForgeError {
        GitHubFailure(host: host, errand: errand).error(for: response)
    }
}

extension GitHubVersion {
    fileprivate var header: (name: String, value: String) { ("X-GitHub-Api-Version", rawValue) }
}
