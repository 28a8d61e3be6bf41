import Forge

/// A log that is still to be fetched, wholly or from where it broke off.
struct PendingLog {
    /// Pauses before the log is asked for again.
    static let pauses: [Duration] = [.seconds(2), .seconds(4), .seconds(8), .seconds(16)]

    /// How long one log may take to come, all tries together.
    static let patience: Duration = .seconds(600)

    /// As last told; where it still runs, more of the log may come.
    var job: Job
    let pump: LogPump
    let selection: LogPump.Selection
    /// What lines about the job begin with.
    let prefix: String
    var due: Duration
    /// When it was first wanted, and when anything of it last came.
    let began: Duration
    var newsAt: Duration
    /// Whether the last look brought anything.
    var hasNews = false
    /// How often it has been asked for without anything new.
    var tries = 0
    /// How long it has been coming.
    var spent: Duration = .zero
    var isTooSlow: Bool { spent >= Self.patience }
    /// A cancelled job may never get a log.
    var isOnlyTry = false
    /// False where nothing of it is shown, and only the job's failure is still to be explained.
    var wantsText = true

    /// Nothing of it is shown; it may state what the run made, which is worth no long wait.
    var isForFactsAlone = false
    var triesAllowed: Int { isOnlyTry ? 0 : isForFactsAlone ? 2 : Self.pauses.count }

    /// How long after a look at the log of a running job the next is due.
    func livePause(at now: Duration, _ forge: any Forge) -> Duration {
        if forge.isThisMachine { return .milliseconds(hasNews ? 100 : 250) }
        if let pause = forge.logPause(for: job, after: now - began) { return pause }
        return max(.seconds(hasNews ? 2 : 3), forge.leastPause)
    }

    /// Whether the lines that say why the job failed are printed in full anyway.
    var showsFailure: Bool {
        switch selection {
        case .everything: true
        case .nothing: false
        // Times of whole seconds do not always tell which lines are the step's.
        case .steps where job.steps.isEmpty: true
        case .steps(let numbers):
            job.failedStep.map { numbers.contains($0.number) && pump.hasFailedStep } ?? false
        }
    }
}
