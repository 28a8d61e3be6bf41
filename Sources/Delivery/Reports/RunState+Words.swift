package import Forge

extension RunState {
    /// The word for it in JSON; what ended, says how in its conclusion.
    package var word: String {
        switch self {
        case .requested, .queued: "queued"
        case .pending: "pending"
        case .waiting: "waiting"
        case .inProgress: "running"
        case .completed: "finished"
        case .unknown: "unknown"
        }
    }

    /// How it ended; nil while it has not.
    package var conclusion: Conclusion? {
        if case .completed(let conclusion) = self { conclusion } else { nil }
    }

    /// The words for people.
    package var words: String {
        switch self {
        case .requested, .queued: "queued"
        case .pending: "waiting for another run"
        case .waiting: "waiting for approval"
        case .inProgress: "running"
        case .completed(let conclusion): conclusion.words
        case .unknown(let word): word.isEmpty ? "unknown" : StandardError.safe(word)
        }
    }
}

extension Conclusion {
    /// The word for it in JSON.
    package var word: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .timedOut: "timed_out"
        case .startupFailure: "startup_failure"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        case .neutral: "neutral"
        case .actionRequired: "action_required"
        case .stale: "stale"
        case .notStarted: "not_started"
        case .unknown: "unknown"
        }
    }

    fileprivate var words: String {
        switch self {
        case .success: "succeeded"
        case .failure: "failed"
        case .timedOut: "timed out"
        case .startupFailure: "could not start"
        case .cancelled: "cancelled"
        case .skipped, .notStarted: "skipped"
        case .neutral: "neutral"
        case .actionRequired: "waiting for a person"
        case .stale: "lost"
        case .unknown(let word): word.isEmpty ? "failed" : StandardError.safe(word)
        }
    }
}
