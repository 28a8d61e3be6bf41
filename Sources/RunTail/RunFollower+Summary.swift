import Forge

/// What the jobs came to, one line each, for who looks at a terminal.
extension RunFollower {
    /// More jobs than this are not listed once more.
    private static let jobsShown = 40
    private static let widestName = 60

    /// Prints the jobs with their ends and durations below each other, on a terminal and where there are several.
    func summarize() {
        let jobs = board.jobs.filter { !$0.isRetried && !$0.isSkipped }
        guard context.narrator.output.showsStatus, (2...Self.jobsShown).contains(jobs.count) else { return }
        let names = jobs.map { context.narrator.sanitizer.line($0.name, limit: Self.widestName) }
        let width = names.map(\.count).max() ?? 0
        for (job, name) in zip(jobs, names) {
            let time = Elapsed(from: job.startedAt, to: job.completedAt)?.description ?? ""
            let padded = time + String(repeating: " ", count: max(7 - time.count, 0))
            let row = name + String(repeating: " ", count: width - name.count) + "  " + padded + Self.ending(of: job)
            context.narrator.detail(lead + row, job.hasFailed && !job.mayFail ? .bad : .plain)
        }
    }

    private static func ending(of job: Job) -> String {
        guard case .completed(let conclusion) = job.state else { return "not finished" }
        return conclusion.word ?? "succeeded"
    }
}
