import Forge

/// Which logs a follower fetches, when, and what it says of failed jobs.
extension RunFollower {
    private static let annotatedJobs = 10
    private static let annotationsShown = 10
    private static let keptLimit = 256 << 10
    private static let emptyLog = "the log is empty"

    /// Shows the log of a running job as it is written, where the forge lets and it is wanted whatever comes of the job.
    func openLog(of job: Job) {
        guard context.forge.hasLiveLogs, !context.areLogsRefused, !logs.contains(where: { $0.job.id == job.id }) else {
            return
        }
        var selection = selection(for: job)
        guard selection != .nothing, job.hasLog else { return }
        var job = job
        if !context.forge.isThisMachine, !job.steps.isEmpty {
            // Nobody tells yet which step a line belongs to: the next step may have begun since the last look.
            selection = .everything
            job.steps = []
        }
        logs.append(pendingLog(of: job, selection))
    }

    /// Shows what is left of the logs that were read while they were written, before it is said that their jobs ended.
    func catchUp(with jobs: [Job]) async {
        for job in jobs where job.state.isFinished {
            guard let index = logs.firstIndex(where: { $0.job.id == job.id && !$0.job.state.isFinished }) else {
                continue
            }
            let pump = logs[index].pump
            // What cannot be had now is asked for once more when the job's end has been told.
            _ = try? await context.forge.log(of: logs[index].job, in: run, from: pump.received) { pump.take($0) }
        }
    }

    func queueLog(of job: Job) {
        guard case .completed(let conclusion) = job.state, conclusion != .skipped else { return }
        if let index = logs.firstIndex(where: { $0.job.id == job.id }) {
            logs[index].job = job
            logs[index].pump.note(job)
            logs[index].due = context.clock.now
            return
        }
        let selection = selection(for: job)
        let wantsExcerpt =
            job.hasFailed && context.options.logs != .none && !context.options.isForLogsAlone
        var log = pendingLog(of: job, selection)
        log.isOnlyTry = conclusion == .cancelled
        log.isForFactsAlone = selection == .nothing && !wantsExcerpt
        let hasLog = !context.forge.limits.contains { $0.isOfLogs }
        log.wantsText =
            hasLog && job.hasLog && !context.areLogsRefused
            && (selection != .nothing || wantsExcerpt || statesFacts(job))
        if log.wantsText || (job.hasFailed && !context.options.isForLogsAlone) { logs.append(log) }
    }

    private func pendingLog(of job: Job, _ selection: LogPump.Selection) -> PendingLog {
        let prefix = prefix(of: job)
        let clock = context.clock
        let deadline = context.deadline
        let pump = LogPump(
            job: job, selection: selection, foldsCommands: context.options.logs == .auto,
            prefix: (context.options.isForLogsAlone ? "" : Narrator.indentation) + prefix,
            decoder: context.forge.logDecoder(for: job), sanitizer: context.logSanitizer,
            output: context.logOutput, emit: emitter(for: job),
            isOver: { deadline.map { clock.now >= $0 } ?? false })
        return PendingLog(
            job: job, pump: pump, selection: selection, prefix: prefix, due: clock.now, began: clock.now,
            newsAt: clock.now)
    }

    /// What makes events of the lines of a job's log; nil where no program reads along.
    private func emitter(for job: Job) -> (@Sendable (LogLine, _ step: Int?) -> Void)? {
        guard let events = context.options.events else { return nil }
        let sanitizer = context.logSanitizer
        let run = run
        return { line, step in
            var text: [UInt8] = []
            sanitizer.append(line.text, to: &text)
            events(
                .log(
                    TailEvent.Line(
                        run: run, job: job, step: step, kind: line.kind, time: line.time,
                        text: String(decoding: text, as: UTF8.self))))
        }
    }

    /// Whether `job` is the one of our workflows that says what image it made, which the last line repeats.
    private func statesFacts(_ job: Job) -> Bool {
        !context.options.isQuiet && !context.options.isForLogsAlone && context.options.logs != .none
            && context.options.isOurs(run)
            && Self.ownName(of: job) == "index"
    }

    private func selection(for job: Job) -> LogPump.Selection {
        if context.options.isQuiet { return .nothing }
        switch context.options.logs {
        case .none: return .nothing
        case .all: return .everything
        case .failed:
            guard job.hasFailed else { return .nothing }
            return job.failedStep.map { .steps([$0.number]) } ?? .everything
        case .auto:
            guard context.options.isOurs(run), Self.isBuildOrDeploy(job) else { return .nothing }
            return .steps(Set(job.steps.filter { !$0.isRunnersOwn && !Self.isCheckout($0) }.map(\.number)))
        }
    }

    private static func isBuildOrDeploy(_ job: Job) -> Bool {
        let name = ownName(of: job)
        return name.hasPrefix("build") || name.hasPrefix("deploy")
    }

    /// Jobs of our workflows are called `build`, `build (linux/arm64)`, `deploy`; a calling job's name stands before.
    private static func ownName(of job: Job) -> Substring {
        var name = job.name[...]
        if let open = name.firstIndex(of: "(") { name = name[..<open] }
        return name.split(separator: "/").last?.drop { $0 == " " } ?? ""
    }

    private static func isCheckout(_ step: Step) -> Bool {
        step.name.contains("actions/checkout") || step.name.hasPrefix("Check out ") || step.name == "steps of hephy"
    }

    func fetchLog(at index: Int) async {
        var log = logs[index]
        guard log.wantsText else {
            logs.remove(at: index)
            return await explain(log, note: nil)
        }
        let before = log.pump.received
        let pump = log.pump
        let clock = context.clock
        let began = clock.now
        let limit = began + PendingLog.patience - log.spent
        var trouble: String?
        do throws(ForgeError) {
            let answer = try await context.forge.log(of: log.job, in: run, from: before) {
                pump.take($0) && clock.now < limit
            }
            // The end of a job is told by the jobs alone; what the log says may be newer.
            if mayGrow(log) || (answer == .soFar && pump.received > before) {
                noteNews(pump.received > before, of: &log)
                log.due = context.clock.now + log.livePause(at: context.clock.now, context.forge)
                logs[index] = log
                return
            }
            context.narrator.noteSpoken()
            if answer == .complete, context.forge.isThisMachine || !pump.endsEarly || log.tries >= 2 {
                logs.remove(at: index)
                finish(pump)
                return await explain(log, note: pump.received == 0 ? Self.emptyLog : nil)
            }
        } catch {
            if case .cancelled = error, Task.isCancelled || context.isOverdue { return }
            if case .unauthorized = error { return end(.credentials(error)) }
            if case .rateLimited = error, case .stop(let verdict) = context.note(error) as TailContext.Answer<Void> {
                return end(verdict)
            }
            if case .forbidden = error { context.areLogsRefused = true }
            trouble = Self.reason(error)
            if !error.isTransient { log.tries = PendingLog.pauses.count }
        }
        log.spent += clock.now - began
        if log.isTooSlow { trouble = "it comes too slowly" }
        if pump.received > before { log.tries = 0 }
        guard !log.isTooSlow, log.tries < log.triesAllowed else {
            logs.remove(at: index)
            finish(pump)
            let fact = pump.received > 0 ? "the rest of the log is not available" : "log not available"
            return await explain(log, note: trouble.map { "\(fact): \($0)" } ?? fact)
        }
        log.due = context.clock.now + PendingLog.pauses[log.tries]
        log.tries += 1
        logs[index] = log
    }

    /// How long nothing may come of a running job's log before it is said why that may be.
    private static let logPatience: Duration = .seconds(15)

    /// Takes note of whether a look at a running job's log brought anything.
    private func noteNews(_ hasNews: Bool, of log: inout PendingLog) {
        let now = context.clock.now
        log.hasNews = hasNews
        if hasNews {
            log.newsAt = now
            return context.narrator.noteSpoken()
        }
        log.pump.pause()
        guard now - log.newsAt >= Self.logPatience, !context.hasRemarkedOnSlowLogs,
            let remark = context.forge.remarkOnSlowLogs
        else { return }
        context.hasRemarkedOnSlowLogs = true
        context.narrator.note("\(context.clean(remark))\(log.job.url.map { "   \($0)" } ?? "")")
    }

    private func finish(_ pump: LogPump) {
        pump.finish()
        if context.options.isOurs(run) { facts.merge(pump.facts) }
    }

    private func mayGrow(_ log: PendingLog) -> Bool {
        !log.job.state.isFinished && !isDraining
    }

    private static func reason(_ error: ForgeError) -> String {
        switch error {
        case .unauthorized(_, let detail), .forbidden(_, let detail, _), .unavailable(_, let detail),
            .intercepted(_, let detail), .untrusted(_, let detail), .refused(_, _, let detail):
            detail
        case .notFound(_, let what): "\(what) not found"
        case .redirected(_, let place): "requests are sent on to \(place)"
        case .unsupported(_, let server, _): "\(server) does not tell"
        case .machine(let fault): fault.reason
        case .singleSignOnRequired: "single sign-on required"
        case .rateLimited: "too many requests"
        case .cancelled: "cancelled"
        }
    }

    /// Says what is known about a finished job besides its log: why it failed, and where there is more.
    private func explain(_ log: PendingLog, note: String?) async {
        var lines: [UInt8] = []
        let narrator = context.narrator
        if context.options.isForLogsAlone {
            guard let note, !log.isOnlyTry else { return }
            hasMissedLogs = hasMissedLogs || log.pump.received > 0 || note != Self.emptyLog
            return narrator.note("\(lead)\(name(log.job.name)): \(note)")
        }
        let lead = Narrator.indentation + log.prefix
        if let note, !log.isOnlyTry, !log.isForFactsAlone { lines += narrator.line(lead, note, .quiet) }
        if log.job.hasFailed {
            if let step = log.job.failedStep {
                lines += narrator.line(lead, "failed in step '\(name(step.name))'", .bad)
            }
            appendExcerpt(of: log, to: &lines)
            for text in await annotationLines(for: log.job) { lines += narrator.line(lead, text, .bad) }
            let more = context.options.commandForMore(run, log.job) ?? log.job.url ?? run.url
            if let more { lines += narrator.line(lead, "more: \(more)", .quiet) }
        }
        guard !lines.isEmpty else { return }
        if narrator.isQuiet {
            if kept.count + lines.count <= Self.keptLimit { kept += lines }
        } else {
            narrator.release(lines)
        }
    }

    private func appendExcerpt(of log: PendingLog, to lines: inout [UInt8]) {
        guard log.wantsText, !log.showsFailure else { return }
        let emit = emitter(for: log.job)
        for line in log.pump.excerpt {
            if let emit {
                emit(line, log.job.failedStep?.number)
            } else {
                log.pump.append(line, to: &lines)
            }
        }
    }

    /// What the forge remarked on a failed job's files; nothing where the token may not see it, which is said once.
    private func annotationLines(for job: Job) async -> [String] {
        guard board.failed.prefix(Self.annotatedJobs).contains(where: { $0.id == job.id }) else { return [] }
        do throws(ForgeError) {
            let annotations = try await context.forge.annotations(of: job, in: run)
            spendOnDetails()
            return annotations.filter { $0.level == .failure && !Self.isExitCode($0) }
                .prefix(Self.annotationsShown).map(text(of:))
        } catch {
            guard case .forbidden = error, !context.hasHintedAtAnnotations else { return [] }
            context.hasHintedAtAnnotations = true
            return ["(this token may not read annotations)"]
        }
    }

    private func text(of annotation: Annotation) -> String {
        let place = annotation.path.isEmpty ? "" : "\(name(annotation.path)):\(annotation.line): "
        let title = annotation.title.isEmpty ? "" : "\(name(annotation.title)): "
        return place + title + context.narrator.sanitizer.line(annotation.message, limit: 500)
    }

    /// The runner's own remark that a step ended with an exit code, which the log has said already.
    private static func isExitCode(_ annotation: Annotation) -> Bool {
        annotation.message.hasPrefix("Process completed with exit code")
    }
}
