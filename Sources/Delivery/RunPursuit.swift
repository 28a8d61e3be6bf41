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

    /// The runs to follow, each with whether it is of a workflow of ours.
    ///
    /// - Throws: `DeliveryError` when nothing could be started or found.
    func runs(of ref: PlannedRef, _ decision: TriggerDecision) async throws(DeliveryError) -> [(Run, Bool)] {
        if case .dispatch(let file) = decision {
            return [(try await dispatch(file, for: ref), true)]
        }
        if connection.isAnonymous {
            say(
                "no token for \(connection.host): following what is public, once a minute "
                    + "(a token with 'Actions: read' follows closely)")
        }
        var wanted = RunSearch.Wanted(headSHA: ref.pushed.commit.id.hex, headBranch: ref.update.shortName)
        wanted.knownIDs = ref.knownRuns
        if case .attachToOurs(let file) = decision {
            headline(PlanLine.text(for: file, plan: ref.pushed.plan))
            wanted.workflow = file.fileName
            wanted.certain = [file.path]
            wanted.mayStartOthers = false
        } else {
            wanted.certain = Set(ref.survey.expected.map(\.path))
            wanted.mayStartOthers = !ref.survey.possible.isEmpty
        }
        let search = RunSearch(forge: connection.forge, clock: clock, isAnonymous: connection.isAnonymous)
        let found = try await asking(.finding) { () async throws(ForgeError) in try await search.runs(wanted) }
        guard !found.isEmpty else {
            throw .noRun(ref: ref.update.shortName, sha: ref.pushed.commit.id.short)
        }
        for path in wanted.certain.subtracting(found.map(\.workflowPath)).sorted() {
            say("no run of '\(PushedCommit.fileName(path))' has appeared; it is not followed")
        }
        let ours = ref.survey.ours?.path
        return found.map { ($0, $0.workflowPath == ours) }
    }

    /// Dispatches once.
    ///
    /// When nobody can say whether the request arrived, the run is looked for by its nonce and never dispatched again.
    private func dispatch(_ file: WorkflowFile, for ref: PlannedRef) async throws(DeliveryError) -> Run {
        guard !connection.isAnonymous else { throw .noToken(host: connection.host, workflow: file.fileName) }
        let nonce = Nonce.make()
        let inputs = try inputs(of: file, for: ref, nonce: nonce)
        headline(PlanLine.text(for: ref.pushed.plan))
        PlanLine.notes(for: ref.pushed.plan).forEach(say)
        let errand = ForgeErrand.dispatching(workflow: file.fileName, ref: ref.update.shortName)
        let serverTime = ref.serverTime ?? connection.forge.serverTime()
        let dispatch = Dispatch(workflow: file.fileName, ref: ref.update.destination, inputs: inputs)
        var runID: String?
        var doubt: ForgeError?
        do {
            if case .accepted(let id) = try await connection.forge.dispatch(dispatch) { runID = id }
        } catch  where error.isTransient && inputs["hephy_id"] != nil && file.runNameHoldsHephyID {
            say("\(connection.host) did not say whether the run was started; looking for it")
            doubt = error
        } catch {
            throw .forge(error, doing: errand)
        }
        let search = RunSearch(forge: connection.forge, clock: clock)
        if let runID {
            let run = try await asking(errand) { () async throws(ForgeError) in try await search.run(runID) }
            warnOfOtherCommit(run, ref, takesSHA: inputs["sha"] != nil)
            return run
        }
        let run = try await asking(.finding) { () async throws(ForgeError) in
            try await search.run(
                nonce: inputs["hephy_id"] ?? "", workflow: file.fileName,
                branch: ref.update.isBranch ? ref.update.shortName : nil, serverTime: serverTime)
        }
        guard let run else {
            // Whether there will be one, nobody knows.
            if let doubt { throw .forge(doubt, doing: errand) }
            throw .noRun(ref: ref.update.shortName, sha: ref.pushed.commit.id.short)
        }
        warnOfOtherCommit(run, ref, takesSHA: inputs["sha"] != nil)
        return run
    }

    private func inputs(
        of file: WorkflowFile, for ref: PlannedRef, nonce: String
    ) throws(DeliveryError) -> [String: String] {
        guard case .success(let plan) = ref.pushed.plan, let backend = plan.detection.backend else {
            throw .obstacle(.nothingDetected(commit: ref.pushed.commit.id.short, looked: ""))
        }
        guard let platforms = plan.platforms, !platforms.kept.isEmpty else {
            throw .obstacle(.noPlatform(backend: backend))
        }
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

    /// A dispatch runs on the branch's tip; somebody may have pushed in between.
    private func warnOfOtherCommit(_ run: Run, _ ref: PlannedRef, takesSHA: Bool) {
        let pushed = ref.pushed.commit.id
        guard run.headSHA.lowercased() != pushed.hex, !takesSHA else { return }
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
            throw .forge(error, doing: errand)
        }
    }
}
