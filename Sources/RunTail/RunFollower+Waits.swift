import Forge

/// What has been said about waiting.
struct WaitNotes {
    var approvals = false
    var concurrency = false
    /// When each job was first seen queued, and whether that was remarked upon.
    var queued: [String: (since: Duration, isSaid: Bool)] = [:]
    /// Jobs of which the reason was said.
    var explained: Set<String> = []
    /// What was said last.
    var reason: String?
}

/// What a follower says while nothing moves.
extension RunFollower {
    static let queuePatience: Duration = .seconds(60)

    private var narrator: Narrator { context.narrator }

    func noteWaiting() async {
        guard !isDone, !run.state.isFinished else { return }
        noteQueue()
        let isWaiting = run.state == .waiting || board.jobs.contains { $0.state == .waiting }
        let explained = board.jobs.filter { $0.waitReason != nil }
        tellReasons(explained)
        let isPending =
            explained.isEmpty && run.state == .pending
            || board.jobs.contains { $0.state == .pending && $0.waitReason == nil }
        if isWaiting, !waits.approvals {
            waits.approvals = true
            await tellApprovals()
        } else if !isWaiting {
            waits.approvals = false
        }
        if isPending, !isWaiting, !waits.concurrency {
            waits.concurrency = true
            await tellConcurrency()
        } else if !isPending {
            waits.concurrency = false
        }
        if isWaiting, let heldFor, heldFor >= context.options.approvalPatience { end(.waitingForPerson) }
    }

    private func noteQueue() {
        let now = context.clock.now
        var overdue: [[String]: [Job]] = [:]
        for job in board.jobs where job.state == .queued && job.runnerName == nil {
            let (since, isSaid) = waits.queued[job.id] ?? (now, false)
            let isLong = now - since >= Self.queuePatience
            waits.queued[job.id] = (since, isSaid || isLong)
            if isLong, !isSaid { overdue[job.labels, default: []].append(job) }
        }
        tellOfNoJobs(now)
        for (labels, jobs) in overdue.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let wanted = labels.isEmpty ? "" : " with labels [\(labels.map { name($0) }.joined(separator: ", "))]"
            let place = jobs.count == 1 ? jobs.first?.url ?? run.url : run.url
            tell("waiting for a runner\(wanted): \(Self.list(jobs.map { name($0.name) }))", at: place)
        }
    }

    /// Some forges tell a job when a runner has taken it, and not before.
    private func tellOfNoJobs(_ now: Duration) {
        guard board.jobs.isEmpty, run.state == .queued else { return }
        let (since, isSaid) = waits.queued[""] ?? (now, false)
        let isLong = now - since >= Self.queuePatience
        waits.queued[""] = (since, isSaid || isLong)
        if isLong, !isSaid { tell("no job has begun yet: waiting for a runner", at: run.url) }
    }

    /// Says once of each job why it waits, where the forge tells.
    private func tellReasons(_ jobs: [Job]) {
        for job in jobs where waits.explained.insert(job.id).inserted {
            tell("\(name(job.name)) waits: \(name(job.waitReason ?? ""))", at: job.url ?? run.url)
        }
    }

    private func tellApprovals() async {
        guard
            case .value(let approvals) = await ask({ () async throws(ForgeError) in
                try await context.forge.pendingApprovals(of: run)
            })
        else {
            return tell("waiting for approval", at: run.url, tone: .plain)
        }
        if approvals.isEmpty { return tell("waiting for approval", at: run.url, tone: .plain) }
        for approval in approvals.prefix(10) {
            let people =
                approval.reviewers.isEmpty
                ? "" : " by \(Self.list(approval.reviewers.map { name($0) }))"
            let mine = approval.mayApprove ? " (you may approve)" : ""
            tell(
                "waiting for approval of environment '\(name(approval.environment))'\(people)\(mine)",
                at: approval.url ?? run.url, tone: .plain)
        }
    }

    private func tellConcurrency() async {
        let others = await otherRuns(ofAnyBranch: context.forge.isThisMachine).filter { !$0.state.isFinished }
        let other = others.first { $0.state == .inProgress } ?? others.first { $0.number < run.number } ?? others.first
        tell(
            "waiting for \(other.map { "#\($0.number)" } ?? "another run of its concurrency group")", at: other?.url)
    }

    /// Says what is waited for and where somebody can act, and keeps it for the status line.
    private func tell(_ reason: String, at url: String?, tone: Narrator.Tone = .quiet) {
        waits.reason = reason
        report(.waiting(run, reason: narrator.sanitizer.line(reason), url: url))
        let text = lead + reason + (url.map { "   \($0)" } ?? "")
        if narrator.isQuiet, tone == .plain {
            kept += narrator.line(Narrator.indentation, text, tone)
        } else {
            narrator.note(text, tone)
        }
    }

    /// Says something that a quiet tail keeps for a bad verdict.
    func say(_ text: String) {
        if narrator.isQuiet {
            kept += narrator.line(Narrator.indentation, text, .plain)
        } else {
            narrator.detail(text)
        }
    }

    /// Other runs of the same workflow and branch, newest first; none where the forge does not say.
    func otherRuns(ofAnyBranch isWide: Bool = false) async -> [Run] {
        let file = run.workflowPath.split(separator: "/").last.map(String.init)
        let query = RunQuery(headBranch: isWide ? nil : run.headBranch, workflow: file)
        guard
            case .value(let runs) = await ask({ () async throws(ForgeError) in
                try await context.forge.runs(matching: query)
            })
        else { return [] }
        return runs.filter { other in
            other.id != run.id && (isWide || other.headBranch == run.headBranch)
                && (other.workflowPath == run.workflowPath || other.workflowPath.isEmpty)
        }
    }

    /// One request whose failure changes nothing.
    private func ask<Value>(_ request: () async throws(ForgeError) -> Value) async -> TailContext.Answer<Value> {
        do throws(ForgeError) {
            let value = try await request()
            spendOnDetails()
            return .value(value)
        } catch {
            return .later
        }
    }
}
