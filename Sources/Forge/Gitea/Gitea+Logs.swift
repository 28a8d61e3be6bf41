import HTTP
import Synchronization

/// Logs: one text for each job, which grows while the job runs and is served with ranges.
///
/// The server sends them by Go's `http.ServeContent`: `Range: bytes=N-` gives 206, and 416 where nothing is behind byte
/// N yet. It allows caches to keep an answer for five minutes; and compressed, a range would be one of other bytes.
extension Gitea {
    /// A log whose server, or what stands before it, serves no ranges: each look costs all of it.
    struct WholeLog {
        var fetchedAt: Int64
    }

    private static let headers: [(name: String, value: String)] = [
        ("Accept-Encoding", "identity"), ("Cache-Control", "no-cache"),
    ]
    /// Bytes that are asked for at once where some are known already.
    private static let chunk = 256 << 10

    package func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        guard try await version().hasLogs else { return .notYet }
        let what = "the log of job \(PlainText.line(job.id, limit: 40))"
        let url = try path("/actions/jobs/\(number(job.id, what: what))/logs")
        let answer: LogAnswer = job.state.isFinished ? .complete : .soFar
        if let whole = logs.withLock({ $0[job.id] }) {
            guard job.state.isFinished || isDue(whole, job) else { return .soFar }
            return try await fetchWhole(url, of: job, from: offset, what: what, receive: receive)
        }
        guard offset > 0 else { return try await fetchWhole(url, of: job, from: 0, what: what, receive: receive) }
        var position = offset
        while true {
            switch try await part(url, from: position, what: what) {
            case .bytes(let bytes, let total):
                position += bytes.count
                guard receive(bytes) else { throw .cancelled }
                if bytes.isEmpty || position >= total { return answer }
            case .nothing: return answer
            case .absent: return .notYet
            case .noRanges:
                logs.withLock { $0[job.id] = WholeLog(fetchedAt: 0) }
                return try await fetchWhole(url, of: job, from: position, what: what, receive: receive)
            }
        }
    }

    private enum Part {
        case bytes([UInt8], total: Int)
        /// The log is no longer than what is known, or was begun anew and is shorter.
        case nothing
        case absent
        case noRanges
    }

    private func part(_ url: HTTPURL, from offset: Int, what: String) async throws(ForgeError) -> Part {
        let range = [(name: "Range", value: "bytes=\(offset)-\(offset + Self.chunk - 1)")]
        let collected = LogBytes.Collected(limit: Self.chunk)
        let response: HTTPResponse
        do throws(ForgeError) {
            response = try await connection.exchange(
                .get, url, headers: Self.headers + range, receive: { collected.take($0) })
        } catch {
            // All of the log comes, in place of the part that was asked for.
            if collected.isTooMuch { return .noRanges }
            throw error
        }
        switch response.status {
        case 206:
            guard let (start, total) = Self.contentRange(response.headers["content-range"]), start == offset else {
                return .noRanges
            }
            return .bytes(collected.bytes, total: total)
        case 416: return .nothing
        case 200..<300:
            if response.isPage { throw connection.failure(what, response) }
            return .noRanges
        default:
            guard try isAbsent(response, what: what) else { throw connection.failure(what, response) }
            return .absent
        }
    }

    /// Streams all of the log, of which `receive` gets what is behind byte `offset`.
    private func fetchWhole(
        _ url: HTTPURL, of job: Job, from offset: Int, what: String,
        receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        let response = try await connection.exchange(
            .get, url, headers: Self.headers, receive: LogBytes.dropping(offset, before: receive))
        logs.withLock { if $0[job.id] != nil { $0[job.id] = WholeLog(fetchedAt: now()) } }
        switch response.status {
        case 200..<300: return job.state.isFinished ? .complete : .soFar
        default:
            guard try isAbsent(response, what: what) else { throw connection.failure(what, response) }
            return .notYet
        }
    }

    /// Whether the log is not there yet; `logs have been cleaned up` means that it never will be again.
    private func isAbsent(_ response: HTTPResponse, what: String) throws(ForgeError) -> Bool {
        guard response.status == 404, !response.isPage else { return false }
        guard response.body.firstRange(of: Array("cleaned up".utf8)) == nil else {
            throw .refused(
                host: host.origin.hostAndPort, status: 404, detail: "the server has thrown the log away")
        }
        return true
    }

    /// Whether half of the job's age has passed since all of its log was fetched, between three seconds and a minute.
    ///
    /// So all fetches together cost no more than a few times the log, while the job is young.
    private func isDue(_ log: WholeLog, _ job: Job) -> Bool {
        let age = max(0, now() - (job.startedAt ?? now()))
        return now() - log.fetchedAt >= min(60, max(3, age / 2))
    }

    /// First byte and length of the whole in `bytes 5-9/10`.
    static func contentRange(_ text: String?) -> (start: Int, total: Int)? {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let dash = parts[0].firstIndex(of: "-"), let start = Int(parts[0][..<dash]),
            let total = Int(parts[1]), start >= 0, total >= 0
        else { return nil }
        return (start, total)
    }
}
