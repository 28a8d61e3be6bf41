/// One run of one workflow (GitHub's word; a pipeline elsewhere), as the forge last told it.
package struct Run: Sendable, Hashable {
    /// The forge's own id, a number on every forge so far, kept as text.
    package var id: String
    /// The number that people see, `#42`.
    package var number: Int
    /// Which attempt this is, from one; a re-run raises it and keeps `id`.
    package var attempt: Int
    /// The workflow's name.
    package var name: String
    /// The run's own title; holds `hephy_id` where a workflow of ours was dispatched.
    package var title: String
    /// The workflow file's path in the repository, without a `@ref` behind it; of some forges the file's name alone, and
    /// empty where the forge does not say.
    package var workflowPath: String
    /// What started it: `push`, `workflow_dispatch`, ...
    package var event: String
    package var headSHA: String
    /// The branch or tag name it ran for.
    package var headBranch: String?
    /// Where a person sees it; https or http on the forge's own host, otherwise nil.
    package var url: String?
    package var state: RunState
    /// Seconds since 1970, by the forge's clock.
    package var createdAt: Int64
    package var startedAt: Int64?
    package var updatedAt: Int64?
    /// What the forge says about the end of the run as a whole, for people; untrusted text.
    package var remark: String?

    package init(
        id: String, number: Int, attempt: Int, name: String, title: String, workflowPath: String, event: String,
        headSHA: String, headBranch: String?, url: String?, state: RunState, createdAt: Int64, startedAt: Int64?,
        updatedAt: Int64?
    ) {
        self.id = id
        self.number = number
        self.attempt = attempt
        self.name = name
        self.title = title
        self.workflowPath = workflowPath
        self.event = event
        self.headSHA = headSHA
        self.headBranch = headBranch
        self.url = url
        self.state = state
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.updatedAt = updatedAt
    }
}

extension Run {
    /// Whether it is a run of the workflow at `path`, which a forge that reads one folder alone may tell by its file name.
    package func isRun(of path: String) -> Bool {
        if workflowPath == path { return true }
        guard !workflowPath.isEmpty, !workflowPath.contains("/") else { return false }
        return path.split(separator: "/").last.map(String.init) == workflowPath
    }
}

/// How far a run, job or step is.
///
/// The forges' words are mapped onto these; unknown ones count as not finished.
package enum RunState: Sendable, Hashable {
    /// Created, not queued yet.
    case requested
    /// Waits for a runner.
    case queued
    /// Waits for another run or job of the same concurrency group.
    case pending
    /// Waits for a person or a protection rule.
    case waiting
    case inProgress
    case completed(Conclusion)
    /// A word that this version does not know; counts as not finished.
    case unknown(String)

    package var isFinished: Bool {
        if case .completed = self { true } else { false }
    }
}

/// How something ended.
package enum Conclusion: Sendable, Hashable {
    case success
    case failure
    case timedOut
    case startupFailure
    case cancelled
    case skipped
    case neutral
    /// A person has to act before anything runs (first-time contributor, approval).
    case actionRequired
    /// The forge gave up on it.
    case stale
    /// Nothing of it ran: a job that somebody may start by hand, or a run all of whose jobs were left out.
    case notStarted
    /// A word that this version does not know; counts as failure.
    case unknown(String)
}

/// One job of a run.
package struct Job: Sendable, Hashable {
    package var id: String
    /// Untrusted text, and not unique: two jobs of a run may share it.
    package var name: String
    package var state: RunState
    package var steps: [Step]
    /// The runner labels it asks for.
    package var labels: [String]
    /// Set once a runner took it.
    package var runnerName: String?
    package var url: String?
    /// Seconds since 1970, by the forge's clock.
    package var startedAt: Int64?
    package var completedAt: Int64?
    /// Whether a newer job of the same name has taken its place.
    package var isRetried = false
    /// Whether the run may succeed although it fails.
    package var mayFail = false
    /// The forge's own word for why it failed; nil where it has none.
    package var failureReason: String?
    /// What it waits for, for people; nil where its state says enough.
    package var waitReason: String?
    /// False for what starts another run instead of running itself.
    package var hasLog = true

    package init(
        id: String, name: String, state: RunState, steps: [Step], labels: [String], runnerName: String?, url: String?,
        startedAt: Int64?, completedAt: Int64?
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.steps = steps
        self.labels = labels
        self.runnerName = runnerName
        self.url = url
        self.startedAt = startedAt
        self.completedAt = completedAt
    }
}

/// One step of a job; numbers rise but may skip.
package struct Step: Sendable, Hashable {
    package var number: Int
    package var name: String
    package var state: RunState
    package var startedAt: Int64?
    package var completedAt: Int64?

    package init(number: Int, name: String, state: RunState, startedAt: Int64?, completedAt: Int64?) {
        self.number = number
        self.name = name
        self.state = state
        self.startedAt = startedAt
        self.completedAt = completedAt
    }
}

/// A remark that the forge attached to a file of the commit.
package struct Annotation: Sendable, Hashable {
    package enum Level: Sendable { case notice, warning, failure }

    package var level: Level
    package var path: String
    package var line: Int
    package var title: String
    package var message: String

    package init(level: Level, path: String, line: Int, title: String, message: String) {
        self.level = level
        self.path = path
        self.line = line
        self.title = title
        self.message = message
    }
}

/// A deployment that waits for somebody's approval, or for a timer.
package struct PendingApproval: Sendable, Hashable {
    package var environment: String
    /// Names of the people and teams who may approve.
    package var reviewers: [String]
    package var mayApprove: Bool
    package var url: String?

    package init(environment: String, reviewers: [String], mayApprove: Bool, url: String?) {
        self.environment = environment
        self.reviewers = reviewers
        self.mayApprove = mayApprove
        self.url = url
    }
}
