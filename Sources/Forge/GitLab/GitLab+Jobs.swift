import HTTP
import Synchronization

/// The jobs of a pipeline and of those that it waits for.
extension GitLab {
    /// Levels of pipelines below the first one; GitLab itself allows two of one project's own.
    private static let deepest = 3
    /// How many looks at a pipeline's jobs there are between two at its bridges, which start other pipelines.
    private static let looksPerBridges = 4

    /// All jobs, retried ones too; those of a pipeline that a job waits for are named `JOB / THEIR NAME`.
    package func jobs(of run: Run) async throws(ForgeError) -> [Job] {
        let what = "the jobs of pipeline \(PlainText.line(run.id, limit: 40))"
        let pipeline = try number(run.id, what: what)
        return try await jobs(
            of: pipeline, in: nil, named: "", isOver: run.state.isFinished, depth: 0, what: what)
    }

    private func jobs(
        of pipeline: Int64, in other: Int64?, named lead: String, isOver: Bool, depth: Int, what: String
    ) async throws(ForgeError) -> [Job] {
        let url = try path("/pipelines/\(pipeline)/jobs?include_retried=true&per_page=100", of: other)
        let pages = try await list(Readable<GitLabAnswer.PipelineJob>.self, at: url, what: what)
        var seen: Set<Int64> = []
        // Newest first on the wire; the order in which they were made is that of the stages.
        let found = pages.flatMap(\.elements).filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
        var newest: [String: Int64] = [:]
        for job in found { newest[job.name] = job.id }
        var jobs = found.map { wire in
            var job = job(wire, named: lead)
            job.isRetried = newest[wire.name] != wire.id
            return job
        }
        if let other {
            state.withLock { state in for job in jobs { state.projects[job.id] = other } }
        }
        for bridge in try await bridges(of: pipeline, in: other, isOver: isOver, what: what) {
            jobs += try await self.jobs(behind: bridge, named: lead, isOver: isOver, depth: depth, what: what)
        }
        return jobs
    }

    /// A bridge as a job, and with it the jobs of its pipeline where it waits for that.
    private func jobs(
        behind bridge: GitLabAnswer.PipelineJob, named lead: String, isOver: Bool, depth: Int, what: String
    ) async throws(ForgeError) -> [Job] {
        var own = job(bridge, named: lead)
        own.hasLog = false
        guard let downstream = bridge.downstream else { return [own] }
        own.url = host.page(downstream.url) ?? own.url
        let theirs = RunState(gitLabPipeline: downstream.status)
        // Without `strategy: depend` a bridge has done its work when the other pipeline is made.
        let isDetached = own.state == .completed(.success) && !theirs.isFinished
        guard !isDetached, depth < Self.deepest else { return [own] }
        do throws(ForgeError) {
            return try await [own]
                + jobs(
                    of: downstream.id, in: downstream.projectID, named: "\(lead)\(bridge.name) / ", isOver: isOver,
                    depth: depth + 1, what: what)
        } catch {
            switch error {
            // Another project's pipeline that is not for these eyes: the bridge and its link tell enough.
            case .notFound, .forbidden, .unauthorized: return [own]
            default: throw error
            }
        }
    }

    /// The jobs of a pipeline that start others; asked for now and then, as most pipelines have none.
    private func bridges(
        of pipeline: Int64, in other: Int64?, isOver: Bool, what: String
    ) async throws(ForgeError) -> [GitLabAnswer.PipelineJob] {
        let known = state.withLock { state in
            state.bridges[pipeline]?.looks += 1
            return state.bridges[pipeline]
        }
        if let known, known.found.isEmpty || (known.looks < Self.looksPerBridges && !isOver) { return known.found }
        let url = try path("/pipelines/\(pipeline)/bridges?per_page=100", of: other)
        let found = try await connection.page(
            Readable<GitLabAnswer.PipelineJob>.self, at: url, what: what
        ).value.elements.sorted { $0.id < $1.id }
        state.withLock { $0.bridges[pipeline] = (found, 0) }
        return found
    }

    private func job(_ wire: GitLabAnswer.PipelineJob, named lead: String) -> Job {
        var job = Job(
            id: String(wire.id), name: lead + wire.name,
            state: RunState(gitLabJob: wire.status, reason: wire.failureReason), steps: [], labels: wire.tags ?? [],
            runnerName: wire.runner?.description, url: host.page(wire.url),
            startedAt: wire.startedAt.flatMap { Timestamp.second(iso8601: $0) },
            completedAt: wire.finishedAt.flatMap { Timestamp.second(iso8601: $0) })
        job.mayFail = wire.mayFail ?? false
        job.failureReason = wire.failureReason
        job.waitReason =
            switch wire.status {
            case "waiting_for_resource": "another job has the resource that it needs (resource_group)"
            case "scheduled": "it starts later, by itself (a delayed job)"
            default: nil
            }
        return job
    }
}
