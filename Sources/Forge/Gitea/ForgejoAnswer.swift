/// The JSON of Forgejo's REST API, where it differs from Gitea's.
///
/// Source: Forgejo's OpenAPI documents of 11.0, 12.0 and 16.0, and `services/convert/action.go`. A status is one word;
/// a time that is not set comes as second 0.
enum ForgejoAnswer {
    /// `POST .../dispatches` with `return_run_info`, any status of success.
    struct Dispatched: Decodable {
        var id: Int64
    }

    /// `GET .../actions/runs`, from 12.0 on.
    struct Runs: Decodable, Sendable {
        var runs: Readable<ActionRun>

        enum CodingKeys: String, CodingKey { case runs = "workflow_runs" }
    }

    struct ActionRun: Decodable, Sendable {
        var id: Int64
        /// Counts the runs of the repository and stands in web addresses; the API does not know it.
        var number: Int
        var title: String?
        /// The file's name without its folder.
        var workflow: String?
        /// A branch's or tag's short name.
        var ref: String?
        var headSHA: String
        var event: String?
        var triggerEvent: String?
        var status: String?
        var needsApproval: Bool?
        var createdAt: String?
        var updatedAt: String?
        var startedAt: String?
        var stoppedAt: String?
        var url: String?

        enum CodingKeys: String, CodingKey {
            case id, title, event, status
            case number = "index_in_repo"
            case workflow = "workflow_id"
            case ref = "prettyref"
            case headSHA = "commit_sha"
            case triggerEvent = "trigger_event"
            case needsApproval = "need_approval"
            case createdAt = "created"
            case updatedAt = "updated"
            case startedAt = "started"
            case stoppedAt = "stopped"
            case url = "html_url"
        }
    }

    /// One element of the bare array of `GET .../actions/runs/{id}/jobs`, from 16.0 on.
    struct ActionJob: Decodable, Sendable {
        var id: Int64
        var name: String
        var status: String?
        var labels: [String]?
        /// Zero until a runner took the job.
        var task: Int64?

        enum CodingKeys: String, CodingKey {
            case id, name, status
            case labels = "runs_on"
            case task = "task_id"
        }
    }

    /// `GET .../actions/tasks`, which Gitea has too: what runners took of all runs, the newest first.
    struct Tasks: Decodable, Sendable {
        var tasks: Readable<Task>

        enum CodingKeys: String, CodingKey { case tasks = "workflow_runs" }
    }

    struct Task: Decodable, Sendable {
        var id: Int64
        var name: String
        var headSHA: String
        var runNumber: Int
        var status: String?
        var url: String?
        var startedAt: String?
        var updatedAt: String?

        enum CodingKeys: String, CodingKey {
            case id, name, status, url
            case headSHA = "head_sha"
            case runNumber = "run_number"
            case startedAt = "run_started_at"
            case updatedAt = "updated_at"
        }
    }
}
