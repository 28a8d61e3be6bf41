import BuildPlan
import Forge
import Git
import RemoteHelper
import RunTail

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What comes after a push has landed: runs are dispatched or looked for, and followed to their verdict.
struct Pursuit {
    let settings: PushSettings
    let target: RemoteTarget
    let git: GitProgram
    let output: any TailOutput
    let clock: any Clock<Duration>
    let isQuiet: Bool
    /// The way to the forge, where it is known already.
    let connection: ForgeConnection?
    /// The server's repository whose hook this is, for people; nil where git waits for its helper.
    var serverRepository: String?

    /// Decides for each ref, and follows all runs that come of it.
    func run(_ refs: [PlannedRef]) async -> ExitStatus {
        var state = State(connection: connection)
        let refs = await settled(refs, &state)
        tellOfRecognition(&state.connection)
        for ref in refs {
            switch TriggerDecision(for: ref, settings: settings) {
            case .nothing(let reason): note("nothing to follow: \(reason)")
            case .impossible(let error): state.statuses.append(FailureReport(error).say())
            case .attachToAll: await attach(ref, ours: nil, &state)
            case .attachToOurs(let file): await attach(ref, ours: file, &state)
            case .dispatch(let file): await dispatch(file, for: ref, &state)
            case .runHere: await dispatch(nil, for: ref, &state)
            }
        }
        await follow(&state)
        await followLateRuns(&state)
        return ExitStatus.combined(state.statuses)
    }

    /// Says what would happen, and does nothing.
    func describe(_ refs: [PlannedRef]) async {
        for ref in refs {
            switch TriggerDecision(for: ref, settings: settings) {
            case .nothing(let reason): note("nothing would be followed: \(reason)")
            case .impossible(let error): FailureReport(error).lines.forEach(note)
            case .attachToAll:
                let files = (ref.survey.expected + ref.survey.possible.map(\.file)).map(\.fileName)
                note("would follow on '\(ref.update.shortName)': \(files.joined(separator: ", "))")
            case .attachToOurs(let file): note("would follow '\(file.fileName)' on '\(ref.update.shortName)'")
            case .dispatch(let file):
                if let plan = try? await plan(for: ref) { headline(PlanLine.text(for: plan)) }
                note("would start '\(file.fileName)' on '\(ref.update.shortName)'")
            case .runHere:
                if let plan = try? await plan(for: ref) { headline(PlanLine.text(for: plan.onThisMachine)) }
                note("would start a run on this machine for '\(ref.update.shortName)'")
            }
        }
    }

    /// What has come of the refs so far.
    private struct State {
        /// The way on which the forge answered last.
        var connection: ForgeConnection?
        var statuses: [ExitStatus] = []
        /// Found and not followed yet.
        var runs: [RunSession.Followed] = []
        var seen: Set<String> = []
        /// Workflows whose run should have appeared.
        var missing: [(ref: PlannedRef, paths: Set<String>)] = []

        /// Adds what was not found before: a branch and a tag of one name share their runs.
        mutating func add(_ found: [RunSession.Followed]) {
            runs += found.filter { seen.insert($0.run.id).inserted }
        }
    }

    /// The refs, with what the forge's own CI reads of their commits; where nobody answered in time before the push,
    /// the forge is asked now which product it is.
    private func settled(_ refs: [PlannedRef], _ state: inout State) async -> [PlannedRef] {
        let isOpen = refs.contains { ref in
            guard ref.product == nil, !ref.runsHere, ref.isWorthFollowing else { return false }
            if case .dispatch = TriggerDecision(for: ref, settings: settings) { return true }
            return settings.follow.value
        }
        guard isOpen else { return refs }
        if state.connection == nil {
            state.connection = try? await ForgeConnection.open(
                to: target.url, git: git, suggested: refs.lazy.compactMap(\.suggestedProduct).first)
        }
        let product = state.connection?.product
        return refs.map { ref in
            var ref = ref
            ref.settle(product)
            return ref
        }
    }

    /// Says once which product an unknown host turned out to be.
    private func tellOfRecognition(_ connection: inout ForgeConnection?) {
        guard let known = connection, let setting = known.newSetting, let product = known.product else { return }
        connection?.newSetting = nil
        note("\(known.host) is a \(product.name); 'git config \(setting)' names another")
    }

    private func plan(for ref: PlannedRef) async throws(DeliveryError) -> BuildPlan {
        try await ref.pushed.plan(
            gitDirectory: git.environment["GIT_DIR"] ?? ".git", git: git, settings: settings)
    }

    private func followed(_ run: Run, of ref: PlannedRef) -> RunSession.Followed {
        RunSession.Followed(
            run: run, ref: ref.update.destination,
            isOurs: ref.runsHere || ref.survey.ours.map { run.isRun(of: $0.path) } ?? false,
            remote: target.url.text, remoteName: target.remoteName)
    }

    /// Ctrl-C before the runs of `ref` are known says how to look for them.
    private func interruption(_ ref: PlannedRef) -> Interruption {
        Interruption(
            lastWords: Interruption.words(
                "the push stands: 'hephy watch \(ref.pushed.commit.id.short)' looks for its run",
                erasing: output.showsStatus))
    }

    private func attach(_ ref: PlannedRef, ours: WorkflowFile?, _ state: inout State) async {
        // Without following, the run that the push starts by itself needs nothing from here.
        guard settings.follow.value else { return }
        let interruption = interruption(ref)
        defer { withExtendedLifetime(interruption) {} }
        if let told = ref.inputs?.plan {
            headline(PlanLine.text(for: told))
            PlanLine.notes(for: told).forEach(note)
        } else if let ours {
            headline(PlanLine.text(for: ours, plan: try? await plan(for: ref)))
        }
        if let obstacle = ref.inputs?.obstacle {
            note(obstacle)
        } else if ref.inputs == nil, ref.mayTakeInputs, ref.product == .gitlab, settings.trigger.value == .auto {
            note("\(target.url.host) did not answer in time: the pipeline decides what it builds")
        }
        do throws(DeliveryError) {
            let found = try await asking(ref, &state) { pursuit throws(DeliveryError) in
                try await pursuit.runs(of: ref, ours: ours)
            }
            state.add(found.runs.map { followed($0, of: ref) })
            if !found.missing.isEmpty { state.missing.append((ref, found.missing)) }
        } catch {
            if let report = reportOfNoForge(error, ref) {
                note("nothing to follow: \(report.problem ?? "no forge")")
                if let hint = report.hint { note("hint: \(hint)") }
            } else {
                state.statuses.append(FailureReport(error).say())
            }
        }
    }

    /// A server that is no forge runs nothing, and GitLab nothing that rules leave out; unless the commit has a workflow of
    /// ours, or following was asked for, that is no failure of the push.
    private func reportOfNoForge(_ error: DeliveryError, _ ref: PlannedRef) -> FailureReport? {
        guard settings.trigger.value == .auto else { return nil }
        // The server runs what was pushed, and has no way to tell of it.
        if case .forge(.unsupported, _, _) = error { return FailureReport(error) }
        guard ref.survey.ours == nil else { return nil }
        switch error {
        case .unknownForge, .notARepositoryPath, .noRun(_, _, _, .leftOut): return FailureReport(error)
        default: return nil
        }
    }

    /// Starts the workflow, or without one a run on this machine.
    private func dispatch(_ file: WorkflowFile?, for ref: PlannedRef, _ state: inout State) async {
        let interruption = interruption(ref)
        defer { withExtendedLifetime(interruption) {} }
        do throws(DeliveryError) {
            let plan = try await plan(for: ref)
            let started = try await asking(ref, &state) { pursuit throws(DeliveryError) in
                guard let file else { return try await pursuit.startHere(ref, plan: plan) }
                return try await pursuit.start(file, for: ref, plan: plan)
            }
            await record(started, ref, state.connection)
            let run = try await asking(ref, &state) { pursuit throws(DeliveryError) in
                try await pursuit.find(started, for: ref)
            }
            state.add([followed(run, of: ref)])
        } catch {
            state.statuses.append(FailureReport(error).say())
            if ref.inputs?.leavesOutPipeline == true {
                note(
                    "the push's own pipeline was left out for it (ci.skip): nothing builds \(ref.pushed.commit.id.short)"
                )
            }
        }
    }

    /// Notes a run as soon as its id is known, so that it can be come back to whatever happens next.
    private func record(_ started: StartedRun, _ ref: PlannedRef, _ connection: ForgeConnection?) async {
        guard let id = started.runID, let connection, let location = try? await RepositoryLocation(git) else { return }
        RunRecords(commonDirectory: location.commonDirectory).append(
            RunRecord(
                time: Int64(time(nil)), remote: target.url.text, remoteName: target.remoteName,
                product: connection.forge.product, run: id, number: 0, name: started.name,
                ref: ref.update.destination, sha: ref.pushed.commit.id.hex, url: nil, isOurs: true))
    }

    /// Does `work` with the first credential that the forge lets do it.
    private func asking<Result>(
        _ ref: PlannedRef, _ state: inout State, _ work: (RunPursuit) async throws(DeliveryError) -> Result
    ) async throws(DeliveryError) -> Result {
        var current: ForgeConnection
        if let known = state.connection {
            current = known
        } else {
            current = try await .open(to: target.url, git: git, suggested: ref.suggestedProduct)
            state.connection = current
            tellOfRecognition(&state.connection)
            current.newSetting = nil
        }
        // With another credential all begins anew; what has been said is not said again.
        var said: Set<String> = []
        while true {
            let pursuit = RunPursuit(
                connection: current, settings: settings, clock: clock,
                say: { if said.insert($0).inserted { note($0) } },
                headline: { if said.insert($0).inserted { headline($0) } })
            do throws(DeliveryError) {
                let result = try await work(pursuit)
                state.connection = current
                return result
            } catch {
                guard let next = await current.next(after: error, to: target.url, git: git) else { throw error }
                current = next
            }
        }
    }

    private func follow(_ state: inout State) async {
        guard !state.runs.isEmpty, let connection = state.connection else { return }
        let session = await session(for: state.runs, through: connection)
        if settings.follow.value {
            state.statuses.append(await session.follow(state.runs))
        } else {
            session.note(state.runs)
            for run in state.runs.map(\.run) {
                note("run \(run.id) is started\(run.url.map { ": \($0)" } ?? ""); 'hephy watch' follows it")
            }
        }
        state.runs = []
    }

    /// Looks once more for runs that had not appeared when the others were there.
    private func followLateRuns(_ state: inout State) async {
        guard !state.statuses.contains(.detached) else { return }
        let missing = state.missing
        state.missing = []
        for (ref, paths) in missing {
            let interruption = interruption(ref)
            defer { withExtendedLifetime(interruption) {} }
            var absent = paths
            do throws(DeliveryError) {
                let found = try await asking(ref, &state) { pursuit throws(DeliveryError) in
                    try await pursuit.runs(of: ref, ours: nil, awaited: paths)
                }
                state.add(found.runs.map { followed($0, of: ref) })
                absent = found.missing
            } catch .noRun {
                absent = paths
            } catch {
                state.statuses.append(FailureReport(error).say())
                continue
            }
            for path in absent.sorted() {
                StandardError.say("no run of '\(PushedCommit.fileName(path))' has appeared")
                state.statuses.append(.noRun)
            }
        }
        await follow(&state)
    }

    private func session(
        for runs: [RunSession.Followed], through connection: ForgeConnection
    ) async -> RunSession {
        let location = try? await RepositoryLocation(git)
        var session = RunSession(
            connection: connection, records: location.map { RunRecords(commonDirectory: $0.commonDirectory) },
            output: output, clock: clock)
        session.logs = settings.logs.value
        session.timeout = settings.timeout.value
        session.isQuiet = isQuiet
        session.isServingGit = serverRepository == nil
        session.serverRepository = serverRepository
        if runs.count > 1, let sha = runs.first?.run.headSHA { session.comeBack = "hephy watch \(sha.prefix(7))" }
        return session
    }

    private func note(_ line: String) {
        if !isQuiet { StandardError.say(line) }
    }

    private func headline(_ line: String) {
        if !isQuiet { output.write(Array("-----> \(StandardError.safe(line))\n".utf8)) }
    }
}
