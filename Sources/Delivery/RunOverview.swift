import Forge
package import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Tells of runs without following them: from the forge, and where that does not answer from the records.
package struct RunOverview: Sendable {
    package let location: RepositoryLocation
    private let records: RunRecords

    /// A report, and why it is of the records alone, where it is.
    package struct Told<Report: Sendable>: Sendable {
        package var report: Report
        package var failure: FailureReport?
    }

    /// Most runs that may be asked for: as many as a forge gives at once.
    package static let mostRuns = 100
    /// Runs that are looked at more closely, to tell what they are doing.
    private static let closeLooks = 3

    package init(_ location: RepositoryLocation) {
        self.location = location
        records = RunRecords(commonDirectory: location.commonDirectory)
    }

    /// The newest runs of the repository, newest first.
    ///
    /// - Parameters:
    ///   - limit: how many, at most ``mostRuns``.
    ///   - remote: the remote whose forge is asked; nil for that of the newest record, else the only one of hephy's.
    /// - Returns: the runs; those of the records where the forge does not answer.
    /// - Throws: `DeliveryError` when nobody can tell which forge to ask, or nobody knows anything.
    package func runs(limit: Int, remote: String?) async throws(DeliveryError) -> Told<RunsReport> {
        let known = records.all()
        let place = try await RemoteForge.Place(
            record: remote == nil ? known.last : nil, remote: remote, in: location)
        let ours = Self.ours(known)
        do throws(DeliveryError) {
            var forge = try await RemoteForge(place, git: location.git)
            let found = try await forge.ask(.finding) { forge throws(ForgeError) in
                try await forge.runs(matching: RunQuery(limit: limit))
            }
            let now = Self.now(forge)
            let newest = found.sorted { ($0.createdAt, $0.number) > ($1.createdAt, $1.number) }.prefix(limit)
            return Told(
                report: RunsReport(
                    remote: place.url.text, remoteName: place.name, forge: forge.connection.forge.product,
                    source: .forge, runs: newest.map { RunSummary($0, isOurs: ours.contains($0.id), now: now) }))
        } catch {
            let runs = Self.recorded(known) { $0.remote == place.url.text }.suffix(limit).reversed()
            guard !runs.isEmpty else { throw error }
            return Told(
                report: RunsReport(
                    remote: place.url.text, remoteName: place.name, forge: nil, source: .records, runs: Array(runs)),
                failure: FailureReport(error))
        }
    }

    /// What the newest runs of a branch, or of a commit, are doing.
    ///
    /// - Parameters:
    ///   - revision: a branch or a commit by any name; nil for what is checked out.
    ///   - remote: the remote whose forge is asked; nil for that of the newest record, else the only one of hephy's.
    /// - Returns: the branch's head and its runs; those of the records where the forge does not answer.
    /// - Throws: `DeliveryError` when there is no such commit, nobody can tell which forge to ask, or nobody knows
    ///   anything.
    package func status(of revision: String?, remote: String?) async throws(DeliveryError) -> Told<StatusReport> {
        let head = try await Head(revision, in: location)
        let known = records.all()
        let record =
            known.last { $0.ref == head.ref && (remote == nil || $0.remoteName == remote) }
            ?? known.last { remote == nil || $0.remoteName == remote }
        let place = try await RemoteForge.Place(record: remote == nil ? record : nil, remote: remote, in: location)
        let ours = Self.ours(known)
        func report(
            _ runs: [RunSummary], ofHead isOfHead: Bool, forge: String?, _ source: RunsReport.Source
        ) -> StatusReport {
            StatusReport(
                branch: head.branch, sha: head.id.hex, subject: PlainText.line(head.subject, limit: 100),
                remote: place.url.text, remoteName: place.name, forge: forge, source: source, isOfHead: isOfHead,
                runs: runs)
        }
        do throws(DeliveryError) {
            var forge = try await RemoteForge(place, git: location.git)
            let (runs, isOfHead) = try await newest(of: head, &forge)
            let now = Self.now(forge)
            var summaries: [RunSummary] = []
            for (index, run) in runs.enumerated() {
                var summary = RunSummary(run, isOurs: ours.contains(run.id), now: now)
                if index >= runs.count - Self.closeLooks, run.state == .inProgress {
                    summary.doing = await activity(of: run, &forge)
                }
                summaries.append(summary)
            }
            return Told(
                report: report(summaries, ofHead: isOfHead, forge: forge.connection.forge.product, .forge))
        } catch {
            let ofHead = Self.recorded(known) { $0.remote == place.url.text && $0.sha == head.id.hex }
            let runs =
                ofHead.isEmpty
                ? Self.recorded(known) { $0.remote == place.url.text && $0.ref == head.ref }.suffix(1) : ofHead
            guard !runs.isEmpty else { throw error }
            return Told(
                report: report(Array(runs), ofHead: !ofHead.isEmpty, forge: nil, .records),
                failure: FailureReport(error))
        }
    }

    /// The runs of the head, or where it has none those of what the branch held before.
    private func newest(
        of head: Head, _ forge: inout RemoteForge
    ) async throws(DeliveryError) -> (runs: [Run], isOfHead: Bool) {
        let ofHead = try await forge.ask(.finding) { forge throws(ForgeError) in
            try await forge.runs(matching: RunQuery(headSHA: head.id.hex))
        }
        guard ofHead.isEmpty, let branch = head.branch else { return (RunRevisit.newestOfEachWorkflow(ofHead), true) }
        let ofBranch = try await forge.ask(.finding) { forge throws(ForgeError) in
            try await forge.runs(matching: RunQuery(headBranch: branch))
        }
        return (RunRevisit.newestOfEachWorkflow(ofBranch), ofBranch.isEmpty)
    }

    /// The job and step that a run is at; nil where the forge does not tell.
    private func activity(of run: Run, _ forge: inout RemoteForge) async -> String? {
        let jobs = try? await forge.ask(.following) { forge throws(ForgeError) in try await forge.jobs(of: run) }
        let running = (jobs ?? []).filter { $0.state == .inProgress }
        guard let job = running.first else { return nil }
        let step = job.steps.first { $0.state == .inProgress }.map { " | \(PlainText.line($0.name, limit: 60))" } ?? ""
        let others = running.count > 1 ? " and \(running.count - 1) more" : ""
        return PlainText.line(job.name, limit: 60) + step + others
    }

    private static func ours(_ records: [RunRecord]) -> Set<String> {
        Set(records.filter(\.isOurs).map(\.run))
    }

    /// The last record of each run that fits, oldest first.
    private static func recorded(_ records: [RunRecord], where fits: (RunRecord) -> Bool) -> [RunSummary] {
        var seen: Set<String> = []
        let now = Int64(time(nil))
        return records.reversed().filter { fits($0) && seen.insert($0.run).inserted }.reversed()
            .map { RunSummary($0, now: now) }
    }

    /// The forge's clock, by which its times are told.
    private static func now(_ forge: RemoteForge) -> Int64 {
        forge.connection.forge.serverTime() ?? Int64(time(nil))
    }
}

extension RunOverview {
    /// A branch's head, or a commit.
    struct Head: Sendable {
        let id: ObjectID
        let subject: String
        /// The local branch; nil where it is none.
        let branch: String?

        /// The branch in full, as records name it.
        var ref: String? { branch.map { "refs/heads/\($0)" } }

        /// - Throws: `DeliveryError.git` when `revision` names no commit that can be read.
        init(_ revision: String?, in location: RepositoryLocation) async throws(DeliveryError) {
            do throws(GitError) {
                id = try await location.commit(revision ?? "HEAD")
                branch = try await location.branch(revision ?? "HEAD")
            } catch {
                throw .git(error)
            }
            let id = id
            let git = location.git
            let message = await BlockingThread.run { try? Repository(forFewReadsBy: git).commit(id).message }
            subject = message?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        }
    }
}
