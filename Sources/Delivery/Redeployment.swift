package import BuildPlan
import Forge
package import Git
import RunTail

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs a commit again that the forge has already, and follows it as a push does.
package struct Redeployment: Sendable {
    private let location: RepositoryLocation
    private let records: RunRecords
    private let clock: any Clock<Duration>

    package init(_ location: RepositoryLocation, clock: any Clock<Duration> = AwakeClock()) {
        self.location = location
        records = RunRecords(commonDirectory: location.commonDirectory)
        self.clock = clock
    }

    /// What is to run again, and how it is shown.
    package struct Request: Sendable {
        /// The commit by any name; nil for what is checked out.
        package var commit: String?
        /// The branch or tag that it runs for; nil for that of its last run, else the branch that is checked out.
        package var ref: String?
        package var remote: String?
        package var isQuiet = false
        package var asJSON = false

        package init() {}
    }

    /// Starts a run of hephy's workflow, or of this machine, with the settings; where the workflow is somebody else's, its
    /// last run once more.
    ///
    /// - Returns: the status of all that was started; what it means has been said.
    package func run(_ request: Request, settings: PushSettings) async -> ExitStatus {
        do {
            var forge: RemoteForge
            let runs: [RunSession.Followed]
            (forge, runs) = try await start(request, settings)
            var session = RunSession(
                connection: forge.connection, records: records, output: output(request), clock: clock)
            session.logs = settings.logs.value
            session.timeout = settings.timeout.value
            session.isQuiet = request.isQuiet && !request.asJSON
            if request.asJSON { session.events = EventLines(of: runs).write }
            guard settings.follow.value else {
                session.note(runs)
                for run in runs.map(\.run) {
                    StandardError.say(
                        "run \(run.id) is started\(run.url.map { ": \($0)" } ?? ""); 'hephy watch' follows it")
                }
                return .succeeded
            }
            return await session.follow(runs)
        } catch {
            return FailureReport(error).say()
        }
    }

    private func start(
        _ request: Request, _ settings: PushSettings
    ) async throws(DeliveryError) -> (RemoteForge, [RunSession.Followed]) {
        let id: ObjectID
        do { id = try await location.commit(request.commit ?? "HEAD") } catch { throw .git(error) }
        let known = records.all()
        let record = known.last { $0.sha == id.hex && (request.remote == nil || $0.remoteName == request.remote) }
        let place = try await RemoteForge.Place(
            record: request.remote == nil ? record ?? known.last : nil, remote: request.remote, in: location)
        let remote = RemoteTip(place: place, git: location.git)
        let ref = try await remote.ref(request.ref, of: record, for: id, in: location)
        let tip = try await remote.tip(of: ref, holding: id, isKnown: record != nil)
        var forge = try await RemoteForge(place, git: location.git)
        let planned = try await planned(id, on: ref, forge.connection.product, place)
        func followed(_ runs: [Run], isOurs: Bool) -> [RunSession.Followed] {
            runs.map { run in
                RunSession.Followed(
                    run: run, ref: ref, isOurs: isOurs, remote: place.url.text, remoteName: place.name)
            }
        }
        if let started = try await dispatch(planned, tip: tip, request, settings, &forge) {
            return (forge, followed([started], isOurs: planned.runsHere || planned.survey.ours != nil))
        }
        let ours = Set(known.filter(\.isOurs).map(\.run))
        let runs = try await repeatRuns(of: planned, tip: tip, &forge)
        return (forge, followed(runs, isOurs: runs.contains { ours.contains($0.id) }))
    }

    /// The commit as a push of it would have been planned.
    private func planned(
        _ id: ObjectID, on ref: String, _ product: ForgeProduct?, _ place: RemoteForge.Place
    ) async throws(DeliveryError) -> PlannedRef {
        let read = await PushedCommit.read([id.hex], in: AwaitedRepository(readBy: location.git))
        guard let pushed = try read.first??.get() else { throw .git(.unknownRevision(id.hex)) }
        let push = WorkflowSurvey.Push(ref: ref, message: pushed.commit.message, isNewOrUnknownDiff: true)
        var planned = PlannedRef(
            update: RefUpdate(source: id.hex, destination: ref, isForced: false), pushed: pushed, push: push,
            product: product)
        planned.runsHere = place.url.runsHere
        return planned
    }

    /// Starts a run of ours; nil where there is none to start.
    private func dispatch(
        _ ref: PlannedRef, tip: ObjectID?, _ request: Request, _ settings: PushSettings, _ forge: inout RemoteForge
    ) async throws(DeliveryError) -> Run? {
        let file = ref.survey.ours
        guard ref.runsHere || file != nil else { return nil }
        if !ref.runsHere, let file {
            guard file.canBeDispatched else {
                if settings.forCommit(with: nil).hasOverride { throw .obstacle(.notDispatchable(workflow: file.path)) }
                return nil
            }
            try expectTip(tip, of: ref, unless: file.takesCommit && ref.product != .gitlab)
        }
        let plan = try await ref.pushed.plan(
            gitDirectory: location.gitDirectory, git: location.git, settings: settings)
        let output = output(request)
        let isSilent = request.isQuiet || request.asJSON
        func pursuit(_ connection: ForgeConnection) -> RunPursuit {
            RunPursuit(
                connection: connection, settings: settings, clock: clock,
                say: { if !isSilent { StandardError.say($0) } },
                headline: { if !isSilent { output.write(Array("-----> \(StandardError.safe($0))\n".utf8)) } })
        }
        let started = try await forge.pursue(pursuit) { pursuit throws(DeliveryError) in
            guard !ref.runsHere, let file else { return try await pursuit.startHere(ref, plan: plan) }
            return try await pursuit.start(file, for: ref, plan: plan)
        }
        return try await forge.pursue(pursuit) { pursuit throws(DeliveryError) in
            try await pursuit.find(started, for: ref)
        }
    }

    /// Starts the commit's last run of each workflow once more; a GitLab makes a new pipeline instead.
    private func repeatRuns(
        of ref: PlannedRef, tip: ObjectID?, _ forge: inout RemoteForge
    ) async throws(DeliveryError) -> [Run] {
        let search = { RunSearch(forge: $0, clock: clock) }
        if ref.product == .gitlab {
            guard ref.pushed.ciFiles.files(for: .gitlab).contains(where: { $0.path == CIFiles.pipeline }) else {
                throw .nothingToRepeat(commit: ref.pushed.commit.id.short)
            }
            try expectTip(tip, of: ref, unless: false)
            let dispatch = Dispatch(workflow: CIFiles.pipeline, ref: ref.update.destination, inputs: [:])
            let errand = ForgeErrand.dispatching(workflow: CIFiles.pipeline, ref: ref.update.shortName)
            let answer = try await forge.ask(errand) { forge throws(ForgeError) in try await forge.dispatch(dispatch) }
            guard case .accepted(let id?) = answer else {
                throw .startedWithoutName(host: forge.connection.host, workflow: CIFiles.pipeline)
            }
            return [try await forge.ask(.following) { forge throws(ForgeError) in try await search(forge).run(id) }]
        }
        let sha = ref.pushed.commit.id.hex
        let found = try await forge.ask(.finding) { forge throws(ForgeError) in
            try await forge.runs(matching: RunQuery(headSHA: sha, headBranch: ref.update.shortName))
        }
        let last = RunRevisit.newestOfEachWorkflow(found.filter { ["push", "workflow_dispatch"].contains($0.event) })
        guard !last.isEmpty else { throw .nothingToRepeat(commit: ref.pushed.commit.id.short) }
        var runs: [Run] = []
        for run in last {
            guard run.state.isFinished else {
                StandardError.say(
                    "run \(run.id) of '\(FailureReport.firstLine(run.name))' has not ended yet: it goes on")
                runs.append(run)
                continue
            }
            try await forge.ask(.repeating(run: run.id)) { forge throws(ForgeError) in try await forge.rerun(run) }
            runs.append(
                try await forge.ask(.following) { forge throws(ForgeError) in
                    try await search(forge).nextAttempt(of: run)
                })
        }
        return runs
    }

    /// - Throws: `DeliveryError.notTheTip` where the ref is elsewhere and the run can be told no commit.
    private func expectTip(
        _ tip: ObjectID?, of ref: PlannedRef, unless takesCommit: Bool
    ) throws(DeliveryError) {
        let id = ref.pushed.commit.id
        guard !takesCommit, let tip, tip != id else { return }
        throw .notTheTip(commit: id.short, ref: ref.update.shortName, tip: tip.short)
    }

    private func output(_ request: Request) -> any TailOutput {
        OutputStyle.output(
            descriptor: 2, environment: location.git.environment, allowsProgress: !request.isQuiet && !request.asJSON)
    }
}

extension WorkflowFile {
    /// Whether a dispatch can tell it which commit to build.
    fileprivate var takesCommit: Bool { inputs?.contains { $0.name == "sha" } ?? false }
}
