/// The JSON of Gitea's REST API, as far as it is read.
///
/// Source: go-gitea/gitea `modules/structs/repo_actions.go` and `services/convert`. Fields that some version leaves out
/// are optional, words are open. A time that is not set comes as second 0, in the server's own time zone.
enum GiteaAnswer {
    /// `GET /version`.
    struct Version: Decodable {
        var version: String
    }

    /// `GET /repos/{owner}/{repo}`.
    struct Repository: Decodable, Sendable {
        struct Permissions: Decodable, Sendable {
            var push: Bool?
        }

        var permissions: Permissions?
    }

    /// `POST .../dispatches?return_run_details=true`, status 200.
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
        /// Counts the runs of the repository; before 1.26 it stands in web addresses, and the API does not know it.
        var number: Int
        var attempt: Int?
        var title: String?
        /// `hephy.yml@refs/heads/main`: the file's name without its folder.
        var path: String?
        var event: String
        var headSHA: String
        /// Empty for a tag.
        var headBranch: String?
        var url: String?
        var status: String?
        var conclusion: String?
        var createdAt: String?
        var updatedAt: String?
        var startedAt: String?
        var completedAt: String?

        enum CodingKeys: String, CodingKey {
            case id, path, event, status, conclusion
            case number = "run_number"
            case attempt = "run_attempt"
            case title = "display_title"
            case headSHA = "head_sha"
            case headBranch = "head_branch"
            case url = "html_url"
            case createdAt = "created_at"
            case updatedAt = "updated_at"
            case startedAt = "started_at"
            case completedAt = "completed_at"
        }
    }

    /// `GET .../actions/runs/{id}/jobs`; one development version called the list `workflow_jobs`.
    struct Jobs: Decodable, Sendable {
        var jobs: Readable<WorkflowJob>

        enum CodingKeys: String, CodingKey {
            case jobs
            case workflowJobs = "workflow_jobs"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            if let found = try fields.decodeIfPresent(Readable<WorkflowJob>.self, forKey: .workflowJobs) {
                jobs = found
            } else {
                jobs = try fields.decode(Readable<WorkflowJob>.self, forKey: .jobs)
            }
        }
    }

    struct WorkflowJob: Decodable, Sendable {
        var id: Int64
        var name: String
        var attempt: Int?
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
            case attempt = "run_attempt"
            case runnerName = "runner_name"
            case url = "html_url"
            case startedAt = "started_at"
            case completedAt = "completed_at"
        }
    }

    /// Counted from zero; what the runner does before and after the steps is none.
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
}
