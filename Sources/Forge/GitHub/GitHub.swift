package import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// GitHub Actions of one repository on github.com, ghe.com or a GitHub Enterprise Server, over the REST API.
///
/// Requests are serial and conditional; nothing here waits or tries again, but for what is said at each function.
package final class GitHub: Forge {
    package let product = "GitHub"
    package let repository: RepositoryPath
    package let host: GitHubHost
    let connection: GitHubConnection

    /// Most pages of a list that are asked for: the API gives no more than 1,000 runs, and a run has few more jobs.
    static let pages = 10

    /// A driver that has asked nothing yet.
    ///
    /// - Parameters:
    ///   - repository: owner and name.
    ///   - gitOrigin: origin of the repository's own URL; for an ssh remote https on the same host.
    ///   - credential: the token, sent to the API's origin alone; nil to ask anonymously.
    ///   - transport: sends the requests.
    ///   - userAgent: what hephy calls itself; GitHub refuses requests without.
    ///   - now: seconds since 1970, for answers that don't tell the time.
    package init(
        repository: RepositoryPath, gitOrigin: HTTPOrigin, credential: Secret?, transport: any HTTPTransport,
        userAgent: String = "hephy", now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.repository = repository
        host = GitHubHost(git: gitOrigin)
        connection = GitHubConnection(
            host: host, credential: credential, transport: transport, userAgent: userAgent, now: now)
    }

    package func rateState() -> RateState? { connection.rate }

    package func serverTime() -> Int64? { connection.serverTime }

    /// The runs of a commit, newest first; without `headSHA` and `createdSince` only the newest, as many as wanted.
    package func runs(matching query: RunQuery) async throws(ForgeError) -> [Run] {
        let place = query.workflow.map { "/actions/workflows/\(HTTPURL.encoded($0))/runs" } ?? "/actions/runs"
        let isNarrow = query.headSHA != nil || query.createdSince != nil
        var parameters = ["exclude_pull_requests=true", "per_page=\(isNarrow ? 100 : query.limit ?? 30)"]
        if let sha = query.headSHA { parameters.append("head_sha=\(HTTPURL.encoded(sha))") }
        if let event = query.event { parameters.append("event=\(HTTPURL.encoded(event))") }
        // The parameter knows no tags, so where the commit narrows the list enough the branch is compared here.
        if let branch = query.headBranch, query.headSHA == nil {
            parameters.append("branch=\(HTTPURL.encoded(branch))")
        }
        if let since = query.createdSince {
            parameters.append("created=%3E%3D\(HTTPURL.encoded(Timestamp.iso8601(since)))")
        }
        let found = try await list(
            GitHubAnswer.Runs.self, at: "\(place)?\(parameters.joined(separator: "&"))",
            what: query.workflow.map { "the runs of '\(PlainText.line($0, limit: 100))'" } ?? "the runs",
            pages: isNarrow ? Self.pages : 1)
        var seen: Set<String> = []
        return found.flatMap(\.runs.elements).map(run).filter { run in
            let fits =
                (query.headSHA.map { $0.lowercased() == run.headSHA.lowercased() } ?? true)
                && (query.event.map { $0 == run.event } ?? true)
                && (query.headBranch.map { run.headBranch == nil || $0 == run.headBranch } ?? true)
                && (query.createdSince.map { $0 <= run.createdAt } ?? true)
            return fits && seen.insert(run.id).inserted
        }
    }

    package func run(_ id: String) async throws(ForgeError) -> Run {
        let what = "run \(PlainText.line(id, limit: 40))"
        let path = try path("/actions/runs/\(number(id, what: what))?exclude_pull_requests=true")
        return run(try await connection.page(GitHubAnswer.WorkflowRun.self, at: path, what: what).value)
    }

    package func jobs(of run: Run) async throws(ForgeError) -> [Job] {
        let what = "the jobs of run \(PlainText.line(run.id, limit: 40))"
        let id = try number(run.id, what: what)
        let found = try await list(
            GitHubAnswer.Jobs.self, at: "/actions/runs/\(id)/attempts/\(max(1, run.attempt))/jobs?per_page=100",
            what: what, pages: Self.pages)
        // A job that appears between two pages moves others onto the next one.
        var seen: Set<Int64> = []
        return found.flatMap(\.jobs.elements).filter { seen.insert($0.id).inserted }.map(job)
    }

    /// The job's annotations, at most a hundred; empty where GitHub knows none.
    package func annotations(of job: Job, in run: Run) async throws(ForgeError) -> [Annotation] {
        let what = "the annotations of job \(PlainText.line(job.id, limit: 40))"
        let url = try path("/check-runs/\(number(job.id, what: what))/annotations?per_page=100")
        do {
            return try await connection.page([GitHubAnswer.Remark].self, at: url, what: what).value.map { remark in
                let level: Annotation.Level =
                    switch remark.level {
                    case "notice": .notice
                    case "warning": .warning
                    default: .failure
                    }
                return Annotation(
                    level: level, path: remark.path ?? "", line: remark.line ?? 0, title: remark.title ?? "",
                    message: remark.message ?? "")
            }
        } catch .notFound {
            return []
        }
    }

    package func pendingApprovals(of run: Run) async throws(ForgeError) -> [PendingApproval] {
        let what = "what run \(PlainText.line(run.id, limit: 40)) waits for"
        let url = try path("/actions/runs/\(number(run.id, what: what))/pending_deployments")
        let pending = try await connection.page([GitHubAnswer.PendingDeployment].self, at: url, what: what).value
        return pending.map { deployment in
            let reviewers = (deployment.reviewers ?? []).compactMap {
                $0.reviewer?.login ?? $0.reviewer?.name ?? $0.reviewer?.slug
            }
            return PendingApproval(
                environment: deployment.environment.name ?? "", reviewers: reviewers,
                mayApprove: deployment.mayApprove ?? false, url: host.page(deployment.environment.url))
        }
    }

    package func cancel(_ run: Run) async throws(ForgeError) {
        let what = "run \(PlainText.line(run.id, limit: 40))"
        let url = try path("/actions/runs/\(number(run.id, what: what))/cancel")
        let response = try await connection.exchange(.post, url)
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
    }

    package func rerun(_ run: Run) async throws(ForgeError) {
        let what = "run \(PlainText.line(run.id, limit: 40))"
        let url = try path("/actions/runs/\(number(run.id, what: what))/rerun")
        let response = try await connection.exchange(.post, url)
        guard (200..<300).contains(response.status) else { throw connection.failure(what, response) }
    }

    /// The pages of a list, following `Link` within the API's own origin.
    private func list<Value: Decodable & Sendable>(
        _ type: Value.Type, at start: String, what: String, pages: Int
    ) async throws(ForgeError) -> [Value] {
        var found: [Value] = []
        var next: HTTPURL? = try path(start)
        while let url = next, found.count < pages {
            let page = try await connection.page(type, at: url, what: what)
            found.append(page.value)
            next = page.next
        }
        return found
    }

    /// The URL of something below the repository.
    func path(_ tail: String) throws(ForgeError) -> HTTPURL {
        guard let url = host.url("/repos/\(repository.owner)/\(repository.name)\(tail)") else {
            throw .notFound(host: host.api.hostAndPort, what: PlainText.line(tail, limit: 100))
        }
        return url
    }

    /// An id of this forge, which alone may stand in a path.
    func number(_ id: String, what: String) throws(ForgeError) -> Int64 {
        guard let number = Int64(id), number >= 0 else { throw .notFound(host: host.api.hostAndPort, what: what) }
        return number
    }
}
