extension LocalRecord {
    /// The branch's or tag's own name.
    var shortRef: String {
        for prefix in ["refs/heads/", "refs/tags/"] where request.ref.hasPrefix(prefix) {
            return String(request.ref.dropFirst(prefix.count))
        }
        return request.ref
    }
}

extension Run {
    /// What starts a run on this machine: the helper, once the push has landed.
    static let localEvent = "workflow_dispatch"

    init(_ record: LocalRecord) {
        self.init(
            id: record.id, number: record.number, attempt: 1, name: "Hephy Build",
            title: "Hephy Build \(record.request.inputs["hephy_id"] ?? "")", workflowPath: "",
            event: Self.localEvent, headSHA: record.request.sha, headBranch: record.shortRef, url: nil,
            state: RunState(record.stage, record.ending), createdAt: record.createdAt, startedAt: record.startedAt,
            updatedAt: record.updatedAt)
        remark = record.remark
    }
}

extension Job {
    init(_ job: LocalRecord.Job, id: String) {
        self.init(
            id: id, name: job.name, state: RunState(job.stage, job.ending),
            steps: job.steps.map { step in
                Step(
                    number: step.number, name: step.name, state: RunState(step.stage, step.ending),
                    startedAt: step.startedAt, completedAt: step.finishedAt)
            },
            labels: [], runnerName: LocalForge.host, url: nil, startedAt: job.startedAt, completedAt: job.finishedAt)
    }
}

extension RunState {
    init(_ stage: LocalRecord.Stage, _ ending: LocalRecord.Ending?) {
        switch stage {
        case .queued: self = .queued
        case .pending: self = .pending
        case .running: self = .inProgress
        case .finished:
            switch ending {
            case .success: self = .completed(.success)
            case .failure: self = .completed(.failure)
            case .cancelled: self = .completed(.cancelled)
            case .timedOut: self = .completed(.timedOut)
            case .skipped: self = .completed(.skipped)
            case .lost, nil: self = .completed(.stale)
            }
        }
    }
}
