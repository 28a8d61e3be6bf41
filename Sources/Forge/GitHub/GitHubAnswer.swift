/// The JSON of GitHub's REST API, as far as it is read.
///
/// Source: docs.github.com/rest, version 2026-03-10, "Actions" and "Checks". Fields that some server leaves out are
/// optional, words are open.
enum GitHubAnswer {
    /// `GET /meta` of a GitHub Enterprise Server.
    struct Meta: Decodable {
        var installedVersion: String?

        enum CodingKeys: String, CodingKey { case installedVersion = "installed_version" }
    }

    /// `GET /repos/{owner}/{repo}`.
    struct Repository: Decodable {
        /// What the token's owner may do with the repository; only told with a token.
        struct Permissions: Decodable {
            var push: Bool?
        }

        var isPrivate: Bool?
        var permissions: Permissions?

        enum CodingKeys: String, CodingKey {
            case permissions
            case isPrivate = "private"
        }
    }

    /// `POST .../dispatches`, status 200.
    struct Dispatched: Decodable {
        var runID: Int64

        enum CodingKeys: String, CodingKey { case runID = "workflow_run_id" }
    }

    /// `GET .../actions/runs`.
    struct Runs: Decodable, Sendable {
        var runs: Readable<WorkflowRun>

        enum CodingKeys: String, CodingKey { case runs = "workflow_runs" }
    }

    struct WorkflowRun: Decodable, Sendable {
        var id: Int64
        var number: Int
        var attempt: Int?
        var name: String?
        var title: String?
        var path: String?
        var event: String
        var headSHA: String
        var headBranch: String?
        var url: String?
        var status: String?
        var conclusion: String?
        var createdAt: String
        var startedAt: String?
        var updatedAt: String?

        enum CodingKeys: String, CodingKey {
            case id, name, path, event, status, conclusion
            case number = "run_number"
            case attempt = "run_attempt"
            case title = "display_title"
            case headSHA = "head_sha"
            case headBranch = "head_branch"
            case url = "html_url"
            case createdAt = "created_at"
            case startedAt = "run_started_at"
            case updatedAt = "updated_at"
        }
    }

    /// `GET .../actions/runs/{id}/attempts/{n}/jobs`.
    struct Jobs: Decodable, Sendable {
        var jobs: Readable<WorkflowJob>
    }

    struct WorkflowJob: Decodable, Sendable {
        var id: Int64
        var name: String
        var status: String?
        var conclusion: String?
        var steps: Readable<JobStep>?
        var labels: [String]?
        var runnerName: String?
        var url: String?
        var startedAt: String?
        var completedAt: String?

        enum CodingKeys: String, CodingKey {
            case id, name, status, conclusion, steps, labels
            case runnerName = "runner_name"
            case url = "html_url"
            case startedAt = "started_at"
            case completedAt = "completed_at"
        }
    }

    struct JobStep: Decodable, Sendable {
        var number: Int
        var name: String
        var status: String?
        var conclusion: String?
        var startedAt: String?
        var completedAt: String?

        enum CodingKeys: String, CodingKey {
            case number, name, status, conclusion
            case startedAt = "started_at"
            case completedAt = "completed_at"
        }
    }

    /// One element of `GET .../check-runs/{id}/annotations`.
    struct Remark: Decodable, Sendable {
        var path: String?
        var line: Int?
        var level: String?
        var title: String?
        var message: String?

        enum CodingKeys: String, CodingKey {
            case path, title, message
            case line = "start_line"
            case level = "annotation_level"
        }
    }

    /// One element of `GET .../actions/runs/{id}/pending_deployments`.
    struct PendingDeployment: Decodable, Sendable {
        struct Environment: Decodable, Sendable {
            var name: String?
            var url: String?

            enum CodingKeys: String, CodingKey {
                case name
                case url = "html_url"
            }
        }

        struct Reviewer: Decodable, Sendable {
            struct Someone: Decodable, Sendable {
                var login: String?
                var name: String?
                var slug: String?
            }

            var reviewer: Someone?
        }

        var environment: Environment
        var mayApprove: Bool?
        var reviewers: [Reviewer]?

        enum CodingKeys: String, CodingKey {
            case environment, reviewers
            case mayApprove = "current_user_can_approve"
        }
    }
}

extension RunState {
    /// GitHub's `status` and `conclusion` of a run, job or step.
    ///
    /// `failure` and `startup_failure` appear as a status too, where a check suite ended without a conclusion.
    init(gitHub status: String?, conclusion: String?) {
        if let conclusion {
            self = .completed(Conclusion(gitHub: conclusion))
            return
        }
        switch status {
        case "requested": self = .requested
        case "queued": self = .queued
        case "pending": self = .pending
        case "waiting": self = .waiting
        case "in_progress": self = .inProgress
        case "failure": self = .completed(.failure)
        case "startup_failure": self = .completed(.startupFailure)
        case let word: self = .unknown(PlainText.line(word ?? "", limit: 40))
        }
    }
}

extension Conclusion {
    /// GitHub's `conclusion`.
    init(gitHub word: String) {
        switch word {
        case "success": self = .success
        case "failure": self = .failure
        case "timed_out": self = .timedOut
        case "startup_failure": self = .startupFailure
        case "cancelled": self = .cancelled
        case "skipped": self = .skipped
        case "neutral": self = .neutral
        case "action_required": self = .actionRequired
        case "stale": self = .stale
        default: self = .unknown(PlainText.line(word, limit: 40))
        }
    }
}
