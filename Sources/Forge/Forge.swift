/// One CI product on one host, for one repository.
///
/// A driver sends one request at a time and keeps its own ETags.
package protocol Forge: Sendable {
    /// The product's name as people write it, `GitHub`.
    var product: String { get }

    /// The runs of a commit, newest first.
    func runs(matching query: RunQuery) async throws(ForgeError) -> [Run]

    /// Starts a run; sent at most once. `DispatchAnswer.accepted(runID: nil)` means that the server does not tell the
    /// id and the run has to be found by its nonce.
    func dispatch(_ dispatch: Dispatch) async throws(ForgeError) -> DispatchAnswer

    /// - Throws: `ForgeError.notFound` when there is no such run (yet) or the token may not see it.
    func run(_ id: String) async throws(ForgeError) -> Run

    /// All jobs of the run's attempt `run.attempt`, in the forge's order; empty until the forge has made them.
    func jobs(of run: Run) async throws(ForgeError) -> [Job]

    /// Streams the log of a job from byte `offset` on, undecoded, as it arrives; of one that still runs only where
    /// ``hasLiveLogs``.
    ///
    /// - Parameters:
    ///   - job: the job, as the forge last told it.
    ///   - run: the run that it belongs to.
    ///   - offset: how many bytes of the log are known already.
    ///   - receive: gets each piece; returns false to stop.
    /// - Returns: `.notYet` while the forge has none (and, for cancelled jobs, perhaps never will).
    /// - Throws: `ForgeError` when it broke off; pieces may have been received before.
    func log(
        of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(ForgeError) -> LogAnswer

    /// Whether logs can be read while their jobs write them.
    var hasLiveLogs: Bool { get }

    /// Whether runs execute on this machine, so that a look costs nothing.
    var isThisMachine: Bool { get }

    /// What this server, as far as it is known, does not show; worth telling to who follows a run.
    var limits: [ForgeLimit] { get }

    /// The shortest pause between two looks at one thing that the server should be asked at; zero for the usual ones.
    var leastPause: Duration { get }

    /// Whether requests without a token are limited so that a run can be looked at no more than once a minute.
    var isSlowWithoutToken: Bool { get }

    /// How long after a look at the log of a running job the next is due, `elapsed` after the first; nil for the usual.
    func logPause(for job: Job, after elapsed: Duration) -> Duration?

    /// Why the log of a running job may come late, for people; nil where it does not.
    var remarkOnSlowLogs: String? { get }

    /// The log's lines without the forge's own framing (byte order marks, timestamps, markers).
    func logDecoder(for job: Job) -> any LogDecoder

    /// - Throws: `ForgeError.forbidden` where the token may not read them; callers go on without.
    func annotations(of job: Job, in run: Run) async throws(ForgeError) -> [Annotation]

    func pendingApprovals(of run: Run) async throws(ForgeError) -> [PendingApproval]

    /// Asks the forge to stop the run; returns when it has taken the request.
    func cancel(_ run: Run) async throws(ForgeError)

    /// What the token may do, or, without one, what strangers may; nil where there is nothing to ask.
    ///
    /// Nothing is changed by asking.
    ///
    /// - Throws: `ForgeError` when the repository is not shown, the token not taken, or there is no answer.
    func rights() async throws(ForgeError) -> TokenRights?

    /// Starts a finished run again, as its next attempt, with what it was started with.
    ///
    /// - Throws: `ForgeError.unsupported` where the server has no way to do it.
    func rerun(_ run: Run) async throws(ForgeError)

    /// The request limit as of the last answer; nil where the forge has none or did not tell.
    func rateState() -> RateState?

    /// The forge's clock at its last answer, seconds since 1970; nil before the first.
    func serverTime() -> Int64?
}

extension Forge {
    package var limits: [ForgeLimit] { [] }
    package var leastPause: Duration { .zero }
    package var isSlowWithoutToken: Bool { true }
    package var remarkOnSlowLogs: String? { nil }
    package func rerun(_ run: Run) async throws(ForgeError) {
        throw .unsupported(host: product, server: product, page: run.url)
    }
    package func logPause(for job: Job, after elapsed: Duration) -> Duration? { nil }
}

/// Something that a server does not show over its API.
package enum ForgeLimit: Sendable, Hashable {
    /// Logs, by the product and version in `server`.
    case noLogs(server: String)

    package var isOfLogs: Bool {
        switch self {
        case .noLogs: true
        }
    }
}

/// Which runs are wanted.
package struct RunQuery: Sendable, Hashable {
    package var headSHA: String?
    /// The branch or tag's short name, nil for any.
    package var headBranch: String?
    /// `push`, `workflow_dispatch`, ...; nil for any.
    package var event: String?
    /// File name of one workflow, nil for all.
    package var workflow: String?
    /// Only runs created at or after this second of the forge's clock.
    package var createdSince: Int64?
    /// How many are wanted, at most a hundred; nil for as many as the forge gives at once.
    package var limit: Int?

    package init(
        headSHA: String? = nil, headBranch: String? = nil, event: String? = nil, workflow: String? = nil,
        createdSince: Int64? = nil, limit: Int? = nil
    ) {
        self.headSHA = headSHA
        self.headBranch = headBranch
        self.event = event
        self.workflow = workflow
        self.createdSince = createdSince
        self.limit = limit
    }
}

/// A run to start.
package struct Dispatch: Sendable, Hashable {
    /// File name of the workflow, `hephy.yml`.
    package var workflow: String
    /// Branch or tag, in full (`refs/heads/main`).
    package var ref: String
    package var inputs: [String: String]

    package init(workflow: String, ref: String, inputs: [String: String]) {
        self.workflow = workflow
        self.ref = ref
        self.inputs = inputs
    }
}

package enum DispatchAnswer: Sendable, Hashable {
    case accepted(runID: String?)
    /// The run is the first of its workflow and ref whose id, a number, is higher than this one.
    case acceptedAfter(runID: String)
}

package enum LogAnswer: Sendable, Hashable {
    case complete
    /// There is no more as yet: the job still writes it.
    case soFar
    case notYet
}

/// Turns the bytes of one job's log into lines; keeps what is not a whole line yet.
package protocol LogDecoder {
    /// The lines that `piece` completes.
    mutating func lines(in piece: [UInt8]) -> [LogLine]
    /// The last line, where the log does not end in a line feed.
    mutating func finish() -> [LogLine]
    /// Lines that were held back because they might go on, once nothing has come for a while.
    mutating func pause() -> [LogLine]
}

extension LogDecoder {
    package mutating func pause() -> [LogLine] { [] }
}

/// One line of a log, decoded but not yet safe to print: it may hold any control sequence.
package struct LogLine: Sendable, Hashable {
    package enum Kind: Sendable {
        case plain
        case error
        case warning
        case notice
        case debug
        case command
        case groupStart
        case groupEnd
    }

    package var kind: Kind
    package var text: String
    /// Seconds since 1970 with fraction, by the runner's clock; nil where the line has no stamp.
    package var time: Double?
    /// The number of the step that wrote it, where the log itself says so.
    package var step: Int?

    package init(kind: Kind, text: String, time: Double?) {
        self.kind = kind
        self.text = text
        self.time = time
    }
}
