package import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Gitea Actions or Forgejo Actions of one repository, over the REST API that both have below `/api/v1`.
///
/// The server's version, asked for once, tells what else can be asked. Requests are serial; nothing here waits or tries
/// again.
package final class Gitea: Forge {
    package let repository: RepositoryPath
    package let host: GiteaHost
    let connection: APIConnection
    private let expected: GiteaVersion.Product
    private let versionTurn = RequestTurn()
    private let known: Mutex<GiteaVersion?>
    let logs = Mutex<[String: WholeLog]>([:])
    let now: @Sendable () -> Int64

    /// Entries of one page of a list; the server's own configuration may allow fewer.
    static let pageSize = 50
    /// Most pages of a list that are asked for.
    static let pages = 10

    /// A driver that has asked nothing yet.
    ///
    /// - Parameters:
    ///   - repository: owner and name.
    ///   - host: where the server is.
    ///   - product: which of the two it was recognised as; the version it tells may correct that.
    ///   - version: the version, where it was asked for already.
    ///   - credential: the token, sent to `host` alone; nil to ask anonymously.
    ///   - transport: sends the requests.
    ///   - userAgent: what hephy calls itself.
    ///   - now: seconds since 1970, for answers that don't tell the time.
    package init(
        repository: RepositoryPath, host: GiteaHost, product: GiteaVersion.Product, version: GiteaVersion? = nil,
        credential: Secret?, transport: any HTTPTransport, userAgent: String = "hephy",
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.repository = repository
        self.host = host
        self.now = now
        expected = product
        known = Mutex(version)
        connection = APIConnection(
            dialect: GiteaDialect(host: host), credential: credential, transport: transport, userAgent: userAgent,
            now: now)
    }

    /// Which product it is, as its version says once that is known.
    package var product: String { (known.withLock { $0 }?.product ?? expected).rawValue }

    package func rateState() -> RateState? { connection.rate }

    package func serverTime() -> Int64? { connection.serverTime }

    package var hasLiveLogs: Bool { known.withLock { $0 }?.hasLogs ?? true }

    package var isThisMachine: Bool { false }

    /// Shared servers are asked rarely, and so are those that tell no more than how far a run is.
    package var leastPause: Duration {
        host.isShared || known.withLock({ $0?.hasLogs == false }) ? .seconds(5) : .seconds(3)
    }

    package var isSlowWithoutToken: Bool { false }

    package var limits: [ForgeLimit] {
        guard let version = known.withLock({ $0 }), !version.hasLogs else { return [] }
        return [.noLogs(server: version.name)]
    }

    package func logDecoder(for job: Job) -> any LogDecoder { GiteaLogDecoder() }

    /// Empty: neither product has such remarks.
    package func annotations(of job: Job, in run: Run) -> [Annotation] { [] }

    /// Empty: who may approve is not told.
    package func pendingApprovals(of run: Run) -> [PendingApproval] { [] }

    /// The server's version, which is asked for once; one that keeps it to itself is taken for the newest.
    ///
    /// - Throws: `.unauthorized` where strangers see nothing at all, `.notFound` where there is no such API, and what
    ///   else hinders an answer.
    package func version() async throws(ForgeError) -> GiteaVersion {
        if let version = known.withLock({ $0 }) { return version }
        try await versionTurn.enter()
        defer { versionTurn.leave() }
        if let version = known.withLock({ $0 }) { return version }
        let what = "the server's version"
        let version: GiteaVersion
        do throws(ForgeError) {
            let answer = try await connection.page(GiteaAnswer.Version.self, at: url("/version"), what: what).value
            version = GiteaVersion(answer.version, of: expected)
        } catch {
            guard case .forbidden = error else { throw error }
            version = .newest(expected)
        }
        known.withLock { $0 = version }
        return version
    }

    /// The URL of something below the repository.
    func path(_ tail: String) throws(ForgeError) -> HTTPURL {
        try url("/repos/\(repository.owner)/\(repository.name)\(tail)")
    }

    private func url(_ path: String) throws(ForgeError) -> HTTPURL {
        guard let url = host.url(path) else {
            throw .notFound(host: host.origin.hostAndPort, what: PlainText.line(path, limit: 100))
        }
        return url
    }

    /// An id of this forge, which alone may stand in a path.
    func number(_ id: String, what: String) throws(ForgeError) -> Int64 {
        guard let number = Int64(id), number >= 0 else { throw .notFound(host: host.origin.hostAndPort, what: what) }
        return number
    }

    /// The pages of a list.
    func list<Value: Decodable & Sendable>(
        _ type: Value.Type, at start: HTTPURL, what: String, pages: Int = Gitea.pages
    ) async throws(ForgeError) -> [Value] {
        try await connection.pages(type, from: start, what: what, atMost: pages)
    }
}
