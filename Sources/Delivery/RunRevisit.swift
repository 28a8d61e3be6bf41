package import BuildPlan
import Forge
package import Git
import RemoteHelper
import RunTail

/// Comes back to runs: follows them again, or stops them.
package struct RunRevisit: Sendable {
    package let location: RepositoryLocation
    let records: RunRecords
    let clock: any Clock<Duration>

    package init(_ location: RepositoryLocation, clock: any Clock<Duration> = AwakeClock()) {
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
    ///   - asJSON: whether a program reads along, on standard output.
    /// - Returns: the status of all selected runs together; what it means has been said.
    package func follow(
        _ text: String?, remote: String?, settings: PushSettings, isQuiet: Bool, asJSON: Bool = false
    ) async -> ExitStatus {
        do {
            let found = try await find(text, remote: remote)
            var session = RunSession(
                connection: found.forge.connection, records: records,
                output: OutputStyle.output(
                    descriptor: 2, environment: location.git.environment, allowsProgress: !isQuiet),
                clock: clock)
            session.logs = settings.logs.value
            session.timeout = settings.timeout.value
            session.isQuiet = isQuiet && !asJSON
            if asJSON { session.events = EventLines(of: found.runs).write }
            return await session.follow(found.runs)
        } catch {
            return FailureReport(error).say()
        }
    }

    /// Asks the forge to stop the selected runs that are not finished.
    package func cancel(_ text: String?, remote: String?) async -> ExitStatus {
        do {
            var found = try await find(text, remote: remote)
            let active = found.runs.filter { !$0.run.state.isFinished }
            guard !active.isEmpty else {
                StandardError.say("nothing to cancel: every run has finished")
                return .succeeded
            }
            for run in active.map(\.run) {
                try await found.forge.ask(.cancelling) { forge throws(ForgeError) in try await forge.cancel(run) }
                StandardError.say("run \(run.id) of '\(FailureReport.firstLine(run.name))' is being cancelled")
            }
            return .succeeded
        } catch {
            return FailureReport(error).say()
        }
    }

    struct Found {
        var forge: RemoteForge
        var runs: [RunSession.Followed]
    }

    func find(_ text: String?, remote: String?) async throws(DeliveryError) -> Found {
        let selection = try await RunSelection(text, in: location, records: records)
        let known = records.all()
        let record: RunRecord? =
            switch selection {
            case .newest: known.last { remote == nil || $0.remoteName == remote }
            case .run(let id): known.last { $0.run == id }
            case .commit(let id): known.last { $0.sha == id.hex && (remote == nil || $0.remoteName == remote) }
            }
        let place: RemoteForge.Place
        do throws(DeliveryError) {
            place = try await RemoteForge.Place(record: remote == nil ? record : nil, remote: remote, in: location)
        } catch {
            // Whatever else is missing, there is nothing to come back to.
            if case .unknownRemote(nil) = error, selection == .newest { throw .nothingToWatch }
            throw error
        }
        var forge = try await RemoteForge(place, git: location.git)
        let runs = try await runs(selection, record: record, &forge)
        let ours = Set(known.filter(\.isOurs).map(\.run))
        return Found(
            forge: forge,
            runs: runs.map { run in
                RunSession.Followed(
                    run: run, ref: record?.ref ?? run.headBranch ?? "", isOurs: ours.contains(run.id),
                    remote: place.url.text, remoteName: place.name)
            })
    }

    /// The selected runs.
    private func runs(
        _ selection: RunSelection, record: RunRecord?, _ forge: inout RemoteForge
    ) async throws(DeliveryError) -> [Run] {
        let branch: String?
        do { branch = record == nil ? try await location.branch("HEAD") : nil } catch { throw .git(error) }
        let found = try await forge.ask(.following) { forge throws(ForgeError) in
            switch selection {
            case .newest:
                if let record { return [try await forge.run(record.run)] }
                // Nothing was followed from here: what the branch that is checked out ran last.
                guard let branch else { return [] }
                return try await forge.runs(matching: RunQuery(headBranch: branch)).prefix(1).map { $0 }
            case .run(let id): return [try await forge.run(id)]
            case .commit(let id):
                // What a dispatch started is the commit's too; of the rest what its push started.
                return try await forge.runs(matching: RunQuery(headSHA: id.hex))
                    .filter { ["push", "workflow_dispatch"].contains($0.event) }
            }
        }
        if found.isEmpty, selection == .newest { throw .nothingToWatch }
        if found.isEmpty, case .commit(let id) = selection {
            throw .noRun(
                ref: record.map { RefUpdate.shortName(of: $0.ref) } ?? "any ref", sha: id.short,
                on: forge.connection.product)
        }
        return Self.newestOfEachWorkflow(found)
    }

    /// Of a workflow that ran again for the same branch or tag the newest run; one pushed to two of them ran twice.
    static func newestOfEachWorkflow(_ runs: [Run]) -> [Run] {
        var seen: Set<[String?]> = []
        return runs.sorted { ($0.createdAt, $0.number) > ($1.createdAt, $1.number) }
            .filter { seen.insert([$0.workflowPath, $0.headBranch, $0.event]).inserted }.reversed()
    }
}
