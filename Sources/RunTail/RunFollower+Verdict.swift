import Forge

/// The end: which verdict, and the line that says so.
extension RunFollower {
    private var narrator: Narrator { context.narrator }

    /// Reads the verdict from the finished run's own conclusion.
    func conclude() async {
        guard case .completed(let conclusion) = run.state else {
            if context.options.isOnce { return end(.detached) }
            return end(.lost(reason: "the run's end could not be read"))
        }
        if board.jobs.isEmpty, conclusion.isFailure { tellRemark() }
        switch conclusion {
        case .success, .neutral, .skipped: end(.succeeded)
        case .failure, .timedOut, .startupFailure, .stale, .unknown: end(.failed)
        case .actionRequired: end(.waitingForPerson)
        case .notStarted: end(.nothingRan)
        case .cancelled where context.forge.isThisMachine: end(.cancelled)
        case .cancelled:
            let newer =
                context.isShutOut
                ? nil : await otherRuns().filter { $0.number > run.number }.max { $0.number < $1.number }
            // A server that tells little may have had jobs that it did not tell.
            let hasRun = !board.jobs.isEmpty || !context.forge.limits.isEmpty
            end(newer == nil && hasRun ? .cancelled : .superseded(by: newer))
        }
    }

    /// The last line of the run.
    func announce(_ result: RunResult) {
        if narrator.isQuiet {
            guard !result.verdict.isGood, result.verdict != .detached else { return }
            let tone = Narrator.Tone.bad
            narrator.release(
                narrator.line(Narrator.arrow, title, .plain) + kept
                    + narrator.line(Narrator.arrow, lastLine(of: result) ?? "", tone))
            return
        }
        guard let text = lastLine(of: result) else { return }
        if run.state.isFinished { summarize() }
        narrator.headline(text, result.verdict.isGood ? .good : .bad)
    }

    private func lastLine(of result: RunResult) -> String? {
        let time = Elapsed(result.duration)
        switch result.verdict {
        case .succeeded: return said(goodLine(result, time))
        case .failed: return said(badLine(result, time) + link)
        case .cancelled:
            return said("Cancelled after \(time)" + (run.remark.map { ": \(name($0))" } ?? "") + link)
        case .superseded(let newer):
            guard let newer else { return said("Superseded before anything ran\(link)") }
            return said("Superseded by #\(newer.number)" + (newer.url.map { "   \($0)" } ?? ""))
        case .timedOut: return said("Not followed any longer after \(Elapsed(age)); the run goes on\(link)")
        case .waitingForPerson:
            let jobs = board.manual.isEmpty ? "" : " to start \(Self.list(board.manual.map { name($0.name) }))"
            return said("Waiting for a person\(jobs); the run goes on when they act\(link)")
        case .nothingRan: return said("Nothing ran: the forge skipped the run\(link)")
        case .lost(let reason): return said("Lost sight of the run, its verdict is unknown: \(reason)\(link)")
        case .credentials: return said("No longer allowed to look at the run, which goes on\(link)")
        case .detached: return nil
        }
    }

    private func goodLine(_ result: RunResult, _ time: Elapsed) -> String {
        switch run.state {
        case .completed(.skipped): return "Done: the run was skipped, nothing ran"
        case .completed(.neutral): return "Done in \(time): neutral"
        default: break
        }
        guard !result.failedJobs.isEmpty else { return "Done in \(time)\(facts.words)" }
        let names = Self.list(result.failedJobs.map { name($0.name) })
        return "Done in \(time)\(facts.words), though these jobs failed: \(names)"
    }

    private func badLine(_ result: RunResult, _ time: Elapsed) -> String {
        guard case .completed(let conclusion) = run.state else { return "Failed" }
        if let remark = run.remark, conclusion == .stale || board.failed.isEmpty {
            return "Failed after \(time): \(name(remark))"
        }
        if conclusion == .stale { return "Failed: the forge gave up on the run" }
        if conclusion == .startupFailure || (board.jobs.isEmpty && conclusion == .failure) {
            return "Failed: a problem in the workflow file"
        }
        let word = conclusion == .timedOut ? "Timed out" : "Failed"
        var unknown = ""
        if case .unknown(let text) = conclusion { unknown = " (\(name(text)))" }
        let names = result.failedJobs.isEmpty ? "" : ": \(Self.list(result.failedJobs.map { name($0.name) }))"
        return "\(word)\(unknown) after \(time)\(names)"
    }

    /// What the forge says of a run without jobs, line by line: what is wrong in its file.
    private func tellRemark() {
        let lines = (run.remark ?? "").split(whereSeparator: \.isNewline).prefix(10)
        guard lines.count > 1 || (run.remark?.utf8.count ?? 0) > 120 else { return }
        for line in lines { say(narrator.sanitizer.line(String(line), limit: 500)) }
    }

    private func said(_ text: String) -> String {
        label.isEmpty ? text : "\(label): \(text.prefix(1).lowercased())\(text.dropFirst())"
    }
}
