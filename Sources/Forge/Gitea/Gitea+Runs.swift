import HTTP

/// Runs and their jobs, as far as the server's version tells them.
extension Gitea {
    /// The runs of a commit, newest first; without `headSHA` and `createdSince` only the newest page.
    ///
    /// - Throws: `.unsupported` where the server's version does not tell its runs.
    package func runs(matching query: RunQuery) async throws(ForgeError) -> [Run] {
        let version = try await runsVersion()
        var pages = query.headSHA != nil || query.createdSince != nil ? Self.pages : 1
        if let limit = query.limit, pages == 1 { pages = (limit + Self.pageSize - 1) / Self.pageSize }
        let found: [Run]
        switch version.product {
        case .gitea:
            var parameters = ["limit=\(Self.pageSize)"] + Self.parameters(query)
            if let branch = query.headBranch, query.headSHA == nil {
                parameters.append("branch=\(HTTPURL.encoded(branch))")
            }
            let url = try path("/actions/runs?\(parameters.joined(separator: "&"))")
            found = try await list(GiteaAnswer.Runs.self, at: url, what: "the runs", pages: pages)
                .flatMap(\.runs.elements).map { run($0, version) }
        case .forgejo:
            var parameters = ["limit=\(Self.pageSize)"] + Self.parameters(query)
            if let workflow = query.workflow { parameters.append("workflow_id=\(HTTPURL.encoded(workflow))") }
            let url = try path("/actions/runs?\(parameters.joined(separator: "&"))")
            found = try await list(ForgejoAnswer.Runs.self, at: url, what: "the runs", pages: pages)
                .flatMap(\.runs.elements).map(run)
        }
        var seen: Set<String> = []
        return found.filter { Self.fits($0, query) && seen.insert($0.id).inserted }
    }

    package func run(_ id: String) async throws(ForgeError) -> Run {
        let what = "run \(PlainText.line(id, limit: 40))"
        let version = try await runsVersion()
        let url = try path("/actions/runs/\(number(id, what: what))")
        switch version.product {
        case .gitea:
            return run(try await connection.page(GiteaAnswer.WorkflowRun.self, at: url, what: what).value, version)
        case .forgejo:
            return run(try await connection.page(ForgejoAnswer.ActionRun.self, at: url, what: what).value)
        }
    }

    /// The run's jobs; of a server that does not tell them those that a runner took.
    package func jobs(of run: Run) async throws(ForgeError) -> [Job] {
        let what = "the jobs of run \(PlainText.line(run.id, limit: 40))"
        let version = try await runsVersion()
        let url = try path("/actions/runs/\(number(run.id, what: what))/jobs")
        switch version.product {
        case .gitea:
            guard let first = HTTPURL(origin: url.origin, target: "\(url.target)?limit=\(Self.pageSize)") else {
                return []
            }
            var seen: Set<Int64> = []
            return try await list(GiteaAnswer.Jobs.self, at: first, what: what).flatMap(\.jobs.elements)
                .filter { seen.insert($0.id).inserted }.map { job($0, version) }
        case .forgejo where version.tellsJobs:
            let found = try await connection.page(Readable<ForgejoAnswer.ActionJob>.self, at: url, what: what).value
            return found.elements.enumerated().map { job($1, number: $0, of: run) }
        case .forgejo:
            return try await jobsFromTasks(of: run, what: what)
        }
    }

    /// What runners took of the run, from the list of all tasks; of a job that ran again its newest task.
    private func jobsFromTasks(of run: Run, what: String) async throws(ForgeError) -> [Job] {
        let url = try path("/actions/tasks?limit=\(Self.pageSize)")
        let tasks = try await list(ForgejoAnswer.Tasks.self, at: url, what: what, pages: Self.taskPages)
            .flatMap(\.tasks.elements)
            .filter { $0.runNumber == run.number && $0.headSHA.lowercased() == run.headSHA.lowercased() }
            .sorted { $0.id > $1.id }
        var seen: Set<String> = []
        return tasks.filter { seen.insert($0.name).inserted }.reversed().map(job)
    }

    /// The version of a server that tells its runs.
    private func runsVersion() async throws(ForgeError) -> GiteaVersion {
        let version = try await version()
        guard version.tellsRuns else {
            throw .unsupported(host: host.origin.hostAndPort, server: version.name, page: page("/actions"))
        }
        return version
    }

    /// A page of the repository on the web.
    func page(_ tail: String) -> String? {
        host.page("\(host.prefix)/\(repository.owner)/\(repository.name)\(tail)")
    }

    /// `text` as the URL of a page of the repository on the host that is asked, or nil: an API may hand out anything.
    func page(of text: String?) -> String? {
        host.page(text, below: "/\(repository.owner)/\(repository.name)/")
    }

    /// A page of 50 holds the tasks of the last minutes even of a busy repository.
    private static let taskPages = 2

    private static func parameters(_ query: RunQuery) -> [String] {
        [("head_sha", query.headSHA), ("event", query.event)].compactMap { name, value in
            value.map { "\(name)=\(HTTPURL.encoded($0))" }
        }
    }

    /// A server that does not know a parameter passes over it.
    private static func fits(_ run: Run, _ query: RunQuery) -> Bool {
        (query.headSHA.map { $0.lowercased() == run.headSHA.lowercased() } ?? true)
            && (query.event.map { $0 == run.event } ?? true)
            && (query.headBranch.map { run.headBranch == nil || $0 == run.headBranch } ?? true)
            && (query.workflow.map { run.workflowPath.isEmpty || $0 == run.workflowPath } ?? true)
            && (query.createdSince.map { $0 <= run.createdAt } ?? true)
    }
}
