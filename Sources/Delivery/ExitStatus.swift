import RunTail

/// How the helper and every command end; docs/exit-status.md holds the same table.
package enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
    case succeeded = 0
    case runFailed = 1
    case usage = 2
    /// The configuration is wrong, or no backend was recognised.
    case configuration = 3
    case credentials = 4
    /// Sight of the run was lost; its verdict is unknown.
    case lost = 5
    case noRun = 6
    /// Cancelled or superseded.
    case cancelled = 7
    case waitingForPerson = 8
    case timeout = 9
    case gitFailed = 128
    case detached = 130

    /// The status of who followed one run.
    init(_ verdict: RunVerdict) {
        self =
            switch verdict {
            case .succeeded: .succeeded
            case .failed: .runFailed
            case .cancelled, .superseded: .cancelled
            case .timedOut: .timeout
            case .waitingForPerson: .waitingForPerson
            case .lost: .lost
            case .nothingRan: .noRun
            case .credentials: .credentials
            case .detached: .detached
            }
    }

    /// The status of a push that led to several runs: the first present of 1, 7, 9, 8, 5, 6, 4, 3, 0, with a detach
    /// and git's own failure before all.
    package static func combined(_ statuses: some Collection<ExitStatus>) -> ExitStatus {
        let order: [ExitStatus] = [
            .gitFailed, .detached, .runFailed, .cancelled, .timeout, .waitingForPerson, .lost, .noRun, .credentials,
            .configuration, .usage,
        ]
        return order.first { statuses.contains($0) } ?? .succeeded
    }
}
