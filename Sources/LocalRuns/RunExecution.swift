import Forge

/// The jobs of one run, in their order: plan, a build for each platform, index.
struct RunExecution {
    let journal: RunJournal
    let environment: [String: String]

    private var request: LocalRequest { journal.record.request }

    /// - Throws: `LocalRunsError` for the first job that fails; its log and the record say so.
    func run() async throws(LocalRunsError) {
        try journal.update { record in
            record.stage = .running
            record.startedAt = RunJournal.now
        }
        var plan = RunPlan(request, number: journal.record.number)
        try await job("plan", ["Plan", "Tags"]) { job throws(LocalRunsError) in
            try await self.plan(&plan, job)
        }
        var digests: [String] = []
        for platform in plan.platforms {
            try await job("build (\(platform))", [plan.buildStepName]) { job throws(LocalRunsError) in
                let outputs = try await build(platform, plan, job)
                if let digest = outputs["digest"] { digests.append("\(platform) \(digest)") }
            }
        }
        if plan.hasIndex {
            try await job("index", ["Index"]) { job throws(LocalRunsError) in
                let outputs = try await job.step(
                    1, script: "index.sh",
                    variables: plan.variables(["HEPHY_DIGESTS": digests.joined(separator: "\n")]))
                try noteOutcome(outputs, plan)
            }
        }
    }

    private func plan(_ plan: inout RunPlan, _ job: RunJob) async throws(LocalRunsError) {
        try await plan.chooseBuilder(environment: environment)
        let outputs = try await job.step(1, script: "plan.sh", variables: plan.variables())
        plan.take(outputs)
        plan.defaultBranch = job.defaultBranch
        try await job.step(2, script: "tags.sh", variables: plan.variables(), keepsOutput: true)
        plan.tags = job.printed
    }

    private func build(
        _ platform: String, _ plan: RunPlan, _ job: RunJob
    ) async throws(LocalRunsError) -> [String: String] {
        let outputs = try await job.step(
            1, script: plan.buildScript, variables: plan.variables(["HEPHY_PLATFORM": platform]))
        if !plan.hasIndex { try noteOutcome(outputs, plan) }
        return outputs
    }

    private func noteOutcome(_ outputs: [String: String], _ plan: RunPlan) throws(LocalRunsError) {
        try journal.update { record in
            record.outcome = LocalRecord.Outcome(image: outputs["ref"] ?? plan.image, digest: outputs["digest"])
        }
    }

    /// Runs one job; its steps follow the checkout, which is its first.
    private func job(
        _ name: String, _ steps: [String], _ body: (RunJob) async throws(LocalRunsError) -> Void
    ) async throws(LocalRunsError) {
        let sha = request.sha.prefix(7)
        let steps = (["Check out \(sha)"] + steps).enumerated().map { LocalRecord.Step(number: $0 + 1, name: $1) }
        try journal.update { $0.jobs.append(LocalRecord.Job(name: name, steps: steps, startedAt: RunJournal.now)) }
        let job = try RunJob(journal, environment: environment)
        do throws(LocalRunsError) {
            try await job.checkOut()
            try await body(job)
            try job.end(.success)
        } catch {
            // A run that was interrupted ends its jobs with itself.
            if error != .interrupted { job.fail(error) }
            throw error
        }
    }
}
