/// From both products' JSON to the words of this room.
extension Gitea {
    func run(_ wire: GiteaAnswer.WorkflowRun, _ version: GiteaVersion) -> Run {
        let parts = (wire.path ?? "").split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let file = parts.first.map(String.init) ?? ""
        let branch = wire.headBranch.flatMap { $0.isEmpty ? nil : $0 }
        let started = Timestamp.set(wire.startedAt)
        return Run(
            id: String(wire.id), number: wire.number, attempt: max(1, wire.attempt ?? 1), name: file,
            title: wire.title ?? "", workflowPath: file, event: wire.event, headSHA: wire.headSHA,
            headBranch: branch ?? (parts.count > 1 ? Self.shortName(of: String(parts[1])) : nil),
            url: page(of: wire.url),
            state: RunState(giteaRun: wire.status, conclusion: wire.conclusion, in: version),
            createdAt: creation(wire.createdAt, started), startedAt: started,
            updatedAt: Timestamp.set(wire.completedAt) ?? Timestamp.set(wire.updatedAt))
    }

    func run(_ wire: ForgejoAnswer.ActionRun) -> Run {
        let file = wire.workflow ?? ""
        let started = Timestamp.set(wire.startedAt)
        return Run(
            id: String(wire.id), number: wire.number, attempt: 1, name: file, title: wire.title ?? "",
            workflowPath: file, event: wire.triggerEvent.flatMap { $0.isEmpty ? nil : $0 } ?? wire.event ?? "",
            headSHA: wire.headSHA, headBranch: wire.ref.flatMap { $0.isEmpty ? nil : Self.shortName(of: $0) },
            url: page(of: wire.url),
            state: RunState(forgejo: wire.status, needsApproval: wire.needsApproval ?? false),
            createdAt: creation(wire.createdAt, started), startedAt: started,
            updatedAt: Timestamp.set(wire.stoppedAt) ?? Timestamp.set(wire.updatedAt))
    }

    func job(_ wire: GiteaAnswer.WorkflowJob, _ version: GiteaVersion) -> Job {
        let steps = version.tellsSteps ? wire.steps?.elements ?? [] : []
        return Job(
            id: String(wire.id), name: wire.name,
            state: RunState(giteaJob: wire.status, conclusion: wire.conclusion, in: version),
            steps: steps.map { step in
                Step(
                    number: step.number, name: step.name,
                    state: RunState(giteaJob: step.status, conclusion: step.conclusion, in: version),
                    startedAt: Timestamp.set(step.startedAt), completedAt: Timestamp.set(step.completedAt))
            },
            labels: wire.labels ?? [], runnerName: wire.runnerName.flatMap { $0.isEmpty ? nil : $0 },
            url: page(of: wire.url), startedAt: Timestamp.set(wire.startedAt),
            completedAt: Timestamp.set(wire.completedAt))
    }

    /// `number` is the job's place in the run, by which web addresses know it.
    func job(_ wire: ForgejoAnswer.ActionJob, number: Int, of run: Run) -> Job {
        Job(
            id: String(wire.id), name: wire.name, state: RunState(forgejoJob: wire.status), steps: [],
            labels: wire.labels ?? [], runnerName: wire.task.flatMap { $0 > 0 ? "" : nil },
            url: run.url.map { "\($0)/jobs/\(number)" }, startedAt: nil, completedAt: nil)
    }

    func job(_ wire: ForgejoAnswer.Task) -> Job {
        let state = RunState(forgejoJob: wire.status)
        return Job(
            id: "task-\(wire.id)", name: wire.name, state: state, steps: [], labels: [], runnerName: "",
            url: page(of: wire.url), startedAt: Timestamp.set(wire.startedAt),
            completedAt: state.isFinished ? Timestamp.set(wire.updatedAt) : nil)
    }

    /// A run whose creation is not told and that has not begun was made just now.
    private func creation(_ text: String?, _ started: Int64?) -> Int64 {
        Timestamp.set(text) ?? started ?? connection.serverTime ?? now()
    }

    /// The branch or tag name that a full ref stands for; other refs stay as they are.
    static func shortName(of ref: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }
}
