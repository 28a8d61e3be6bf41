import BuildPlan
import Forge
package import Git
import RunTail
import Synchronization

/// Prints the logs of runs, on standard output.
package struct RunLogs: Sendable {
    private let revisit: RunRevisit

    package init(_ location: RepositoryLocation) {
        revisit = RunRevisit(location)
    }

    /// What of the logs is wanted.
    package struct Request: Sendable {
        /// A job's name, or a part of it; nil for all.
        package var job: String?
        /// Whether only steps that failed are wanted.
        package var isOfFailures = false
        /// Whether more is waited for, until the run has ended.
        package var isFollowing = false
        package var asJSON = false

        package init() {}
    }

    /// Prints the logs of the runs that `text` (RUN or COMMIT, nil for the newest) selects.
    ///
    /// - Returns: how the run ended where it is followed to its end; else whether all that was wanted could be had.
    package func show(_ text: String?, remote: String?, _ request: Request) async -> ExitStatus {
        do {
            let found = try await revisit.find(text, remote: remote)
            let environment = revisit.location.git.environment
            let choice = JobChoice(request.job)
            var session = RunSession(
                connection: found.forge.connection, records: nil,
                output: OutputStyle.output(descriptor: 2, environment: environment, allowsProgress: false),
                clock: revisit.clock)
            session.logs = request.isOfFailures ? .failed : .all
            session.logRequest = RunSession.LogRequest(
                output: OutputStyle.output(descriptor: 1, environment: environment, allowsProgress: false),
                isFollowing: request.isFollowing, selectJobs: choice.select)
            if request.asJSON { session.events = EventLines(of: found.runs).write }
            let results = await session.results(of: found.runs)
            if let wanted = request.job, results.allSatisfy(\.jobs.isEmpty) {
                return FailureReport(.noSuchJob(wanted, has: choice.names)).say()
            }
            let isMissing = results.contains(where: \.hasMissedLogs)
            if request.isFollowing {
                return ExitStatus.combined(results.map { session.status(of: $0.verdict) })
            }
            for result in results {
                if case .credentials = result.verdict { return session.status(of: result.verdict) }
            }
            if results.contains(where: { if case .lost = $0.verdict { true } else { false } }) { return .lost }
            if request.isOfFailures, results.allSatisfy(\.failedJobs.isEmpty) { StandardError.say("no job has failed") }
            return isMissing ? .lost : .succeeded
        } catch {
            return FailureReport(error).say()
        }
    }
}

/// The jobs that somebody named, and all that there were.
private final class JobChoice: Sendable {
    private let wanted: String?
    private let seen = Mutex<[String]>([])

    init(_ wanted: String?) {
        self.wanted = wanted
    }

    /// The names of all jobs.
    var names: [String] { seen.withLock { $0 } }

    /// The job of that name, or else those whose name holds it.
    func select(_ jobs: [Job]) -> [Job] {
        seen.withLock { seen in
            for job in jobs where !seen.contains(job.name) { seen.append(job.name) }
        }
        guard let wanted else { return jobs }
        let exact = jobs.filter { $0.name == wanted }
        return exact.isEmpty ? jobs.filter { $0.name.lowercased().contains(wanted.lowercased()) } : exact
    }
}
