import BuildPlan
import Credentials
import Forge
import Git
import RemoteHelper
import RunTail

/// What comes after a push has landed: runs are dispatched or looked for, and followed to their verdict.
struct Pursuit {
    let settings: PushSettings
    let target: RemoteTarget
    let git: GitProgram
    let output: any TailOutput
    let clock: any Clock<Duration>
    let isQuiet: Bool
    var connection: ForgeConnection?

    /// Decides for each ref, and follows all runs that come of it.
    func run(_ refs: [PlannedRef]) async -> ExitStatus {
        var statuses: [ExitStatus] = []
        let followed = await runs(of: refs, &statuses)
        if !followed.isEmpty, settings.follow.value { statuses.append(await follow(followed)) }
        return ExitStatus.combined(statuses)
    }

    /// Gets the runs of all refs going, or finds them; what stands against one is said and its status noted.
    private func runs(of refs: [PlannedRef], _ statuses: inout [ExitStatus]) async -> [RunSession.Followed] {
        var followed: [RunSession.Followed] = []
        for ref in refs {
            let decision = TriggerDecision(for: ref, trigger: settings.trigger.value)
            switch decision {
            case .nothing(let reason): note("nothing to follow: \(reason)")
            case .impossible(let error): statuses.append(FailureReport(error).say())
            case .attachToAll, .attachToOurs, .dispatch:
                let interruption = Interruption(
                    lastWords: Interruption.words(
                        "the push stands: 'hephy watch \(ref.pushed.commit.id.short)' looks for its run",
                        erasing: output.showsStatus))
                do {
                    followed += try await runs(of: ref, decision)
                } catch {
                    statuses.append(FailureReport(error).say())
                }
                withExtendedLifetime(interruption) {}
            }
        }
        return followed
    }

    /// Says what would happen, and does nothing.
    func describe(_ refs: [PlannedRef]) {
        for ref in refs {
            switch TriggerDecision(for: ref, trigger: settings.trigger.value) {
            case .nothing(let reason): note("nothing would be followed: \(reason)")
            case .impossible(let error): FailureReport(error).lines.forEach(note)
            case .attachToAll:
                let files = (ref.survey.expected + ref.survey.possible.map(\.file)).map(\.fileName)
                note("would follow on '\(ref.update.shortName)': \(files.joined(separator: ", "))")
            case .attachToOurs(let file): note("would follow '\(file.fileName)' on '\(ref.update.shortName)'")
            case .dispatch(let file):
                headline(PlanLine.text(for: ref.pushed.plan))
                note("would start '\(file.fileName)' on '\(ref.update.shortName)'")
            }
        }
    }

    private func runs(
        of ref: PlannedRef, _ decision: TriggerDecision
    ) async throws(DeliveryError) -> [RunSession.Followed] {
        // Without following, the run that the push starts by itself needs nothing from here.
        if !settings.follow.value, case .attachToAll = decision { return [] }
        if !settings.follow.value, case .attachToOurs = decision { return [] }
        var connection = try await open(skipping: [])
        while true {
            let search = RunPursuit(
                connection: connection, settings: settings, clock: clock, say: note, headline: headline)
            do throws(DeliveryError) {
                return try await search.runs(of: ref, decision).map { run, isOurs in
                    RunSession.Followed(
                        run: run, ref: ref.update.destination, isOurs: isOurs, remote: target.url.text,
                        remoteName: target.remoteName)
                }
            } catch {
                guard let next = await self.next(after: connection, error) else { throw error }
                connection = next
            }
        }
    }

    private func open(skipping: Set<CredentialSource>) async throws(DeliveryError) -> ForgeConnection {
        if skipping.isEmpty, let connection { return connection }
        return try await ForgeConnection.open(to: target.url, git: git, skipping: skipping)
    }

    /// The way with the next credential, where the forge did not let this one ask for runs.
    private func next(after connection: ForgeConnection, _ error: DeliveryError) async -> ForgeConnection? {
        guard let source = connection.credential?.source else { return nil }
        switch error {
        case .forge(.unauthorized, _), .forge(.forbidden, _), .forge(.notFound, doing: .finding): break
        default: return nil
        }
        let skipped = connection.skipped.union([source])
        guard let next = try? await open(skipping: skipped), next.credential != nil else { return nil }
        return next
    }

    private func follow(_ runs: [RunSession.Followed]) async -> ExitStatus {
        guard let connection = try? await open(skipping: []) else { return .lost }
        let location = try? await RepositoryLocation(git)
        var session = RunSession(
            connection: connection, records: location.map { RunRecords(commonDirectory: $0.commonDirectory) },
            output: output, clock: clock)
        session.logs = settings.logs.value
        session.timeout = settings.timeout.value
        session.isQuiet = isQuiet
        session.isServingGit = true
        if runs.count > 1, let sha = runs.first?.run.headSHA { session.comeBack = "hephy watch \(sha.prefix(7))" }
        return await session.follow(runs)
    }

    private func note(_ line: String) {
        if !isQuiet { StandardError.say(line) }
    }

    private func headline(_ line: String) {
        if !isQuiet { output.write(Array("-----> \(line)\n".utf8)) }
    }
}
