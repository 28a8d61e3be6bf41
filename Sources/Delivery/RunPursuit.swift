import BuildPlan
import Forge
import Git
import RemoteHelper
import RunTail

/// Gets the runs of one landed ref going, or finds those that the push has started.
struct RunPursuit {
    let connection: ForgeConnection
    let settings: PushSettings
    let clock: any Clock<Duration>
    let say: (String) -> Void
    let headline: (String) -> Void

    /// The runs that the push has started, and the workflows whose run should have appeared and did not.
    struct Found {
        var runs: [Run]
        var missing: Set<String>
    }

    /// Looks for the runs that a push has started.
    ///
    /// `awaited` are paths of workflows that were looked for before in vain; nil looks for all.
    ///
    /// - Throws: `DeliveryError` when none appeared or the forge did not let us look.
    func runs(
        of ref: PlannedRef, ours: WorkflowFile?, awaited: Set<String>? = nil
    ) async throws(DeliveryError) -> Found {
        if connection.isSlow || connection.isAnonymous && connection.product == .gitlab {
            say(await connection.remarkOnMissingToken)
        }
        var wanted = RunSearch.Wanted(headSHA: ref.pushed.commit.id.hex, headBranch: ref.update.shortName)
        wanted.knownIDs = ref.knownRuns ?? []
        if ref.knownRuns == nil { wanted.age = ContinuousClock.now - ref.sentAt }
        if let ours {
            wanted.workflow = ours.fileName
            wanted.certain = [ours.path]
            wanted.mayStartOthers = false
        } else {
            wanted.certain = awaited ?? Set(ref.survey.expected.map(\.path))
            wanted.mayStartOthers = awaited == nil && !ref.survey.possible.isEmpty
        }
        if connection.isSlow { wanted.patienceForRest = .seconds(30) }
        let search = RunSearch(forge: connection.forge, clock: clock, isAnonymous: connection.isSlow)
        let found = try await asking(.finding) { () async throws(ForgeError) in try await search.runs(wanted) }
        guard !found.isEmpty else { throw await noRun(of: ref) }
        return Found(
            runs: found, missing: wanted.certain.filter { path in !found.contains { $0.isRun(of: path) } })
    }

    /// Dispatches, once and for all: whoever looks for the run later, with whatever credential, does not do it again.
    ///
    /// - Throws: `DeliveryError` when the run was surely not started.
    func start(
        _ file: WorkflowFile, for ref: PlannedRef, plan: BuildPlan
    ) async throws(DeliveryError) -> StartedRun {
        let nonce = Nonce.make()
        var inputs = try inputs(of: file, for: ref, plan: plan, nonce: nonce)
        if let obstacle = await obstacleToInputs() {
            say(obstacle)
            inputs = [:]
        }
        guard !connection.isAnonymous else {
            throw .noToken(host: connection.host, workflow: file.fileName, product: connection.product)
        }
        headline(PlanLine.text(for: plan))
        PlanLine.notes(for: plan).forEach(say)
        let errand = ForgeErrand.dispatching(workflow: file.fileName, ref: ref.update.shortName)
        var started = StartedRun(
            file: file, nonce: file.runNameHoldsHephyID ? inputs["hephy_id"] : nil, takesSHA: inputs["sha"] != nil,
            serverTime: ref.serverTime ?? connection.forge.serverTime())
        let dispatch = Dispatch(workflow: file.fileName, ref: ref.update.destination, inputs: inputs)
        do {
            switch try await connection.forge.dispatch(dispatch) {
            case .accepted(let id): started.runID = id
            case .acceptedAfter(let id): started.afterRunID = id
            }
        } catch  where error.isTransient && started.nonce != nil {
            say("\(connection.host) did not say whether the run was started; looking for it")
            started.doubt = error
        } catch {
            throw .forge(error, doing: errand, on: connection.product)
        }
        return started
    }

    /// Starts a run on this machine.
    ///
    /// - Throws: `DeliveryError` when the commit has nothing to build or the run could not be started.
    func startHere(_ ref: PlannedRef, plan: BuildPlan) async throws(DeliveryError) -> StartedRun {
        _ = try platforms(of: plan, for: ref)
        let plan = plan.onThisMachine
        headline(PlanLine.text(for: plan))
        PlanLine.notes(for: plan).forEach(say)
        var inputs = StepVariables(plan).values
        inputs["sha"] = ref.pushed.commit.id.hex
        inputs["HEPHY_PUSH"] = "\(inputs["HEPHY_IMAGE"] != nil)"
        let dispatch = Dispatch(workflow: "", ref: ref.update.destination, inputs: inputs)
        do {
            switch try await connection.forge.dispatch(dispatch) {
            case .accepted(let id): return StartedRun(here: id)
            case .acceptedAfter: return StartedRun(here: nil)
            }
        } catch {
            throw .forge(error, doing: .dispatching(workflow: "", ref: ref.update.shortName), on: connection.product)
        }
    }

    /// The run that was started.
    ///
    /// - Throws: `DeliveryError` when it did not appear or the forge did not let us look.
    func find(_ started: StartedRun, for ref: PlannedRef) async throws(DeliveryError) -> Run {
        let search = RunSearch(forge: connection.forge, clock: clock)
        let run: Run?
        if let id = started.runID {
            run = try await asking(.following) { () async throws(ForgeError) in try await search.run(id) }
        } else if let newest = started.afterRunID {
            run = try await asking(.finding) { () async throws(ForgeError) in
                try await search.run(
                    after: newest, workflow: started.fileName,
                    branch: ref.update.isBranch ? ref.update.shortName : nil)
            }
        } else if let nonce = started.nonce {
            run = try await asking(.finding) { () async throws(ForgeError) in
                try await search.run(
                    nonce: nonce, workflow: started.fileName,
                    branch: ref.update.isBranch ? ref.update.shortName : nil, serverTime: started.serverTime)
            }
        } else {
            throw .startedWithoutName(host: connection.host, workflow: started.fileName)
        }
        guard let run else {
            // Whether there will be one, nobody knows.
            if let doubt = started.doubt {
                throw .forge(
                    doubt, doing: .dispatching(workflow: started.fileName, ref: ref.update.shortName),
                    on: connection.product)
            }
            throw await noRun(of: ref)
        }
        warnOfOtherCommit(run, ref, takesSHA: started.takesSHA)
        return run
    }

    /// That nothing appeared, and why, where the forge knows it.
    private func noRun(of ref: PlannedRef) async -> DeliveryError {
        let absence = await (connection.forge as? GitLab)?
            .absence(of: ref.pushed.commit.id.hex, on: ref.update.shortName)
        return .noRun(
            ref: ref.update.shortName, sha: ref.pushed.commit.id.short, on: connection.product, because: absence)
    }

    private func inputs(
        of file: WorkflowFile, for ref: PlannedRef, plan: BuildPlan, nonce: String
    ) throws(DeliveryError) -> [String: String] {
        let (backend, platforms) = try platforms(of: plan, for: ref)
        var wanted = [
            "backend": backend.rawValue, "sha": ref.pushed.commit.id.hex, "hephy_id": nonce,
            "platforms": platforms.kept.map(\.description).joined(separator: ","),
        ]
        if plan.settings.deploy.source != .default { wanted["deploy"] = "\(plan.settings.deploy.value)" }
        let inputs = file.dispatchInputs(for: wanted)
        let lost = (inputs.undeclared + inputs.untaken).filter { $0 != "hephy_id" }
        if !lost.isEmpty {
            say(
                "'\(file.fileName)' takes no input \(lost.map { "'\($0)'" }.joined(separator: ", ")); it decides itself"
            )
        }
        return inputs.values
    }

    /// What builds the commit, and for what.
    private func platforms(
        of plan: BuildPlan, for ref: PlannedRef
    ) throws(DeliveryError) -> (Backend, PlatformSelection) {
        guard let backend = plan.detection.backend else {
            throw .obstacle(
                .nothingDetected(commit: ref.pushed.commit.id.short, looked: plan.detection.reason))
        }
        guard let platforms = plan.platforms, !platforms.kept.isEmpty else {
            throw .obstacle(.noPlatform(backend: backend))
        }
        return (backend, platforms)
    }

    /// Why the forge's runs cannot be told anything, for people; nil where they can.
    private func obstacleToInputs() async -> String? {
        guard let gitLab = connection.forge as? GitLab, let version = try? await gitLab.version(),
            !GitLab.takesInputs(version: version)
        else { return nil }
        return PipelineInputs.tooOld(version)
    }

    /// A dispatch runs on the branch's tip; somebody may have pushed in between.
    private func warnOfOtherCommit(_ run: Run, _ ref: PlannedRef, takesSHA: Bool) {
        let pushed = ref.pushed.commit.id
        // A pipeline that is told its commit checks that it is the one, and builds no other.
        guard run.headSHA.lowercased() != pushed.hex, !takesSHA || connection.product == .gitlab else { return }
        say(
            "warning: the run builds \(run.headSHA.prefix(7)), not \(pushed.short): '\(ref.update.shortName)' has moved"
        )
    }

    private func asking<Result>(
        _ errand: ForgeErrand, _ work: () async throws(ForgeError) -> Result
    ) async throws(DeliveryError) -> Result {
        do {
            return try await work()
        } catch {
            throw .forge(error, doing: errand, on: connection.product)
        }
    }
}
