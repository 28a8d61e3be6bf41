import HTTP
import Synchronization

/// Logs: by byte ranges where the server has them, else whole and conditional.
extension GitLab {
    /// `Gitlab::Ci::Trace::Stream::LIMIT_SIZE`: the most that one range may ask for.
    private static let rangeLimit = 512_000
    /// The server forgets after ten seconds that somebody looks at a job.
    private static let touchPause: Int64 = 9
    private static let wholePauses = (least: 3.0, most: 60.0)
    /// The most that is kept of a finished job's log which was read while it ran.
    private static let restLimit = 64 << 20

    /// Streams a job's log from byte `offset` on.
    ///
    /// Whether the server reads ranges is found out by asking for one byte: an old one gives the whole log, which is
    /// used as that. When the job has finished, the last part that was handed out is compared with the archived log.
    /// - Throws: `.forbidden` where the log is not for this token's eyes.
    package func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        guard job.hasLog else { return job.state.isFinished ? .complete : .notYet }
        if !job.state.isFinished, !connection.isAnonymous { await touch(job) }
        var cursor = state.withLock { state in
            if let cursor = state.logs[job.id], cursor.delivered == offset { return cursor }
            return LogCursor(from: max(0, offset))
        }
        if job.state.isFinished, cursor.tail.isEmpty { cursor.isSettled = true }
        defer { state.withLock { $0.logs[job.id] = cursor } }
        if connection.isAnonymous { return try await readPage(of: job, &cursor, receive) }
        if cursor.mode == .unknown { try await probe(job, &cursor, receive) }
        switch cursor.mode {
        case .unknown: return job.state.isFinished ? .complete : .notYet
        case .ranged: try await readRanges(of: job, &cursor, receive)
        case .whole: try await readWhole(of: job, &cursor, receive)
        }
        return job.state.isFinished ? .complete : .soFar
    }

    package func logPause(for job: Job, after elapsed: Duration) -> Duration? {
        guard state.withLock({ $0.logs[job.id]?.mode }) == .whole else { return nil }
        let (seconds, attoseconds) = elapsed.components
        let half = (Double(seconds) + Double(attoseconds) / 1e18) / 2
        return .seconds(min(max(half, Self.wholePauses.least), Self.wholePauses.most))
    }

    /// Runners hand logs over once a minute unless somebody has the job's page open (`UPDATE_FREQUENCY_DEFAULT`).
    package var remarkOnSlowLogs: String? {
        guard state.withLock({ $0.visibility }) != .everybody else { return nil }
        return
            "GitLab's runners hand their log over about once a minute; every 3 s while somebody has the job's page open"
    }

    private func traceURL(of job: Job, _ query: String = "") throws(ForgeError) -> HTTPURL {
        let what = "the log of job \(PlainText.line(job.id, limit: 40))"
        let other = state.withLock { $0.projects[job.id] }
        return try path("/jobs/\(number(job.id, what: what))/trace\(query)", of: other)
    }

    private func failure(_ job: Job, _ response: HTTPResponse) -> ForgeError {
        connection.failure("the log of job \(PlainText.line(job.id, limit: 40))", response)
    }

    /// Asks for one byte; what comes beyond it is the whole log, of a server that passes over the parameters.
    private func probe(
        _ job: Job, _ cursor: inout LogCursor, _ receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) {
        let first = Forwarding(after: 1, from: cursor.position, to: receive)
        let response = try await connection.exchange(
            .get, traceURL(of: job, "?byte_offset=0&byte_limit=1"), receive: { first.take($0) })
        guard response.status == 200 else { throw failure(job, response) }
        switch first.total {
        case 0: return
        case 1: cursor.mode = .ranged
        default:
            cursor.mode = .whole
            cursor.tag = response.headers["etag"]
            first.settle(&cursor)
        }
    }

    private func readRanges(
        of job: Job, _ cursor: inout LogCursor, _ receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) {
        let compares = job.state.isFinished && !cursor.isSettled
        var start = compares ? max(0, cursor.position - cursor.tail.count) : cursor.position
        var archived: [UInt8] = []
        while true {
            let query = "?byte_offset=\(start)&byte_limit=\(Self.rangeLimit)"
            let response = try await connection.exchange(.get, traceURL(of: job, query))
            guard response.status == 200 else { throw failure(job, response) }
            let body = response.body
            if body.count > Self.rangeLimit || (!compares && cursor.isBeginning(body)) {
                cursor.mode = .whole
                return try await readWhole(of: job, &cursor, receive)
            }
            start += body.count
            let isLast = body.count < Self.rangeLimit
            if compares {
                archived += body
                if isLast || archived.count > Self.restLimit { break }
                continue
            }
            cursor.position = start
            guard deliver(body, &cursor, receive) else { throw .cancelled }
            if isLast { return }
        }
        cursor.position = start
        cursor.isSettled = true
        guard deliver(cursor.news(in: archived), &cursor, receive) else { throw .cancelled }
    }

    /// Reads the whole log where it has changed, and hands out what is new.
    private func readWhole(
        of job: Job, _ cursor: inout LogCursor, _ receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) {
        let conditions = cursor.tag.map { [(name: "If-None-Match", value: $0)] } ?? []
        let compares = job.state.isFinished && !cursor.isSettled
        let rest = Forwarding(
            after: 0, from: compares ? max(0, cursor.position - cursor.tail.count) : cursor.position,
            to: compares ? nil : receive, limit: Self.restLimit)
        let response = try await connection.exchange(
            .get, traceURL(of: job), headers: conditions, receive: { rest.take($0) })
        if response.status == 304 {
            cursor.isSettled = cursor.isSettled || compares
            return
        }
        guard response.status == 200 else { throw failure(job, response) }
        cursor.tag = response.headers["etag"]
        guard compares else { return rest.settle(&cursor) }
        cursor.isSettled = true
        cursor.position = max(cursor.position, rest.total)
        guard deliver(cursor.news(in: rest.kept), &cursor, receive) else { throw .cancelled }
    }

    private func deliver(_ bytes: [UInt8], _ cursor: inout LogCursor, _ receive: ([UInt8]) -> Bool) -> Bool {
        guard !bytes.isEmpty else { return true }
        cursor.deliver(bytes[...])
        return receive(bytes)
    }

    // MARK: - Being watched

    /// Looks at the page of a log, as a browser does, so that the runner hands the log over every three seconds.
    ///
    /// Only the web's controller tells the runner so (`being_watched!`), and only public projects show that page
    /// without a session. What it holds is not wanted: the transfer ends with its first bytes.
    private func touch(_ job: Job) async {
        guard await visibleToEverybody(), state.withLock({ $0.projects[job.id] }) == nil, let id = Int64(job.id),
            let url = host.page(at: "/\(project)/-/jobs/\(id)/trace.json")
        else { return }
        let time = now()
        let isDue = state.withLock { state in
            guard time - (state.touched[job.id] ?? 0) >= Self.touchPause else { return false }
            state.touched[job.id] = time
            return true
        }
        guard isDue else { return }
        // Whatever comes of it: the log itself is read elsewhere.
        _ = try? await connection.outside(url, receive: { _ in false })
    }

    /// Whether strangers may see the project's pipelines; false where that could not be found out.
    package func isPublic() async -> Bool { await visibleToEverybody() }

    func visibleToEverybody() async -> Bool {
        if let known = state.withLock({ $0.visibility }) { return known == .everybody }
        guard let project = try? await project() else { return false }
        let isOpen = project.visibility == "public" && project.publicJobs ?? true
        state.withLock { $0.visibility = isOpen ? .everybody : .members }
        return isOpen
    }

    /// Hands on what stands behind the known part of a log, once more than a number of bytes has come.
    private final class Forwarding: Sendable {
        private struct State {
            var total = 0
            var held: [UInt8] = []
            var kept: [UInt8] = []
        }

        private let threshold: Int
        private let start: Int
        private let receive: (@Sendable ([UInt8]) -> Bool)?
        private let limit: Int
        private let state = Mutex(State())
        private let delivered: Mutex<LogCursor>

        init(
            after threshold: Int, from start: Int, to receive: (@Sendable ([UInt8]) -> Bool)?, limit: Int = .max
        ) {
            self.threshold = threshold
            self.start = start
            self.receive = receive
            self.limit = limit
            delivered = Mutex(LogCursor(from: start))
        }

        var total: Int { state.withLock { $0.total } }
        /// The bytes from `start` on, where nobody receives them.
        var kept: [UInt8] { state.withLock { $0.kept } }

        func take(_ piece: [UInt8]) -> Bool {
            let news: [UInt8] = state.withLock { state in
                let before = state.total
                state.total += piece.count
                if state.total <= threshold {
                    state.held += piece
                    return []
                }
                let bytes = state.held + piece
                let first = before - state.held.count
                state.held = []
                let fresh = bytes.dropFirst(min(bytes.count, max(0, start - first)))
                if receive == nil { state.kept += fresh }
                return Array(fresh)
            }
            guard !news.isEmpty else { return true }
            guard let receive else { return state.withLock { $0.kept.count <= limit } }
            delivered.withLock { $0.deliver(news[...]) }
            return receive(news)
        }

        /// Brings `cursor` to where the hand-out got.
        func settle(_ cursor: inout LogCursor) {
            delivered.withLock { cursor.follow($0) }
        }
    }
}
