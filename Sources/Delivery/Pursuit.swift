import BuildPlan
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
    /// The way to the forge, where it is known already.
    let connection: ForgeConnection?

    /// Decides for each ref, and follows all runs that come of it.
    func run(_ refs: [PlannedRef]) async -> ExitStatus {
        var statuses: [ExitStatus] = []
        var connection = connection
        let found = await runs(of: refs, through: &connection, &statuses)
        guard !found.isEmpty, let connection else { return ExitStatus.combined(statuses) }
        let session = await session(for: found, through: connection)
        if settings.follow.value {
            statuses.append(await session.follow(found))
        } else {
            session.note(found)
            for run in found.map(\.run) {
                note("run \(run.id) is started\(run.url.map { ": \($0)" } ?? ""); 'hephy watch' follows it")
            }
        }
        return ExitStatus.combined(statuses)
    }

    /// Gets the runs of all refs going, or finds them; what stands against one is said and its status noted.
    private func runs(
        of refs: [PlannedRef], through connection: inout ForgeConnection?, _ statuses: inout [ExitStatus]
    ) async -> [RunSession.Followed] {
        var found: [RunSession.Followed] = []
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
                    found += try await runs(of: ref, decision, through: &connection)
                } catch {
                    statuses.append(FailureReport(error).say())
                }
                withExtendedLifetime(interruption) {}
            }
        }
        return found
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

    /// The runs of one ref; `connection` is afterwards the one that the forge let ask for them.
    private func runs(
        of ref: PlannedRef, _ decision: TriggerDecision, through connection: inout ForgeConnection?
    ) async throws(DeliveryError) -> [RunSession.Followed] {
        // Without following, the run that the push starts by itself needs nothing from here.
        if !settings.follow.value, case .attachToAll = decision { return [] }
        if !settings.follow.value, case .attachToOurs = decision { return [] }
        var current: ForgeConnection
        if let connection { current = connection } else { current = try await .open(to: target.url, git: git) }
        // With another credential all begins anew; what has been said is not said again.
        var said: Set<String> = []
        while true {
            let search = RunPursuit(
                connection: current, settings: settings, clock: clock,
                say: { if said.insert($0).inserted { note($0) } },
                headline: { if said.insert($0).inserted { headline($0) } })
            do throws(DeliveryError) {
                let found = try await search.runs(of: ref, decision)
                connection = current
                return found.map { run, isOurs in
                    RunSession.Followed(
                        run: run, ref: ref.update.destination, isOurs: isOurs, remote: target.url.text,
                        remoteName: target.remoteName)
                }
            } catch {
                guard let next = await current.next(after: error, to: target.url, git: git) else { throw error }
                current = next
            }
        }
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
        session.isServingGit = true
        if runs.count > 1, let sha = runs.first?.run.headSHA { session.comeBack = "hephy watch \(sha.prefix(7))" }
        return session
    }

    private func note(_ line: String) {
        if !isQuiet { StandardError.say(line) }
    }

    private func headline(_ line: String) {
        if !isQuiet { output.write(Array("-----> \(line)\n".utf8)) }
    }
}
