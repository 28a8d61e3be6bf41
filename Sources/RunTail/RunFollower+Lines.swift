import Forge

/// What a follower says of jobs and steps.
extension RunFollower {
    private static let namesInALine = 6

    private var narrator: Narrator { context.narrator }

    /// What the run is doing, for the status line and signs of life.
    var activity: String {
        let lead = label.isEmpty ? "" : "\(label): "
        if !logs.isEmpty, board.areAllFinished { return "\(lead)waiting for logs  \(Elapsed(age))" }
        let running = board.running
        if let job = running.first {
            let step = job.currentStep.map { " | \(name($0.name))" } ?? ""
            let others = running.count > 1 ? " and \(running.count - 1) more" : ""
            let all = board.jobs.count { !$0.isSkipped && !$0.isRetried }
            let ended = all - board.unfinished.count
            let progress = all > 1 ? "  \(max(ended, 0)) of \(all) jobs" : ""
            return "\(lead)running: \(name(job.name))\(step)\(others)  \(Elapsed(age))\(progress)"
        }
        let word =
            switch run.state {
            case .waiting: waits.reason ?? "waiting for approval"
            case .pending: waits.reason ?? "waiting for another run"
            case .requested, .queued: waits.reason ?? "queued"
            case .inProgress, .unknown, .completed:
                board.areAllFinished ? "finishing" : waits.reason ?? "running"
            }
        return "\(lead)\(word)  \(Elapsed(age))"
    }

    func announce() {
        report(.queued(run))
        narrator.headline(title)
    }

    func announceAttempt() {
        report(.queued(run))
        narrator.headline("\(lead)started again, attempt \(run.attempt)")
    }

    func tell(_ event: JobBoard.Event) {
        switch event {
        case .started(let jobs):
            waits.reason = nil
            for job in jobs { report(.job(job, of: run)) }
            narrator.headline(lead + Self.list(jobs.map { name($0.name) }))
            for job in jobs { openLog(of: job) }
        case .stepFinished(let job, let step):
            report(.step(step, of: job, in: run))
            let time = Elapsed(from: step.startedAt, to: step.completedAt).map { "  \($0)" } ?? ""
            let word = Self.word(step.state)
            narrator.detail(prefix(of: job) + name(step.name) + time + word.suffix, word.isBad ? .bad : .plain)
        case .finished(let job, _):
            let time = job.isSkipped ? nil : Elapsed(from: job.startedAt, to: job.completedAt)
            var word = Self.word(job.state)
            report(.job(job, of: run))
            if word.isBad, job.isRetried { word = ("\(word.suffix), tried again", false) }
            if word.isBad, job.mayFail { word = ("\(word.suffix), which is allowed", false) }
            narrator.headline(
                lead + name(job.name) + (time.map { "  \($0)" } ?? "") + word.suffix, word.isBad ? .bad : .plain)
            queueLog(of: job)
        }
    }

    /// The run as its first line names it: `Hephy Build #42 for 5d6e7f8   URL`.
    var title: String {
        let attempt = run.attempt > 1 ? " (attempt \(run.attempt))" : ""
        let sha = String(run.headSHA.prefix(7))
        return "\(name(run.name)) #\(run.number)\(attempt) for \(sha)\(link)"
    }

    var link: String { run.url.map { "   \($0)" } ?? "" }

    /// What headlines of one of several runs begin with.
    var lead: String { label.isEmpty ? "" : "\(label) / " }

    /// What indented lines about `job` begin with: its name where several jobs run.
    func prefix(of job: Job) -> String {
        guard board.isSideBySide || !label.isEmpty else { return "" }
        return "\(lead)\(name(job.name)) | "
    }

    func name(_ text: String) -> String {
        narrator.sanitizer.line(text, limit: 120)
    }

    static func list(_ names: [String]) -> String {
        guard names.count > namesInALine else { return names.joined(separator: ", ") }
        return names.prefix(namesInALine).joined(separator: ", ") + " and \(names.count - namesInALine) more"
    }

    private static func word(_ state: RunState) -> (suffix: String, isBad: Bool) {
        guard case .completed(let conclusion) = state, let word = conclusion.word else { return ("", false) }
        return ("  \(word)", conclusion.isFailure)
    }
}
