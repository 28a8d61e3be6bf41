package import Forge

/// How a run ended, or why it is not followed any longer.
package enum RunVerdict: Sendable, Hashable {
    case succeeded
    case failed
    case cancelled
    /// Cancelled in favour of a newer run of the same workflow and branch, where one could be found.
    case superseded(by: Run?)
    /// The option `timeout` has passed; the run goes on.
    case timedOut
    /// A person has to approve something; the run goes on when they do.
    case waitingForPerson
    /// The run is over, and no job of it ran.
    case nothingRan
    /// Nothing is known about the run's end; `reason` is for people and safe to print.
    case lost(reason: String)
    /// The forge no longer lets us look.
    case credentials(ForgeError)
    /// The task was cancelled; the run goes on.
    case detached

    /// Whether `-q` has nothing to say about it.
    package var isGood: Bool { self == .succeeded }
}

/// What following one run came to.
package struct RunResult: Sendable, Hashable {
    /// As the forge last told it.
    package var run: Run
    package var verdict: RunVerdict
    /// Jobs of the last attempt that failed, also those that did not make the run fail.
    package var failedJobs: [Job]
    /// The run's own duration by the forge's clock where it finished, else how long it was followed.
    package var duration: Duration
    /// The jobs of the last attempt, as far as they were wanted.
    package var jobs: [Job]
    /// Whether a log that was wanted could not be had, or not all of it.
    package var hasMissedLogs: Bool

    package init(
        run: Run, verdict: RunVerdict, failedJobs: [Job], duration: Duration, jobs: [Job] = [],
        hasMissedLogs: Bool = false
    ) {
        self.run = run
        self.verdict = verdict
        self.failedJobs = failedJobs
        self.duration = duration
        self.jobs = jobs
        self.hasMissedLogs = hasMissedLogs
    }
}
