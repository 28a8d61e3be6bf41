import BuildPlan
import Credentials
import Forge
import Git
import HTTP
import RemoteHelper
import RunTail

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Follows runs to their end: on the screen, in the records, and with Ctrl-C understood.
struct RunSession {
    let connection: ForgeConnection
    let records: RunRecords?
    let output: any TailOutput
    let clock: any Clock<Duration>
    var logs: PushSettings.Logs = .auto
    var timeout: Duration?
    var isQuiet = false
    /// Gets what happens, for a program that reads along.
    var events: (@Sendable (TailEvent) -> Void)?
    /// What of the logs alone is wanted; nil where a run is followed for its verdict.
    var logRequest: LogRequest?
    /// Whether git waits for the end; where it goes away, this ends as well.
    var isServingGit = false
    /// The repository whose hook follows, on the server of the person who reads it.
    var serverRepository: String?
    /// What a person types to come back: `hephy watch`, or with the commit where there are several runs.
    var comeBack = "hephy watch"

    /// Logs, and nothing else of a run.
    struct LogRequest: Sendable {
        /// Where their lines go.
        var output: any TailOutput
        /// Whether more is waited for.
        var isFollowing: Bool
        var selectJobs: @Sendable ([Job]) -> [Job]
    }

    /// A run with what the record of it needs.
    struct Followed: Sendable {
        var run: Run
        var ref: String
        var isOurs: Bool
        var remote: String
        var remoteName: String?
    }

    /// Follows `runs` side by side.
    ///
    /// - Returns: the status of the whole, from all verdicts.
    func follow(_ runs: [Followed]) async -> ExitStatus {
        let results = await results(of: runs)
        let statuses = results.map { result in status(of: result.verdict) }
        for (followed, status) in zip(runs, statuses) {
            records?.append(record(followed, status: status))
        }
        return ExitStatus.combined(statuses)
    }

    /// Follows `runs` side by side, and keeps record that they were; what came of it is for the caller to note.
    func results(of runs: [Followed]) async -> [RunResult] {
        note(runs)
        let interruption = Interruption(lastWords: lastWords)
        let tail = RunTail(
            forge: connection.forge, output: output, logOutput: logRequest?.output, clock: clock,
            options: options(runs))
        let results = await withTaskGroup(of: Optional<[RunResult]>.self) { group in
            group.addTask { await tail.follow(runs.map(\.run)) }
            if isServingGit {
                // Nobody reads what a killed git's helper prints.
                group.addTask {
                    await CallingGit.hasGone()
                    return nil
                }
            }
            var results: [RunResult]?
            for await ended in group {
                group.cancelAll()
                results = results ?? ended
            }
            return results ?? []
        }
        withExtendedLifetime(interruption) {}
        return results
    }

    /// Keeps record of `runs`, so that `hephy watch` finds them.
    func note(_ runs: [Followed]) {
        for followed in runs { records?.append(record(followed, status: nil)) }
    }

    private var lastWords: String {
        Interruption.words(
            "the run goes on: '\(comeBack)' comes back to it, 'hephy cancel' stops it", erasing: output.showsStatus)
    }

    private func options(_ runs: [Followed]) -> TailOptions {
        var options = TailOptions()
        options.logs = TailOptions.LogMode(rawValue: logs.rawValue) ?? .auto
        let ours = Set(runs.filter(\.isOurs).map(\.run.id))
        options.isOurs = { ours.contains($0.id) }
        options.isAnonymous = connection.isSlow
        options.isQuiet = isQuiet
        options.timeout = timeout
        options.masks = connection.credential.map { $0.secret.reveal { [$0] } } ?? []
        options.events = events
        if let logRequest {
            options.isForLogsAlone = true
            options.isOnce = !logRequest.isFollowing
            options.selectJobs = logRequest.selectJobs
        }
        let repository = connection.repositoryName
        if connection.forge.isThisMachine {
            let place = serverRepository.map { "on the server, in \($0): " } ?? ""
            options.commandForMore = { run, _ in "\(place)hephy watch --logs all \(run.id)" }
            return options
        }
        options.commandForMore = { run, _ in repository.map { "gh run view \(run.id) --log-failed -R \($0)" } }
        return options
    }

    /// Prints what the tail leaves to us and names the status.
    func status(of verdict: RunVerdict) -> ExitStatus {
        if case .credentials(let error) = verdict {
            return FailureReport(.forge(error, doing: .following, on: connection.product)).say()
        }
        return ExitStatus(verdict)
    }

    private func record(_ followed: Followed, status: ExitStatus?) -> RunRecord {
        RunRecord(
            time: Int64(time(nil)), remote: followed.remote, remoteName: followed.remoteName,
            product: connection.forge.product, run: followed.run.id, number: followed.run.number,
            name: followed.run.name, ref: followed.ref, sha: followed.run.headSHA, url: followed.run.url,
            isOurs: followed.isOurs, status: status?.rawValue)
    }
}
