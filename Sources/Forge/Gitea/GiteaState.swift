extension RunState {
    /// Gitea's `status` and `conclusion` of a run.
    ///
    /// - Parameters:
    ///   - status: `queued`, `pending`, `waiting`, `requested`, `in_progress` or `completed`.
    ///   - conclusion: empty or missing until the end.
    ///   - version: before 1.26 `waiting` is what later is `pending`.
    init(giteaRun status: String?, conclusion: String?, in version: GiteaVersion) {
        self =
            switch (status, conclusion) {
            case ("completed", let word?) where !word.isEmpty: .completed(Conclusion(gitea: word))
            case ("queued", _): .queued
            case ("pending", _): .pending
            case ("waiting", _): version.waitingMeansApproval ? .waiting : .pending
            case ("requested", _): .requested
            case ("in_progress", _): .inProgress
            case (let word, _): .unknown(PlainText.line(word ?? "", limit: 40))
            }
    }

    /// Gitea's `status` and `conclusion` of a job or step; one that others come before was created and no more.
    init(giteaJob status: String?, conclusion: String?, in version: GiteaVersion) {
        let state = RunState(giteaRun: status, conclusion: conclusion, in: version)
        self = state == .pending ? .requested : state
    }

    /// Forgejo's one word for a run or task; Gitea's word for a task.
    init(forgejo status: String?, needsApproval: Bool = false) {
        self =
            switch status {
            case "success", "failure", "cancelled", "skipped": .completed(Conclusion(gitea: status ?? ""))
            case "waiting": .queued
            case "blocked": needsApproval ? .waiting : .pending
            case "running": .inProgress
            // What no runner has touched yet is called so too.
            case "unknown", nil: .requested
            case let word?: .unknown(PlainText.line(word, limit: 40))
            }
    }

    /// Forgejo's one word for a job; one that others come before was created and no more.
    init(forgejoJob status: String?) {
        let state = RunState(forgejo: status)
        self = state == .pending ? .requested : state
    }
}

extension Conclusion {
    /// The word of either product.
    init(gitea word: String) {
        switch word {
        case "success": self = .success
        case "failure": self = .failure
        case "cancelled": self = .cancelled
        case "skipped": self = .skipped
        default: self = .unknown(PlainText.line(word, limit: 40))
        }
    }
}

extension Timestamp {
    /// The second that `text` names; nil for one that was not set, which both products write as a year long past.
    static func set(_ text: String?) -> Int64? {
        guard let text, let second = second(iso8601: text), second >= 946_684_800 else { return nil }
        return second
    }
}
