import Forge

/// Follows one run: asks for it and its jobs in turn, each when it is due.
final class RunFollower {
    private enum Phase {
        case following
        /// The run is finished; the final state of its jobs is still to be asked for.
        case closing
        /// Only logs are still to come.
        case draining
        case done(RunResult)
    }

    /// How often a run may be missing before it counts as deleted.
    private static let missesAllowed = 3
    /// How long a run may stay as it is that the forge calls completed without saying how it ended.
    private static let conclusionPatience: Duration = .seconds(600)

    let context: TailContext
    let label: String
    private(set) var run: Run
    var board: JobBoard
    var logs: [PendingLog] = []
    /// What a quiet tail says if the verdict is bad.
    var kept: [UInt8] = []
    var waits = WaitNotes()
    /// What the run says it made.
    var facts = RunFacts()
    /// Whether a log that was wanted could not be had, or not all of it.
    var hasMissedLogs = false

    private var phase = Phase.following
    private var cadence: Cadence
    private var budget: RequestBudget
    private let began: Duration
    private var mode = Cadence.Mode.queued
    private var modeSince: Duration
    private var nextRun: Duration
    private var nextJobs: Duration
    private var lastRun: Duration
    /// Nil where the jobs are to be asked for at once.
    private var lastJobs: Duration?
    private var misses = 0
    private var closingLooks = 0
    private var billedUnchanged = 0
    /// Whether the last look at the run told something new, which is billed.
    private var hasRunChanged = false
    /// When the run or its jobs were last seen to change.
    private var changedAt: Duration

    init(run: Run, label: String, sharing runs: Int, context: TailContext) {
        self.run = run
        self.label = label.isEmpty ? "" : context.narrator.sanitizer.line(label, limit: 80)
        self.context = context
        board = JobBoard(runsOneByOne: context.forge.isThisMachine)
        cadence = Cadence(
            isAnonymous: context.options.isAnonymous, isThisMachine: context.forge.isThisMachine,
            leastPause: context.forge.leastPause)
        budget = RequestBudget(runs: runs)
        began = context.clock.now
        modeSince = began
        nextJobs = began
        lastRun = began
        changedAt = began
        nextRun = began + context.jittered(cadence.runPause(.queued, age: .zero))
        if run.state.isFinished { phase = .closing }
    }

    /// Whether nothing but logs is waited for.
    var isDraining: Bool {
        if case .draining = phase { true } else { false }
    }

    var isDone: Bool {
        if case .done = phase { true } else { false }
    }

    /// Only to be asked once the run is done.
    var result: RunResult {
        if case .done(let result) = phase { return result }
        return result(.detached, duration: age)
    }

    var due: Duration {
        let nextLog = logs.map(\.due).min()
        switch phase {
        case .following: return min(nextRun, nextJobs, nextLog ?? nextRun)
        case .closing: return nextJobs
        case .draining: return nextLog ?? .zero
        case .done: return .zero
        }
    }

    var age: Duration { context.clock.now - began }

    /// Does the one thing that is due.
    func step() async {
        let now = context.clock.now
        budget.advance(to: age)
        if let index = logs.indices.filter({ logs[$0].due <= now }).min(by: { logs[$0].due < logs[$1].due }) {
            return await fetchLog(at: index)
        }
        switch phase {
        case .following where nextRun <= nextJobs: await lookAtRun()
        case .following, .closing: await lookAtJobs()
        case .draining: await conclude()
        case .done: break
        }
    }

    func end(_ verdict: RunVerdict) {
        logs = []
        let duration = Elapsed(from: run.startedAt, to: run.updatedAt)?.duration
        let result = result(verdict, duration: run.state.isFinished ? duration ?? age : age)
        phase = .done(result)
        announce(result)
        report(.verdict(result, image: facts.image, deployed: facts.deployed))
    }

    private func result(_ verdict: RunVerdict, duration: Duration) -> RunResult {
        RunResult(
            run: run, verdict: verdict, failedJobs: board.failed, duration: duration, jobs: board.jobs,
            hasMissedLogs: hasMissedLogs)
    }

    /// Tells a program that reads along.
    func report(_ event: TailEvent) {
        context.options.events?(event)
    }

    // MARK: - Looking

    private func lookAtRun() async {
        let before = context.forge.rateState()
        switch await context.ask({ () async throws(ForgeError) in try await context.forge.run(run.id) }) {
        case .value(let fresh):
            misses = 0
            lastRun = context.clock.now
            hasRunChanged = fresh != run
            if hasRunChanged { changedAt = lastRun }
            account(isChanged: hasRunChanged, before)
            await accept(fresh)
            schedule()
        case .missing: miss()
        case .stop(let verdict): end(verdict)
        case .later: break
        }
    }

    private func lookAtJobs() async {
        let before = context.forge.rateState()
        switch await context.ask({ () async throws(ForgeError) in try await context.forge.jobs(of: run) }) {
        case .value(let all):
            let fresh = context.options.selectJobs(all)
            misses = 0
            account(isChanged: fresh != board.jobs, before)
            if fresh != board.jobs { changedAt = context.clock.now }
            lastJobs = context.clock.now
            await catchUp(with: fresh)
            for event in board.update(fresh) { tell(event) }
            if context.options.isOnce { return stopLooking() }
            await noteWaiting()
            if case .closing = phase { close() } else { schedule() }
        case .missing:
            if case .closing = phase { phase = .draining } else { miss() }
        case .stop(let verdict):
            if case .closing = phase { phase = .draining } else { end(verdict) }
        case .later: break
        }
    }

    private func accept(_ fresh: Run) async {
        // A server behind a balancer may still tell the attempt before.
        guard fresh.attempt >= run.attempt else { return }
        let isNewAttempt = fresh.attempt > run.attempt
        let hasBegun = fresh.state == .inProgress && run.state != .inProgress
        run = fresh
        if isNewAttempt {
            board = JobBoard(runsOneByOne: context.forge.isThisMachine)
            logs = []
            waits = WaitNotes()
            facts = RunFacts()
            announceAttempt()
        }
        if isNewAttempt || hasBegun { lastJobs = nil }
        if fresh.state == .unknown("completed"), context.clock.now - changedAt >= Self.conclusionPatience {
            return end(.lost(reason: "the forge calls it completed and does not say how it ended"))
        }
        guard fresh.state.isFinished else { return await noteWaiting() }
        if context.isShutOut { return await conclude() }
        phase = .closing
        nextJobs = context.clock.now
        // Seen finished a moment ago: nothing can have come since.
        if !isNewAttempt, isExplained, let lastJobs, context.clock.now - lastJobs < .milliseconds(1500) {
            phase = .draining
        }
    }

    /// Whether the known jobs are finished, and a failed run has its failed job among them.
    private var isExplained: Bool {
        guard board.areAllFinished, case .completed(let conclusion) = run.state else { return false }
        return !conclusion.isFailure || !board.failed.isEmpty
    }

    /// Shows what there is of the logs, and ends then.
    private func stopLooking() {
        for index in logs.indices where !logs[index].job.state.isFinished { logs[index].isOnlyTry = true }
        let silent = board.running.filter { job in !logs.contains { $0.job.id == job.id } }
        if context.options.logs == .all, !silent.isEmpty {
            let names = Self.list(silent.map { name($0.name) })
            context.narrator.note(
                "\(lead)\(names): still running; the log comes when it has ended (--follow waits for it)")
        }
        phase = .draining
    }

    /// The jobs' records may lag behind the run's own.
    private func close() {
        closingLooks += 1
        // What comes behind a job that waits for a person stays as it is.
        if board.unfinished.isEmpty || closingLooks > 2 || run.state == .completed(.actionRequired) {
            phase = .draining
        } else {
            nextJobs = context.clock.now + .milliseconds(700)
        }
    }

    private func miss() {
        misses += 1
        if misses >= Self.missesAllowed { return end(.lost(reason: "the forge no longer has the run")) }
        nextRun = context.clock.now + context.jittered(.seconds(2))
        nextJobs = max(nextJobs, nextRun + .milliseconds(1))
    }

    /// Books a request that was answered.
    ///
    /// An unchanged answer is free unless the limit is seen to fall.
    private func account(isChanged: Bool, _ before: RateState?) {
        if isChanged { return budget.spend() }
        guard let before, let after = context.forge.rateState(), before.resetAt == after.resetAt else {
            if !cadence.unchangedIsFree { budget.spend() }
            return
        }
        if after.remaining < before.remaining {
            budget.spend()
            billedUnchanged += 1
            if billedUnchanged >= 3 { cadence.unchangedIsFree = false }
        } else {
            billedUnchanged = 0
            cadence.unchangedIsFree = true
        }
    }

    func spendOnDetails() {
        budget.spend()
    }

    // MARK: - When to look next

    private func schedule() {
        guard case .following = phase else { return }
        let now = context.clock.now
        enter(currentMode())
        if let rate = context.forge.rateState() {
            cadence.isAnonymous = context.options.isAnonymous || rate.limit <= Cadence.anonymousLimit
        }
        let modeAge = now - modeSince
        let scarcity = Cadence.pause(for: context.forge.rateState())
        let isFree = context.forge.isThisMachine
        let wait = isFree ? .zero : budget.wait(overdraft: mode == .settling ? RequestBudget.reserve : 0)
        // The run's answer rarely changes, so it is rarely billed and need not wait for the jobs' share.
        let isRunFree = cadence.unchangedIsFree && !hasRunChanged
        let runWait = isFree ? .zero : isRunFree ? budget.wait(overdraft: RequestBudget.reserve) : wait
        let runPause = context.jittered(cadence.runPause(mode, age: modeAge))
        let jobsPause = context.jittered(cadence.jobsPause(mode, age: modeAge))
        nextRun = max(lastRun + runPause, now + runWait)
        nextJobs = max(lastJobs.map { $0 + jobsPause } ?? now, now + wait)
        // Where both are billed they take turns, or the run would have the whole budget.
        if !isRunFree, !isFree, lastJobs ?? .zero < lastRun { nextRun = max(nextRun, nextJobs + .milliseconds(1)) }
        // Nothing runs any more: the run's own end is all that is waited for.
        if board.areAllFinished, let lastJobs, lastJobs > lastRun { nextRun = now }
        guard scarcity > .zero else { return }
        // One request each time, in turn.
        let isRunsTurn = lastJobs.map { $0 >= lastRun } ?? false
        nextRun = max(nextRun, now + (isRunsTurn ? scarcity : scarcity * 2))
        nextJobs = max(nextJobs, now + (isRunsTurn ? scarcity * 2 : scarcity))
    }

    private func enter(_ new: Cadence.Mode) {
        guard new != mode else { return }
        mode = new
        modeSince = context.clock.now
    }

    private func currentMode() -> Cadence.Mode {
        let unfinished = board.unfinished
        if board.areAllFinished { return .settling }
        if !board.running.isEmpty { return unfinished.allSatisfy(\.isWindingDown) ? .settling : .running }
        let states = unfinished.isEmpty ? [run.state] : unfinished.map(\.state)
        if run.state == .pending || run.state == .waiting { return .held }
        if states.allSatisfy({ $0 == .pending || $0 == .waiting }) { return .held }
        return run.state == .inProgress && unfinished.isEmpty ? .running : .queued
    }

    /// How long nothing has gone on but waiting.
    var heldFor: Duration? { mode == .held ? context.clock.now - modeSince : nil }
}
