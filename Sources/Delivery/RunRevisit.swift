package import BuildPlan
import Forge
package import Git
import RemoteHelper
import RunTail

/// Comes back to runs: follows them again, or stops them.
package struct RunRevisit: Sendable {
    package let location: RepositoryLocation
    private let records: RunRecords
    private let clock: any Clock<Duration>

    package init(_ location: RepositoryLocation, clock: any Clock<Duration> = ContinuousClock()) {
        self.location = location
        records = RunRecords(commonDirectory: location.commonDirectory)
        self.clock = clock
    }

    /// Follows the runs that `text` (RUN or COMMIT, nil for the newest) selects, to their verdict.
    ///
    /// - Parameters:
    ///   - text: a run's id, or a commit by any name git understands.
    ///   - remote: the remote whose forge is asked; nil for that of the newest record, else the only one of hephy's.
    ///   - settings: what of the logs is shown, and for how long.
    ///   - isQuiet: whether nothing is printed unless the verdict is bad.
    /// - Returns: the status of all selected runs together; what it means has been said.
    package func follow(
        _ text: String?, remote: String?, settings: PushSettings, isQuiet: Bool
    ) async -> ExitStatus {
        do {
            let found = try await find(text, remote: remote)
            var session = RunSession(
                connection: found.connection, records: records,
                output: OutputStyle.output(
                    descriptor: 2, environment: location.git.environment, allowsProgress: !isQuiet),
                clock: clock)
            session.logs = settings.logs.value
            session.timeout = settings.timeout.value
            session.isQuiet = isQuiet
            return await session.follow(found.runs)
        } catch {
            return FailureReport(error).say()
        }
    }

    /// Asks the forge to stop the selected runs that are not finished.
    package func cancel(_ text: String?, remote: String?) async -> ExitStatus {
        do {
            let found = try await find(text, remote: remote)
            let active = found.runs.filter { !$0.run.state.isFinished }
            guard !active.isEmpty else {
                StandardError.say("nothing to cancel: every run has finished")
                return .succeeded
            }
            var connection = found.connection
            for followed in active { try await cancel(followed.run, through: &connection, of: found.url) }
            return .succeeded
        } catch {
            return FailureReport(error).say()
        }
    }

    /// Cancels with the first of the user's credentials that may; `connection` is afterwards the one with it.
    private func cancel(
        _ run: Run, through connection: inout ForgeConnection, of url: RemoteURL
    ) async throws(DeliveryError) {
        while true {
            do {
                try await connection.forge.cancel(run)
                break
            } catch {
                let error = DeliveryError.forge(error, doing: .cancelling, on: connection.product)
                guard let next = await connection.next(after: error, to: url, git: location.git) else { throw error }
                connection = next
            }
        }
        StandardError.say("run \(run.id) of '\(FailureReport.firstLine(run.name))' is being cancelled")
    }

    private struct Found {
        var url: RemoteURL
        var connection: ForgeConnection
        var runs: [RunSession.Followed]
    }

    private func find(_ text: String?, remote: String?) async throws(DeliveryError) -> Found {
        let selection = try await RunSelection(text, in: location, records: records)
        let known = records.all()
        let record: RunRecord? =
            switch selection {
            case .newest: known.last { remote == nil || $0.remoteName == remote }
            case .run(let id): known.last { $0.run == id }
            case .commit(let id): known.last { $0.sha == id.hex && (remote == nil || $0.remoteName == remote) }
            }
        if selection == .newest, record == nil { throw .nothingToWatch }
        let target = try await target(record: record, remote: remote)
        let (runs, connection) = try await runs(selection, record: record, of: target.url)
        let ours = Set(known.filter(\.isOurs).map(\.run))
        return Found(
            url: target.url, connection: connection,
            runs: runs.map { run in
                RunSession.Followed(
                    run: run, ref: record?.ref ?? run.headBranch ?? "", isOurs: ours.contains(run.id),
                    remote: target.url.text, remoteName: target.name)
            })
    }

    /// The selected runs, and the way on which the forge showed them.
    private func runs(
        _ selection: RunSelection, record: RunRecord?, of url: RemoteURL
    ) async throws(DeliveryError) -> ([Run], ForgeConnection) {
        var connection = try await ForgeConnection.open(to: url, git: location.git)
        while true {
            do throws(DeliveryError) {
                return (try await runs(selection, record: record, connection), connection)
            } catch {
                guard let next = await connection.next(after: error, to: url, git: location.git) else { throw error }
                connection = next
            }
        }
    }

    private func runs(
        _ selection: RunSelection, record: RunRecord?, _ connection: ForgeConnection
    ) async throws(DeliveryError) -> [Run] {
        let found: [Run]
        do {
            switch selection {
            case .newest: found = [try await connection.forge.run(record?.run ?? "")]
            case .run(let id): found = [try await connection.forge.run(id)]
            case .commit(let id):
                // What a dispatch started is the commit's too; of the rest what its push started.
                found = try await connection.forge.runs(matching: RunQuery(headSHA: id.hex))
                    .filter { ["push", "workflow_dispatch"].contains($0.event) }
            }
        } catch {
            throw .forge(error, doing: .following, on: connection.product)
        }
        if found.isEmpty, case .commit(let id) = selection {
            throw .noRun(ref: record.map { RefUpdate.shortName(of: $0.ref) } ?? "any ref", sha: id.short)
        }
        return Self.newestOfEachWorkflow(found)
    }

    /// Of a workflow that ran again for the same branch or tag the newest run; one pushed to two of them ran twice.
    private static func newestOfEachWorkflow(_ runs: [Run]) -> [Run] {
        var seen: Set<[String?]> = []
        return runs.sorted { ($0.createdAt, $0.number) > ($1.createdAt, $1.number) }
            .filter { seen.insert([$0.workflowPath, $0.headBranch, $0.event]).inserted }.reversed()
    }

    /// The URL to ask: that of the record, of the named remote, or of the only remote that hephy serves.
    private func target(
        record: RunRecord?, remote: String?
    ) async throws(DeliveryError) -> (url: RemoteURL, name: String?) {
        if remote == nil, let record {
            do { return (try RemoteURL(record.remote), record.remoteName) } catch { throw .helper(.url(error)) }
        }
        let config: GitConfig
        do { config = try await GitConfig.load(location.git) } catch { throw .git(error) }
        let remotes = HephyRemote.all(in: config)
        guard let chosen = remote.map({ name in remotes.first { $0.name == name } }) ?? remotes.first else {
            throw .unknownRemote(remote)
        }
        guard remote != nil || remotes.count == 1 else { throw .severalRemotes(remotes.map(\.name)) }
        do {
            return (try RemoteURL(config.rewritten(chosen.url, for: .push, remote: chosen.name)), chosen.name)
        } catch {
            throw .helper(.url(error))
        }
    }
}
