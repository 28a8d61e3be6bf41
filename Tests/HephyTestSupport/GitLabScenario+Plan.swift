extension GitLabScenario {
    /// What one pipeline does.
    package struct Plan: Sendable, Encodable {
        /// Only pipelines of this source, ref and project take the plan.
        package var source: String?
        package var ref: String?
        package var project: String?
        package var appearAfterPolls: Int?
        package var never: Bool?
        /// The jobs; those of `.gitlab-ci.yml`, all green, by default.
        package var jobs: [Job]?
        /// The states; created, running stage by stage, then done, by default.
        package var timeline: [State]?
        /// The pipeline's own end.
        package var status: String?
        package var name: String?
        package var cancelTakesPolls: Int?
        package var yamlErrors: String?
        package var createdOffsetS: Int?

        package init(
            jobs: [Job]? = nil, timeline: [State]? = nil, status: String? = nil, source: String? = nil,
            ref: String? = nil, project: String? = nil, appearAfterPolls: Int? = nil, never: Bool? = nil,
            name: String? = nil, cancelTakesPolls: Int? = nil, yamlErrors: String? = nil, createdOffsetS: Int? = nil
        ) {
            self.jobs = jobs
            self.timeline = timeline
            self.status = status
            self.source = source
            self.ref = ref
            self.project = project
            self.appearAfterPolls = appearAfterPolls
            self.never = never
            self.name = name
            self.cancelTakesPolls = cancelTakesPolls
            self.yamlErrors = yamlErrors
            self.createdOffsetS = createdOffsetS
        }

        /// Every job green.
        package static let green = Plan()
    }

    package struct Job: Sendable, Encodable {
        package var name: String
        package var stage: String?
        /// How it ends.
        package var status: String?
        package var allowFailure: Bool?
        /// `manual` or `delayed`.
        package var when: String?
        package var failureReason: String?
        package var log: Log?
        package var tags: [String]?
        package var trigger: Trigger?

        package init(
            _ name: String, stage: String? = nil, status: String? = nil, allowFailure: Bool? = nil,
            when: String? = nil, failureReason: String? = nil, log: Log? = nil, tags: [String]? = nil,
            trigger: Trigger? = nil
        ) {
            self.name = name
            self.stage = stage
            self.status = status
            self.allowFailure = allowFailure
            self.when = when
            self.failureReason = failureReason
            self.log = log
            self.tags = tags
            self.trigger = trigger
        }
    }

    /// The pipeline that a bridge starts: in its own project, or in another one.
    package struct Trigger: Sendable, Encodable {
        package var project: String?
        package var plan: [Plan]

        package init(_ plan: Plan, in project: String? = nil) {
            self.plan = [plan]
            self.project = project
        }

        private enum CodingKeys: String, CodingKey { case project, plan }

        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encodeIfPresent(project, forKey: .project)
            try values.encode(plan.first, forKey: .plan)
        }
    }

    package struct Log: Sendable, Encodable {
        /// Lines of the script, in its section and with headers where the runner writes them.
        package var lines: [String]?
        /// The log as it is.
        package var text: String?
        package var generateMb: Double?
        package var hostile: Bool?
        package var timestamps: Bool?
        /// Whether the lines are the whole log, without the script's section.
        package var bare: Bool?
        /// Whether the runner hands it over in lumps unless somebody has the job's page open.
        package var lumpy: Bool?
        /// By how many bytes the archived log's last line lies further behind.
        package var movedBytes: Int?
        package var never: Bool?

        package init(
            lines: [String]? = nil, text: String? = nil, generateMegabytes: Double? = nil, hostile: Bool? = nil,
            timestamps: Bool? = nil, bare: Bool? = nil, lumpy: Bool? = nil, movedBytes: Int? = nil,
            never: Bool? = nil
        ) {
            self.lines = lines
            self.text = text
            generateMb = generateMegabytes
            self.hostile = hostile
            self.timestamps = timestamps
            self.bare = bare
            self.lumpy = lumpy
            self.movedBytes = movedBytes
            self.never = never
        }
    }

    /// One state of a pipeline; jobs that it does not name stay as they are.
    package struct State: Sendable, Encodable {
        package var pipeline: String?
        /// Statuses by job; `running:30` is one of whose log 30 % is there.
        package var jobs: [String: String]?
        /// Jobs that are tried again.
        package var retry: [String]?
        package var deleted: Bool?
        /// Pipelines that begin now, for the same commit.
        package var spawn: [Plan]?
        package var times: Int?

        package init(
            _ pipeline: String? = nil, jobs: [String: String]? = nil, retry: [String]? = nil, deleted: Bool? = nil,
            spawn: [Plan]? = nil, times: Int? = nil
        ) {
            self.pipeline = pipeline
            self.jobs = jobs
            self.retry = retry
            self.deleted = deleted
            self.spawn = spawn
            self.times = times
        }
    }

    /// Something that goes wrong; one that never does fails the test unless it is optional.
    package struct Fault: Sendable, Encodable {
        package enum Kind: String, Sendable, Encodable {
            case status, reset, cut, empty, stall, gone, revoked
            case malformedJSON = "malformed_json"
            case html200 = "html_200"
            case retryLater = "retry_later"
            case insufficientScope = "insufficient_scope"
        }

        package var kind: Kind
        package var method: String?
        package var path: String?
        package var nth: Int?
        package var count: Int?
        package var status: Int?
        package var retryAfter: Int?
        package var afterBytes: Int?
        package var body: String?
        package var headers: [String: String]?
        package var optional: Bool?

        package init(
            _ kind: Kind, path: String? = nil, method: String? = nil, nth: Int? = nil, count: Int? = nil,
            status: Int? = nil, retryAfter: Int? = nil, afterBytes: Int? = nil, body: String? = nil,
            headers: [String: String]? = nil, optional: Bool? = nil
        ) {
            self.kind = kind
            self.path = path
            self.method = method
            self.nth = nth
            self.count = count
            self.status = status
            self.retryAfter = retryAfter
            self.afterBytes = afterBytes
            self.body = body
            self.headers = headers
            self.optional = optional
        }
    }
}
