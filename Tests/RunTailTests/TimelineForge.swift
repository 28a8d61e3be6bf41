import Forge
import RunTail
import Synchronization
import Testing

/// A forge whose answers depend on the virtual time.
///
/// What it was not told to answer fails the test.
final class TimelineForge: Forge {
    enum Call: String, Sendable {
        case runs, run, jobs, log, annotations, approvals
    }

    struct Request: Sendable {
        var call: Call
        var id: String
        var time: Duration
        var isBilled: Bool
    }

    /// What one request for a log gives.
    enum LogPart: Sendable {
        case whole(String)
        /// Bytes, then the connection breaks.
        case broken(String)
        /// A piece of five bytes a second, then the connection breaks.
        case dripping(seconds: Int)
        case notYet
        case error(ForgeError)
    }

    struct Script: Sendable {
        /// By run id: what is told from which second on; nil for 404.
        var run: [String: [(from: Double, run: Run?)]] = [:]
        var jobs: [String: [(from: Double, jobs: [Job])]] = [:]
        var lists: [(from: Double, runs: [Run])]?
        var logs: [String: [LogPart]] = [:]
        var annotations: [String: Result<[Annotation], ForgeError>] = [:]
        var approvals: [PendingApproval]?
        /// An error instead of the answer to the n-th request (from one) of its kind.
        var fault: @Sendable (Call, _ count: Int, Duration) -> ForgeError? = { _, _, _ in nil }
        var rate: @Sendable (Duration, _ billed: Int) -> RateState? = { _, _ in nil }
        var knowsETags = true
    }

    private struct Told {
        var requests: [Request] = []
        var counts: [Call: Int] = [:]
        var billed = 0
        var answers: [String: Int] = [:]
        var logs: [String: [LogPart]] = [:]

        mutating func add(_ request: Request) {
            requests.append(request)
            counts[request.call, default: 0] += 1
            if request.isBilled { billed += 1 }
        }
    }

    let product = "Timeline"
    let clock: VirtualClock
    let latency: Duration
    private let script: Script
    private let state = Mutex(Told())

    init(clock: VirtualClock, latency: Duration = .milliseconds(100), script: Script) {
        self.clock = clock
        self.latency = latency
        self.script = script
        state.withLock { $0.logs = script.logs }
    }

    var requests: [Request] { state.withLock { $0.requests } }

    func count(_ call: Call) -> Int { state.withLock { $0.counts[call, default: 0] } }

    func runs(matching query: RunQuery) async throws(ForgeError) -> [Run] {
        let now = try begin(.runs)
        guard let lists = script.lists else { throw unscripted(.runs, "list") }
        return note(.runs, "list", lists.last { .seconds($0.from) <= now }?.runs ?? [])
    }

    func dispatch(_ dispatch: Dispatch) async throws(ForgeError) -> DispatchAnswer {
        Issue.record("unscripted dispatch")
        throw .cancelled
    }

    func run(_ id: String) async throws(ForgeError) -> Run {
        let now = try begin(.run)
        guard let states = script.run[id] else { throw unscripted(.run, id) }
        guard let run = states.last(where: { .seconds($0.from) <= now })?.run else {
            throw .notFound(host: "forge.test", what: "run \(id)")
        }
        return note(.run, id, run)
    }

    func jobs(of run: Run) async throws(ForgeError) -> [Job] {
        let now = try begin(.jobs)
        let key = run.attempt > 1 ? "\(run.id)/\(run.attempt)" : run.id
        guard let states = script.jobs[key] else { throw unscripted(.jobs, key) }
        return note(.jobs, key, states.last { .seconds($0.from) <= now }?.jobs ?? [])
    }

    func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer {
        _ = try begin(.log)
        _ = note(.log, job.id, offset)
        let part: LogPart? = state.withLock { state in
            guard let parts = state.logs[job.id], let first = parts.first else { return nil }
            if parts.count > 1 { state.logs[job.id]?.removeFirst() }
            return first
        }
        guard let part else { throw unscripted(.log, job.id) }
        switch part {
        case .dripping(let seconds):
            for _ in 0..<seconds {
                clock.advance(by: .seconds(1))
                if !receive(Array("drip\n".utf8)) { throw .cancelled }
            }
            throw .unavailable(host: "forge.test", detail: "connection reset")
        case .notYet: return .notYet
        case .error(let error): throw error
        case .whole(let text):
            for piece in Self.pieces(Array(text.utf8.dropFirst(offset))) where !receive(piece) { throw .cancelled }
            return .complete
        case .broken(let text):
            for piece in Self.pieces(Array(text.utf8.dropFirst(offset))) where !receive(piece) { throw .cancelled }
            throw .unavailable(host: "forge.test", detail: "connection reset")
        }
    }

    func logDecoder(for job: Job) -> any LogDecoder { StampedDecoder() }

    func annotations(of job: Job, in run: Run) async throws(ForgeError) -> [Annotation] {
        _ = try begin(.annotations)
        _ = note(.annotations, job.id, 0)
        guard let answer = script.annotations[job.id] else { throw .notFound(host: "forge.test", what: "annotations") }
        return try answer.get()
    }

    func pendingApprovals(of run: Run) async throws(ForgeError) -> [PendingApproval] {
        _ = try begin(.approvals)
        guard let approvals = script.approvals else { throw unscripted(.approvals, run.id) }
        return note(.approvals, run.id, approvals)
    }

    func cancel(_ run: Run) async throws(ForgeError) {
        Issue.record("unscripted cancel")
    }

    func rateState() -> RateState? {
        script.rate(clock.time, state.withLock { $0.billed })
    }

    /// The answer shows the state in the middle of the round trip.
    private func begin(_ call: Call) throws(ForgeError) -> Duration {
        clock.advance(by: latency / 2)
        let now = clock.time
        let count = self.count(call) + 1
        if let error = script.fault(call, count, now) {
            state.withLock { $0.add(Request(call: call, id: "", time: now, isBilled: true)) }
            throw error
        }
        return now
    }

    private func note<Value: Hashable>(_ call: Call, _ id: String, _ value: Value) -> Value {
        clock.advance(by: latency / 2)
        let time = clock.time
        state.withLock { state in
            let key = "\(call) \(id)"
            let isBilled = !script.knowsETags || state.answers[key] != value.hashValue
            state.answers[key] = value.hashValue
            state.add(Request(call: call, id: id, time: time, isBilled: isBilled))
        }
        return value
    }

    private func unscripted(_ call: Call, _ id: String) -> ForgeError {
        Issue.record("unscripted request: \(call) \(id)")
        return .untrusted(host: "forge.test", detail: "unscripted")
    }

    /// Pieces of seven bytes for short logs, so that lines and characters are split.
    private static func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        let size = bytes.count < 10_000 ? 7 : 65_536
        return stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }
}

/// Reads lines like `@12.5 ##[error]text`; stamp and marker may be missing.
struct StampedDecoder: LogDecoder {
    private var rest: [UInt8] = []

    mutating func lines(in piece: [UInt8]) -> [LogLine] {
        rest += piece
        var lines: [LogLine] = []
        var start = 0
        while let end = rest[start...].firstIndex(of: 0x0a) {
            lines.append(Self.line(rest[start..<end]))
            start = end + 1
        }
        rest.removeFirst(start)
        return lines
    }

    mutating func finish() -> [LogLine] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [Self.line(rest[...])]
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> LogLine {
        var text = String(decoding: bytes, as: UTF8.self)[...]
        var time: Double?
        if text.hasPrefix("@"), let space = text.firstIndex(of: " ") {
            time = Double(text[..<space].dropFirst())
            text = text[space...].dropFirst()
        }
        let markers: [(String, LogLine.Kind)] = [
            ("##[error]", .error), ("##[group]", .groupStart), ("##[endgroup]", .groupEnd),
        ]
        for (marker, kind) in markers where text.hasPrefix(marker) {
            return LogLine(kind: kind, text: String(text.dropFirst(marker.count)), time: time)
        }
        return LogLine(kind: .plain, text: String(text), time: time)
    }
}
