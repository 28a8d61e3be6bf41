/// What `run.json` in a run's folder says: one run on this machine.
package struct LocalRecord: Codable, Hashable, Sendable {
    /// How far a run, job or step is.
    package enum Stage: String, Codable, Sendable {
        case queued
        /// Waits for another run of the repository.
        case pending
        case running
        case finished
    }

    package enum Ending: String, Codable, Sendable {
        case success
        case failure
        case cancelled
        case timedOut
        case skipped
        /// The program that executed it is gone and has left no other ending.
        case lost
    }

    package struct Step: Codable, Hashable, Sendable {
        package var number: Int
        package var name: String
        package var stage: Stage = .queued
        package var ending: Ending?
        package var startedAt: Int64?
        package var finishedAt: Int64?

        package init(number: Int, name: String) {
            self.number = number
            self.name = name
        }
    }

    package struct Job: Codable, Hashable, Sendable {
        package var name: String
        package var steps: [Step]
        package var stage: Stage = .running
        package var ending: Ending?
        /// Why it failed, where no line of the log says so.
        package var remark: String?
        package var startedAt: Int64?
        package var finishedAt: Int64?

        package init(name: String, steps: [Step], startedAt: Int64) {
            self.name = name
            self.steps = steps
            self.startedAt = startedAt
        }
    }

    /// What the run has built.
    package struct Outcome: Codable, Hashable, Sendable {
        package var image: String?
        package var digest: String?

        package init(image: String?, digest: String?) {
            self.image = image
            self.digest = digest
        }
    }

    /// The version of the file's format.
    package static let currentFormat = 1

    package var format = LocalRecord.currentFormat
    package var id: String
    package var number: Int
    package var request: LocalRequest
    /// Seconds since 1970, by this machine's clock, as all times here.
    package var createdAt: Int64
    package var startedAt: Int64?
    package var updatedAt: Int64
    package var stage: Stage = .queued
    package var ending: Ending?
    /// Why it ended so, where it is not for a job to say.
    package var remark: String?
    package var jobs: [Job] = []
    package var outcome: Outcome?

    package init(id: String, number: Int, request: LocalRequest, createdAt: Int64) {
        self.id = id
        self.number = number
        self.request = request
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    package var isFinished: Bool { stage == .finished }

    /// Ends the run, and with it what of it has not ended.
    package mutating func finish(_ ending: Ending, remark: String? = nil, at time: Int64) {
        for job in jobs.indices where jobs[job].stage != .finished {
            for step in jobs[job].steps.indices where jobs[job].steps[step].stage == .running {
                jobs[job].steps[step].stage = .finished
                jobs[job].steps[step].ending = ending
                jobs[job].steps[step].finishedAt = time
            }
            jobs[job].stage = .finished
            jobs[job].ending = ending
            jobs[job].finishedAt = time
            jobs[job].remark = jobs[job].remark ?? remark
        }
        stage = .finished
        self.ending = ending
        self.remark = remark
        updatedAt = time
    }
}

/// What is to be run.
package struct LocalRequest: Codable, Hashable, Sendable {
    /// The bare repository's folder.
    package var repository: String
    /// The branch or tag, in full.
    package var ref: String
    package var sha: String
    /// The backend that was detected or asked for, and the platforms that were named; by the inputs' names.
    package var inputs: [String: String]
    /// The folder of the steps.
    package var steps: String
    /// After so many seconds the run is ended.
    package var timeLimit: Int
    /// Where the objects of a push are that the repository has not taken yet; nil where it has them.
    package var objects: String?

    package init(
        repository: String, ref: String, sha: String, inputs: [String: String], steps: String, timeLimit: Int,
        objects: String? = nil
    ) {
        self.repository = repository
        self.ref = ref
        self.sha = sha
        self.inputs = inputs
        self.steps = steps
        self.timeLimit = timeLimit
        self.objects = objects
    }
}
