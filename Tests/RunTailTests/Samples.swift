import Forge
import RunTail

/// Runs, jobs and steps with what matters to a test alone spelled out.
enum Sample {
    static let sha = "5d6e7f8a9b0c1d2e3f405162738495a6b7c8d9e0"
    static let path = ".github/workflows/hephy.yml"
    static let url = "https://forge.test/acme/api/runs/"

    static func run(
        _ state: RunState, id: String = "4711", number: Int = 42, attempt: Int = 1, name: String = "Hephy Build",
        title: String = "push", path: String = path, event: String = "push", sha: String = sha,
        branch: String? = "main", created: Int64 = 0, started: Int64? = 0, updated: Int64? = nil
    ) -> Run {
        Run(
            id: id, number: number, attempt: attempt, name: name, title: title, workflowPath: path, event: event,
            headSHA: sha, headBranch: branch, url: url + id, state: state, createdAt: created, startedAt: started,
            updatedAt: updated)
    }

    static func job(
        _ id: String, _ name: String, _ state: RunState, _ span: ClosedRange<Int64>? = nil, steps: [Step] = [],
        labels: [String] = [], runner: String? = "runner"
    ) -> Job {
        Job(
            id: id, name: name, state: state, steps: steps, labels: labels, runnerName: runner,
            url: "https://forge.test/job/\(id)", startedAt: span?.lowerBound,
            completedAt: state.isFinished ? span?.upperBound : nil)
    }

    static func step(_ number: Int, _ name: String, _ state: RunState, _ span: ClosedRange<Int64>? = nil) -> Step {
        Step(
            number: number, name: name, state: state, startedAt: span?.lowerBound,
            completedAt: state.isFinished ? span?.upperBound : nil)
    }
}

/// A tail over a timeline, with everything a test looks at.
struct Stage {
    let clock = VirtualClock()
    let output: MemoryOutput
    let forge: TimelineForge
    var options = TailOptions()

    init(_ script: TimelineForge.Script, output: MemoryOutput = MemoryOutput()) {
        self.output = output
        forge = TimelineForge(clock: clock, script: script)
        options.jitter = { 0 }
    }

    func follow(_ runs: [Run]) async -> [RunResult] {
        await RunTail(forge: forge, output: output, clock: clock, options: options).follow(runs)
    }

    func follow(_ run: Run) async -> RunResult {
        await follow([run])[0]
    }
}
