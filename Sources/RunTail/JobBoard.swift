import Forge

/// The jobs of one attempt as last told, and what of them has been said.
struct JobBoard {
    enum Event: Equatable {
        /// Jobs that began to run since the last look.
        case started([Job])
        case stepFinished(Job, Step)
        /// `wasAnnounced` is false where the job began and ended between two looks.
        case finished(Job, wasAnnounced: Bool)
    }

    private struct Said {
        var isStarted = false
        var isFinished = false
        var steps: Set<Int> = []
    }

    /// Whether no two jobs ever run at once, so that one has ended where another begins.
    private let runsOneByOne: Bool
    private(set) var jobs: [Job] = []
    /// Whether several jobs ran at the last look, so that lines need the job's name.
    private(set) var isSideBySide = false
    private var said: [String: Said] = [:]

    var unfinished: [Job] { jobs.filter { !$0.state.isFinished } }
    var running: [Job] { jobs.filter { $0.state == .inProgress } }
    /// What a newer job of the same name has taken the place of does not count.
    var failed: [Job] { jobs.filter { $0.hasFailed && !$0.isRetried } }
    /// Jobs that only a person starts.
    var manual: [Job] { jobs.filter { $0.state == .completed(.notStarted) } }
    var areAllFinished: Bool { !jobs.isEmpty && unfinished.isEmpty }

    /// - Parameter runsOneByOne: whether no two jobs ever run at once.
    init(runsOneByOne: Bool = false) {
        self.runsOneByOne = runsOneByOne
    }

    mutating func update(_ fresh: [Job]) -> [Event] {
        var ids: Set<String> = []
        jobs = fresh.filter { ids.insert($0.id).inserted }
        // Somebody may start a job by hand that was told as one that does not run.
        for job in jobs where !job.state.isFinished { said[job.id]?.isFinished = false }
        let active = jobs.filter { $0.state == .inProgress || ($0.state.isFinished && !isDone($0)) }
        isSideBySide = !runsOneByOne && active.count { !$0.isSkipped } > 1

        var started: [Job] = []
        for job in jobs where job.state == .inProgress && !said[job.id, default: Said()].isStarted {
            said[job.id, default: Said()].isStarted = true
            started.append(job)
        }
        let beginning: [Event] = started.isEmpty ? [] : [.started(started)]
        guard runsOneByOne else { return beginning + active.flatMap { progress(of: $0) } }
        let ended = active.filter(\.state.isFinished).flatMap { progress(of: $0) }
        return ended + beginning + active.filter { !$0.state.isFinished }.flatMap { progress(of: $0) }
    }

    private mutating func progress(of job: Job) -> [Event] {
        var events = finishedSteps(of: job)
        guard job.state.isFinished else { return events }
        events.append(.finished(job, wasAnnounced: said[job.id, default: Said()].isStarted))
        said[job.id, default: Said()].isFinished = true
        return events
    }

    private func isDone(_ job: Job) -> Bool { said[job.id]?.isFinished ?? false }

    private mutating func finishedSteps(of job: Job) -> [Event] {
        guard said[job.id]?.isStarted == true else { return [] }
        return job.steps.sorted { $0.number < $1.number }.compactMap { step in
            guard step.isWorthALine, said[job.id, default: Said()].steps.insert(step.number).inserted else {
                return nil
            }
            return .stepFinished(job, step)
        }
    }
}

extension Job {
    var isSkipped: Bool { state == .completed(.skipped) || state == .completed(.notStarted) }

    var hasFailed: Bool {
        if case .completed(let conclusion) = state { conclusion.isFailure } else { false }
    }

    /// The step that failed first.
    var failedStep: Step? {
        steps.sorted { $0.number < $1.number }.first { step in
            if case .completed(let conclusion) = step.state { conclusion.isFailure } else { false }
        }
    }

    var currentStep: Step? { steps.first { $0.state == .inProgress } }

    /// Whether nothing but the runner's own clean-up is left.
    var isWindingDown: Bool {
        guard state == .inProgress, !steps.isEmpty else { return false }
        return steps.allSatisfy { $0.state.isFinished || $0.isRunnersOwn }
    }
}

extension Step {
    /// Steps that the runner adds to every job.
    var isRunnersOwn: Bool { name == "Set up job" || name == "Complete job" || name.hasPrefix("Post ") }

    fileprivate var isWorthALine: Bool {
        guard case .completed(let conclusion) = state else { return false }
        return conclusion.isFailure || (conclusion != .skipped && !isRunnersOwn)
    }
}

extension Conclusion {
    /// Whether a job or step that ended so did not do its work; a cancelled one did not fail.
    var isFailure: Bool {
        switch self {
        case .failure, .timedOut, .startupFailure, .stale, .actionRequired, .unknown: true
        case .success, .cancelled, .skipped, .neutral, .notStarted: false
        }
    }

    /// The word behind a finished job, step or run that did not simply succeed.
    var word: String? {
        switch self {
        case .success: nil
        case .failure: "failed"
        case .timedOut: "timed out"
        case .startupFailure: "could not start"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        case .neutral: "neutral"
        case .actionRequired: "needs a person"
        case .stale: "given up by the forge"
        case .notStarted: "not started: somebody has to"
        case .unknown(let word): word
        }
    }
}
