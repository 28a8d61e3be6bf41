package import Forge

/// How a run is followed and what of it is shown.
package struct TailOptions: Sendable {
    package enum LogMode: String, Sendable, CaseIterable {
        /// Build and deploy steps of workflows of ours in full, an excerpt of failed jobs.
        case auto
        /// Every job's log in full.
        case all
        /// The failed steps of failed jobs in full.
        case failed
        /// No log line at all.
        case none
    }

    package var logs: LogMode = .auto
    /// Whether the run is of a workflow of ours, whose build and deploy steps `.auto` shows in full.
    package var isOurs: @Sendable (Run) -> Bool = { _ in false }
    /// No token: GitHub allows 60 requests an hour, so the state is asked for once a minute.
    package var isAnonymous = false
    /// Nothing is printed unless the verdict is bad.
    package var isQuiet = false
    /// How long to follow; nil for as long as it takes.
    package var timeout: Duration?
    /// How long to stay while nothing goes on but waiting for a person.
    package var approvalPatience: Duration = .seconds(600)
    /// How long requests may fail in a row before the run counts as lost.
    package var outagePatience: Duration = .seconds(600)
    /// Words that are never printed: the tokens in use, in every form they travel in.
    package var masks: [String] = []
    /// The command that shows more of a failed job; its URL is named where this gives nothing.
    package var commandForMore: @Sendable (Run, Job) -> String? = { _, _ in nil }
    /// Gets everything that happens; then what people read is left out, but for what they may have to act on.
    package var events: (@Sendable (TailEvent) -> Void)?
    /// Whether the logs alone are wanted: nothing is told of the run and nothing explained.
    package var isForLogsAlone = false
    /// Whether what there is now is shown, and nothing waited for.
    package var isOnce = false
    /// Of a run's jobs those that are wanted.
    package var selectJobs: @Sendable ([Job]) -> [Job] = { $0 }
    /// A number in -1...1 by which a pause is made longer or shorter, 1 being a fifth.
    package var jitter: @Sendable () -> Double = { Double.random(in: -1...1) }

    package init() {}
}
