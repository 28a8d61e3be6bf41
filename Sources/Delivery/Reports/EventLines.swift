import Forge
import RunTail

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What happens to followed runs, as lines of JSON on standard output; docs/json.md describes them.
struct EventLines: Sendable {
    private let output = PlainOutput(descriptor: 1)
    /// The runs of hephy's own workflows, by id.
    private let ours: Set<String>

    init(of runs: [RunSession.Followed]) {
        ours = Set(runs.filter(\.isOurs).map(\.run.id))
    }

    func write(_ event: TailEvent) {
        output.write(Array((JSONText.text(of: line(for: event), isOneLine: true) + "\n").utf8))
    }

    private func line(for event: TailEvent) -> EventLine {
        switch event {
        case .queued(let run): return EventLine("queued", run: .whole(summary(run)))
        case .job(let job, let run):
            return EventLine("job", run: .name(of: run), job: JobSummary(job))
        case .step(let step, let job, let run):
            return EventLine("step", run: .name(of: run), job: JobSummary(naming: job), step: StepSummary(step))
        case .log(let log):
            var line = EventLine("log", run: .name(of: log.run), job: JobSummary(naming: log.job))
            if let number = log.step {
                let known = log.job.steps.first { $0.number == number }
                line.step = StepSummary(number: number, name: known?.name)
            }
            line.line = LogLineSummary(log)
            return line
        case .waiting(let run, let reason, let url):
            var line = EventLine("waiting", run: .name(of: run))
            line.reason = StandardError.safe(reason)
            line.url = url.map { StandardError.safe($0) }
            return line
        case .verdict(let result, let image, let deployed):
            var line = EventLine("verdict", run: .whole(summary(result.run)))
            line.verdict = result.verdict.word
            line.status = ExitStatus(result.verdict).rawValue
            line.seconds = result.duration.components.seconds
            line.failedJobs = result.failedJobs.map { PlainText.line($0.name, limit: 200) }
            if case .lost(let reason) = result.verdict { line.reason = StandardError.safe(reason) }
            line.image = image.map { StandardError.safe($0) }
            line.deployed = deployed.map { StandardError.safe($0) }
            return line
        }
    }

    private func summary(_ run: Run) -> RunSummary {
        RunSummary(run, isOurs: ours.contains(run.id), now: Int64(time(nil)))
    }
}

/// One line; what an event does not have is left out.
private struct EventLine: Encodable {
    var schema = JSONText.schema
    var event: String
    var run: RunPart
    var job: JobSummary?
    var step: StepSummary?
    var line: LogLineSummary?
    var reason: String?
    var url: String?
    var verdict: String?
    var status: Int32?
    var seconds: Int64?
    var failedJobs: [String]?
    var image: String?
    var deployed: String?

    init(_ event: String, run: RunPart, job: JobSummary? = nil, step: StepSummary? = nil) {
        self.event = event
        self.run = run
        self.job = job
        self.step = step
    }
}

/// The run of an event.
private enum RunPart: Encodable {
    case whole(RunSummary)
    case named(RunName)

    struct RunName: Encodable {
        var id: String
        var number: Int
        var name: String
    }

    static func name(of run: Run) -> RunPart {
        .named(
            RunName(
                id: StandardError.safe(run.id), number: run.number, name: PlainText.line(run.name, limit: 100)))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .whole(let summary): try summary.encode(to: encoder)
        case .named(let name): try name.encode(to: encoder)
        }
    }
}

/// A job in an event.
private struct JobSummary: Encodable {
    var id: String
    var name: String
    var state: String?
    var conclusion: String?
    var url: String?
    var startedAt: String?
    var completedAt: String?
    var seconds: Int64?

    init(naming job: Job) {
        id = StandardError.safe(job.id)
        name = PlainText.line(job.name, limit: 200)
    }

    init(_ job: Job) {
        self.init(naming: job)
        state = job.state.word
        conclusion = job.state.conclusion?.word
        url = job.url
        startedAt = job.startedAt.map(Timestamp.iso8601)
        completedAt = job.completedAt.map(Timestamp.iso8601)
        seconds = Elapsed(from: job.startedAt, to: job.completedAt)?.duration.components.seconds
    }
}

/// A step in an event; of a log line whose step is not known yet the number alone.
private struct StepSummary: Encodable {
    var number: Int
    var name: String?
    var state: String?
    var conclusion: String?
    var seconds: Int64?

    init(number: Int, name: String?) {
        self.number = number
        self.name = name.map { PlainText.line($0, limit: 200) }
    }

    init(_ step: Step) {
        number = step.number
        name = PlainText.line(step.name, limit: 200)
        state = step.state.word
        conclusion = step.state.conclusion?.word
        seconds = Elapsed(from: step.startedAt, to: step.completedAt)?.duration.components.seconds
    }
}

/// A line of a log.
private struct LogLineSummary: Encodable {
    var kind: String
    var text: String
    /// With milliseconds, by the runner's clock.
    var time: String?

    init(_ line: TailEvent.Line) {
        kind =
            switch line.kind {
            case .plain: "plain"
            case .error: "error"
            case .warning: "warning"
            case .notice: "notice"
            case .debug: "debug"
            case .command: "command"
            case .groupStart, .groupEnd: "group"
            }
        text = line.text
        guard let moment = line.time, let second = Int64(exactly: moment.rounded(.down)) else { return }
        let milliseconds = String(1000 + Int((moment - Double(second)) * 1000)).dropFirst()
        time = "\(Timestamp.iso8601(second).dropLast()).\(milliseconds)Z"
    }
}

extension RunVerdict {
    /// The word for it in JSON.
    fileprivate var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .superseded: "superseded"
        case .timedOut: "timeout"
        case .waitingForPerson: "waiting"
        case .nothingRan: "nothing_ran"
        case .lost: "lost"
        case .credentials: "credentials"
        case .detached: "detached"
        }
    }
}
