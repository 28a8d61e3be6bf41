extension GitHubScenario {
    /// What one run does.
    package struct Plan: Sendable, Encodable {
        package enum Advance: String, Sendable, Encodable { case poll, ms }

        /// Only runs of this event (or branch) take the plan.
        package var event: String?
        package var branch: String?
        package var appearAfterPolls: Int?
        package var appearAfterMs: Int?
        package var visibleAfterGets: Int?
        package var never: Bool?
        package var advance: Advance?
        /// The jobs; those of the workflow file, all green, by default.
        package var jobs: [Job]?
        /// The states; queued, running by levels of `needs`, then done, by default.
        package var timeline: [State]?
        package var conclusion: String?
        package var title: String?
        package var secondsPerState: Int?
        package var cancellable: Bool?
        package var cancelTakesPolls: Int?
        package var headSha: String?
        /// Seconds by which the forge says that the run was made later, or, below zero, earlier than it was.
        package var createdOffsetS: Int?

        package init(
            jobs: [Job]? = nil, timeline: [State]? = nil, conclusion: String? = nil, event: String? = nil,
            branch: String? = nil, appearAfterPolls: Int? = nil, appearAfterMs: Int? = nil,
            visibleAfterGets: Int? = nil, never: Bool? = nil, advance: Advance? = nil, title: String? = nil,
            secondsPerState: Int? = nil, cancellable: Bool? = nil, cancelTakesPolls: Int? = nil, headSha: String? = nil,
            createdOffsetS: Int? = nil
        ) {
            self.jobs = jobs
            self.timeline = timeline
            self.conclusion = conclusion
            self.event = event
            self.branch = branch
            self.appearAfterPolls = appearAfterPolls
            self.appearAfterMs = appearAfterMs
            self.visibleAfterGets = visibleAfterGets
            self.never = never
            self.advance = advance
            self.title = title
            self.secondsPerState = secondsPerState
            self.cancellable = cancellable
            self.cancelTakesPolls = cancelTakesPolls
            self.headSha = headSha
            self.createdOffsetS = createdOffsetS
        }

        /// Every job green.
        package static let green = Plan()
    }

    package struct Job: Sendable, Encodable {
        package var name: String
        package var steps: [String]?
        package var needs: [String]?
        package var conclusion: String?
        /// Which step fails, from one.
        package var failStep: Int?
        package var log: Log?
        package var annotations: [Annotation]?
        package var labels: [String]?

        package init(
            _ name: String, steps: [String]? = nil, needs: [String]? = nil, conclusion: String? = nil,
            failStep: Int? = nil, log: Log? = nil, annotations: [Annotation]? = nil, labels: [String]? = nil
        ) {
            self.name = name
            self.steps = steps
            self.needs = needs
            self.conclusion = conclusion
            self.failStep = failStep
            self.log = log
            self.annotations = annotations
            self.labels = labels
        }
    }

    package struct Log: Sendable, Encodable {
        /// Lines without their stamps.
        package var lines: [String]?
        /// The log as it is, stamps and all.
        package var text: String?
        package var base64: String?
        package var generateMb: Double?
        package var hostile: Bool?
        /// How often the store says `BlobNotFound` first.
        package var blobMissingTimes: Int?
        /// How often the API says 404 first.
        package var notFoundTimes: Int?
        package var never: Bool?
        /// For Gitea and Forgejo: how many lines each look at a running job's log shows more.
        package var grow: Int?
        /// For Gitea and Forgejo: whether the server has thrown the log away.
        package var cleanedUp: Bool?
        /// For Gitea and Forgejo: at which look the log of a running job is shorter than before.
        package var shrinkAt: Int?

        package init(
            lines: [String]? = nil, text: String? = nil, base64: String? = nil, generateMegabytes: Double? = nil,
            hostile: Bool? = nil, blobMissingTimes: Int? = nil, notFoundTimes: Int? = nil, never: Bool? = nil,
            grow: Int? = nil, cleanedUp: Bool? = nil, shrinkAt: Int? = nil
        ) {
            self.grow = grow
            self.cleanedUp = cleanedUp
            self.shrinkAt = shrinkAt
            self.lines = lines
            self.text = text
            self.base64 = base64
            generateMb = generateMegabytes
            self.hostile = hostile
            self.blobMissingTimes = blobMissingTimes
            self.notFoundTimes = notFoundTimes
            self.never = never
        }
    }

    package struct Annotation: Sendable, Encodable {
        package var path: String?
        package var startLine: Int?
        package var endLine: Int?
        package var annotationLevel: String?
        package var title: String?
        package var message: String?

        package init(
            path: String? = nil, line: Int? = nil, level: String? = nil, title: String? = nil, message: String? = nil
        ) {
            self.path = path
            startLine = line
            endLine = line
            annotationLevel = level
            self.title = title
            self.message = message
        }
    }

    /// One state of a run.
    ///
    /// Jobs that it does not name stay as they are; jobs not named so far do not exist yet.
    package struct State: Sendable, Encodable {
        /// A status (`queued`, `in_progress`, `waiting`, `pending`, `requested`) or a conclusion, which ends the run.
        package var run: String?
        /// States by job: a status or conclusion, and with `:N` the step that runs or failed: `in_progress:2`.
        package var jobs: [String: String]?
        package var attempt: Int?
        package var deleted: Bool?
        package var approvals: [Approval]?
        /// A newer run of the same workflow that begins now.
        package var spawn: Plan?
        /// How many polls it lasts.
        package var times: Int?
        /// How long it lasts when the plan advances by time.
        package var ms: Int?

        package init(
            _ run: String? = nil, jobs: [String: String]? = nil, attempt: Int? = nil, deleted: Bool? = nil,
            approvals: [Approval]? = nil, times: Int? = nil, ms: Int? = nil
        ) {
            self.run = run
            self.jobs = jobs
            self.attempt = attempt
            self.deleted = deleted
            self.approvals = approvals
            self.times = times
            self.ms = ms
        }
    }

    package struct Approval: Sendable, Encodable {
        package var environment: String
        /// Logins; a team is `team:NAME`.
        package var reviewers: [String]?
        package var canApprove: Bool?

        package init(_ environment: String, reviewers: [String]? = nil, canApprove: Bool? = nil) {
            self.environment = environment
            self.reviewers = reviewers
            self.canApprove = canApprove
        }
    }

    /// Something that goes wrong; one that never does fails the test unless it is optional.
    package struct Fault: Sendable, Encodable {
        package enum Kind: String, Sendable, Encodable {
            case status, sso, reset, cut, empty, stall, gone
            case rateLimit = "rate_limit"
            case secondaryLimit = "secondary_limit"
            case malformedJSON = "malformed_json"
            case html200 = "html_200"
            case expiredLink = "expired_link"
            case blobMissing = "blob_missing"
        }

        package var kind: Kind
        package var method: String?
        /// Glob; `*` also matches slashes.
        package var path: String?
        package var host: String?
        /// The first of the fitting requests to hit, from one, and how many.
        package var nth: Int?
        package var count: Int?
        package var status: Int?
        package var retryAfter: Int?
        package var resetInS: Int?
        package var afterBytes: Int?
        package var stallMs: Int?
        package var body: String?
        package var url: String?
        package var optional: Bool?

        package init(
            _ kind: Kind, path: String? = nil, method: String? = nil, nth: Int? = nil, count: Int? = nil,
            status: Int? = nil, retryAfter: Int? = nil, resetInSeconds: Int? = nil, afterBytes: Int? = nil,
            stallMilliseconds: Int? = nil, body: String? = nil, url: String? = nil, host: String? = nil,
            optional: Bool? = nil
        ) {
            self.kind = kind
            self.path = path
            self.method = method
            self.nth = nth
            self.count = count
            self.status = status
            self.retryAfter = retryAfter
            resetInS = resetInSeconds
            self.afterBytes = afterBytes
            stallMs = stallMilliseconds
            self.body = body
            self.url = url
            self.host = host
            self.optional = optional
        }
    }
}
