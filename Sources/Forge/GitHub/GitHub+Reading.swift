/// From GitHub's JSON to the words of this room.
extension GitHub {
    func run(_ wire: GitHubAnswer.WorkflowRun) -> Run {
        let path = wire.path ?? ""
        return Run(
            id: String(wire.id), number: wire.number, attempt: wire.attempt ?? 1, name: wire.name ?? path,
            title: wire.title ?? wire.name ?? "", workflowPath: String(path.prefix { $0 != "@" }), event: wire.event,
            headSHA: wire.headSHA, headBranch: wire.headBranch, url: host.page(wire.url),
            state: RunState(gitHub: wire.status, conclusion: wire.conclusion),
            createdAt: Timestamp.second(iso8601: wire.createdAt) ?? 0,
            startedAt: wire.startedAt.flatMap { Timestamp.second(iso8601: $0) },
            updatedAt: wire.updatedAt.flatMap { Timestamp.second(iso8601: $0) })
    }

    func job(_ wire: GitHubAnswer.WorkflowJob) -> Job {
        let state = RunState(gitHub: wire.status, conclusion: wire.conclusion)
        let steps = (wire.steps?.elements ?? []).map { step in
            Step(
                number: step.number, name: step.name,
                state: RunState(gitHub: step.status, conclusion: step.conclusion),
                startedAt: step.startedAt.flatMap { Timestamp.second(iso8601: $0) },
                completedAt: step.completedAt.flatMap { Timestamp.second(iso8601: $0) })
        }
        let runner = wire.runnerName.flatMap { $0.isEmpty ? nil : $0 }
        return Job(
            id: String(wire.id), name: wire.name, state: state, steps: steps.sorted { $0.number < $1.number },
            labels: wire.labels ?? [], runnerName: runner, url: host.page(wire.url),
            startedAt: wire.startedAt.flatMap { Timestamp.second(iso8601: $0) },
            completedAt: wire.completedAt.flatMap { Timestamp.second(iso8601: $0) })
    }
}
