package import HTTP
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// GitLab CI/CD of one project on gitlab.com or a server of somebody's own, over the REST API.
///
/// A pipeline is a run, and the jobs of the pipelines that it waits for are jobs of it. Requests are serial and
/// conditional; nothing here waits or tries again, but for what is said at each function.
package final class GitLab: Forge {
    package let product = "GitLab"
    package let project: ProjectPath
    package let host: GitLabHost
    let connection: APIConnection
    let now: @Sendable () -> Int64
    let state = Mutex(State())

    /// What was learnt from answers.
    struct State {
        var visibility: Visibility?
        /// The projects of jobs that belong to another one, by the job's id.
        var projects: [String: Int64] = [:]
        /// What each pipeline's bridges were when last asked for, and how many looks ago that was.
        var bridges: [Int64: (found: [GitLabAnswer.PipelineJob], looks: Int)] = [:]
        var logs: [String: LogCursor] = [:]
        /// When the page of a job's log was last looked at, by the job's id.
        var touched: [String: Int64] = [:]
        /// Commits for which no pipeline was there, and how often they were asked for in vain.
        var vain: [String: Int] = [:]
        /// Whether the pages of jobs have proved to be for those alone who are signed on.
        var hasClosedPages = false
    }

    /// Who may see a project's jobs.
    enum Visibility: Sendable {
        case everybody
        case members
    }

    /// Most pages of a list that are asked for.
    static let pages = 10

    /// A driver that has asked nothing yet.
    ///
    /// - Parameters:
    ///   - project: the project's full path.
    ///   - host: where the GitLab is.
    ///   - credential: the token, sent to `host` alone; nil to ask anonymously.
    ///   - transport: sends the requests.
    ///   - userAgent: what hephy calls itself.
    ///   - now: seconds since 1970, for answers that don't tell the time.
    package init(
        project: ProjectPath, host: GitLabHost, credential: Secret?, transport: any HTTPTransport,
        userAgent: String = "hephy", now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.project = project
        self.host = host
        self.now = now
        connection = APIConnection(
            dialect: GitLabDialect(host: host), credential: credential, transport: transport, userAgent: userAgent,
            now: now)
    }

    package func rateState() -> RateState? { connection.rate }

    package func serverTime() -> Int64? { connection.serverTime }

    package var hasLiveLogs: Bool { !connection.isAnonymous || showsPages }

    /// Whether strangers can read logs on the pages of jobs, as far as it is known.
    private var showsPages: Bool { state.withLock { $0.visibility == .everybody && !$0.hasClosedPages } }

    package var isThisMachine: Bool { false }

    package var isSlowWithoutToken: Bool { false }

    /// Strangers are shown pipelines and jobs of public projects, but no log over the API: those are on the jobs' pages.
    package var limits: [ForgeLimit] {
        connection.isAnonymous && !showsPages ? [.noLogs(server: "GitLab, for who has no token,")] : []
    }

    package func logDecoder(for job: Job) -> any LogDecoder { GitLabTraceDecoder() }

    /// Empty: a job that waits for somebody is told by the run.
    package func pendingApprovals(of run: Run) -> [PendingApproval] { [] }

    /// Why a failed job failed, where it was not its own script.
    package func annotations(of job: Job, in run: Run) -> [Annotation] {
        guard let reason = job.failureReason, reason != "script_failure" else { return [] }
        let words = PlainText.line(reason, limit: 80).replacing("_", with: " ")
        return [Annotation(level: .failure, path: "", line: 0, title: "", message: "GitLab says why: \(words)")]
    }

    package func run(_ id: String) async throws(ForgeError) -> Run {
        let what = "pipeline \(PlainText.line(id, limit: 40))"
        if connection.isAnonymous { _ = await visibleToEverybody() }
        let url = try path("/pipelines/\(number(id, what: what))")
        return run(try await connection.page(GitLabAnswer.Pipeline.self, at: url, what: what).value)
    }

    package func cancel(_ run: Run) async throws(ForgeError) {
        let what = "pipeline \(PlainText.line(run.id, limit: 40))"
        let url = try path("/pipelines/\(number(run.id, what: what))/cancel")
        let response = try await connection.exchange(.post, url)
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
    }

    /// The server's version, `19.5.0-ee`.
    ///
    /// - Throws: `ForgeError`; only who has a token is told.
    package func version() async throws(ForgeError) -> String {
        guard let url = host.url("/version") else {
            throw .notFound(host: host.origin.hostAndPort, what: "the server's version")
        }
        return try await connection.page(GitLabAnswer.Version.self, at: url, what: "the server's version").value
            .version
    }

    /// Whether pipelines of this server take inputs: since 17.11 (docs.gitlab.com/ci/inputs).
    ///
    /// An older one takes the push option and does nothing with it, so that only the version tells.
    package static func takesInputs(version: String) -> Bool {
        let numbers = version.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(2).map { Int($0) ?? 0 }
        guard numbers.count == 2 else { return false }
        return numbers[0] > 17 || (numbers[0] == 17 && numbers[1] >= 11)
    }

    /// The URL of something below a project; nil for this one.
    func path(_ tail: String, of other: Int64? = nil) throws(ForgeError) -> HTTPURL {
        guard let url = host.url("/projects/\(other.map { "\($0)" } ?? project.encoded)\(tail)") else {
            throw .notFound(host: host.origin.hostAndPort, what: PlainText.line(tail, limit: 100))
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
        _ type: Value.Type, at start: HTTPURL, what: String, pages: Int = GitLab.pages
    ) async throws(ForgeError) -> [Value] {
        try await connection.pages(type, from: start, what: what, atMost: pages)
    }
}
