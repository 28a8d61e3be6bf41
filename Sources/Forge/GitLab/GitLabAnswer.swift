/// The JSON of GitLab's REST API, as far as it is read.
///
/// Source: docs.gitlab.com/api, "Pipelines API", "Jobs API", "Projects API", "Commits API", as of 18.x. Fields that
/// some server leaves out are optional, words are open.
enum GitLabAnswer {
    /// `GET /projects/:id`.
    struct Project: Decodable, Sendable {
        var id: Int64
        var visibility: String?
        var publicJobs: Bool?
        /// Told to members alone.
        var jobsAccess: String?

        var isSwitchedOff: Bool { jobsAccess == "disabled" }

        enum CodingKeys: String, CodingKey {
            case id, visibility
            case publicJobs = "public_jobs"
            case jobsAccess = "builds_access_level"
        }
    }

    /// `GET /projects/:id`, as far as it tells the token's owner's role.
    struct Membership: Decodable, Sendable {
        struct Permissions: Decodable, Sendable {
            struct Access: Decodable, Sendable {
                var level: Int?
                enum CodingKeys: String, CodingKey { case level = "access_level" }
            }

            var project: Access?
            var group: Access?

            enum CodingKeys: String, CodingKey {
                case project = "project_access"
                case group = "group_access"
            }
        }

        var permissions: Permissions?

        /// The higher of what the project and its group give.
        var level: Int? { [permissions?.project?.level, permissions?.group?.level].compactMap(\.self).max() }
    }

    /// `GET /personal_access_tokens/self`.
    struct OwnToken: Decodable, Sendable {
        var scopes: [String]?
        var expiry: String?

        enum CodingKeys: String, CodingKey {
            case scopes
            case expiry = "expires_at"
        }
    }

    /// `GET /-/jobs/:id/trace.json`, the form in which the page of a job gets its log (`BuildTraceEntity`).
    struct LogPage: Decodable, Sendable {
        struct Line: Decodable, Sendable {
            struct Piece: Decodable, Sendable { var text: String }

            /// Where the line begins in the log.
            var offset: Int
            var content: [Piece]
            /// Whether it is only the end of a section, which nobody sees.
            var isSectionEnd: Bool

            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                offset = try fields.decode(Int.self, forKey: .offset)
                content = try fields.decodeIfPresent([Piece].self, forKey: .content) ?? []
                isSectionEnd = content.isEmpty && fields.contains(.duration)
            }

            enum CodingKeys: String, CodingKey {
                case offset, content
                case duration = "section_duration"
            }
        }

        var state: String?
        var isComplete: Bool?
        /// Whether it goes on from what the state stands for, which is at `offset`.
        var append: Bool?
        var offset: Int?
        var truncated: Bool?
        var lines: [Line]?

        enum CodingKeys: String, CodingKey {
            case state, append, offset, truncated, lines
            case isComplete = "complete"
        }
    }

    /// `GET /projects/:id/ci/lint`.
    struct Lint: Decodable, Sendable {
        var valid: Bool?
        var errors: [String]?
    }

    /// `GET /version`.
    struct Version: Decodable, Sendable {
        var version: String
    }

    /// `GET .../pipelines/:id`, an element of `GET .../pipelines`, or of a merge request's.
    struct Pipeline: Decodable, Sendable {
        var id: Int64
        var projectID: Int64?
        var sha: String
        var ref: String?
        var status: String?
        var source: String?
        var name: String?
        var url: String?
        var createdAt: String?
        var updatedAt: String?
        var startedAt: String?
        var finishedAt: String?
        var yamlErrors: String?

        enum CodingKeys: String, CodingKey {
            case id, sha, ref, status, source, name
            case projectID = "project_id"
            case url = "web_url"
            case createdAt = "created_at"
            case updatedAt = "updated_at"
            case startedAt = "started_at"
            case finishedAt = "finished_at"
            case yamlErrors = "yaml_errors"
        }
    }

    /// An element of `GET .../pipelines/:id/jobs` or `.../bridges`.
    struct PipelineJob: Decodable, Sendable {
        struct Runner: Decodable, Sendable {
            var description: String?
        }

        var id: Int64
        var name: String
        var stage: String?
        var status: String?
        var mayFail: Bool?
        var failureReason: String?
        var tags: [String]?
        var runner: Runner?
        var url: String?
        var startedAt: String?
        var finishedAt: String?
        /// What a bridge started; nil for a job.
        var downstream: Pipeline?

        enum CodingKeys: String, CodingKey {
            case id, name, stage, status, runner
            case mayFail = "allow_failure"
            case failureReason = "failure_reason"
            case tags = "tag_list"
            case url = "web_url"
            case startedAt = "started_at"
            case finishedAt = "finished_at"
            case downstream = "downstream_pipeline"
        }
    }

    /// An element of `GET .../repository/commits/:sha/merge_requests`.
    struct MergeRequest: Decodable, Sendable {
        var iid: Int64
        var projectID: Int64?
        var state: String?

        enum CodingKeys: String, CodingKey {
            case iid, state
            case projectID = "project_id"
        }
    }
}

extension RunState {
    /// GitLab's `status` of a pipeline (app/models/concerns/ci/has_status.rb); `canceled` has one l.
    init(gitLabPipeline status: String?) {
        switch status {
        case "created", "waiting_for_callback": self = .requested
        case "preparing", "pending": self = .queued
        case "waiting_for_resource", "scheduled": self = .pending
        case "running", "canceling": self = .inProgress
        case "success": self = .completed(.success)
        case "failed": self = .completed(.failure)
        case "canceled": self = .completed(.cancelled)
        case "skipped": self = .completed(.notStarted)
        // Nothing goes on until somebody starts a job by hand.
        case "manual": self = .completed(.actionRequired)
        case let word: self = .unknown(PlainText.line(word ?? "", limit: 40))
        }
    }

    /// GitLab's `status` of a job, and why it failed.
    init(gitLabJob status: String?, reason: String?) {
        switch status {
        case "failed" where ["job_execution_timeout", "stuck_or_timeout_failure"].contains(reason):
            self = .completed(.timedOut)
        case "skipped": self = .completed(.skipped)
        // Not started, and nothing of the pipeline waits for it but what stands behind it.
        case "manual": self = .completed(.notStarted)
        default: self.init(gitLabPipeline: status)
        }
    }
}
