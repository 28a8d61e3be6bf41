import BuildPlan
import Forge
import Git
import HTTP
import RemoteHelper
import Scaffold

/// Looks at a push before anything of it is sent: reads the settings, plans each ref that could start a run, and
/// refuses what must not be pushed.
///
/// Nothing here but an invalid option or configuration can hold a push back.
final class PushReview {
    /// The settings of the push; nil when nothing was pushed or an option was wrong.
    private(set) var settings: PushSettings?
    /// The refs that could start runs.
    private(set) var planned: [PlannedRef] = []
    /// The way to the forge, where it was found in time.
    private(set) var connection: ForgeConnection?
    /// Whether a ref was refused for its configuration.
    private(set) var hasRefused = false
    /// What the server is told besides the refs, so that its pipeline knows what is to be built.
    private(set) var pushOptions: [String] = []
    /// How an option that cannot be used ends the push.
    private(set) var optionFailure: FailureReport?

    private var isQuiet = false
    private let git: GitProgram
    /// What the commits of an expected push are read from.
    private var objects: AwaitedRepository?

    /// More refs than this start nothing and are not followed.
    static let mostRefs = 3
    /// Beyond this a push is a mirror or a move, and its commits are not even read.
    private static let mostRefsRead = 50
    /// How long the forge may take before the push goes ahead without it.
    private static let patience: Duration = .seconds(2)

    init(git: GitProgram) {
        self.git = git
    }

    /// Makes ready what `judge` will read with.
    func expectPush() {
        objects = AwaitedRepository(readBy: git)
    }

    /// The refs that are not to be pushed.
    func judge(_ batch: PushBatch) async -> [Refusal] {
        defer { objects = nil }
        let settings: PushSettings
        do {
            settings = try await readSettings(for: batch)
        } catch {
            let failure = FailureReport(error)
            optionFailure = failure
            let reason = failure.problem ?? "a setting cannot be used"
            return batch.updates.map { Refusal(destination: $0.destination, reason: reason) }
        }
        self.settings = settings
        guard settings.trigger.value != .none else { return [] }
        isQuiet = batch.options.verbosity == 0
        planned = await plan(batch)
        let refusals = refuseInvalidConfigurations()
        hasRefused = !refusals.isEmpty
        planned.removeAll { ref in refusals.contains { $0.destination == ref.update.destination } }
        let worth = planned.filter(\.isWorthFollowing)
        let isWanted = settings.follow.value || worth.contains { $0.mayTakeInputs }
        if !batch.options.isDryRun, isWanted, !worth.isEmpty, worth.count <= Self.mostRefs {
            await prepare(batch, for: Set(worth.map(\.pushed.commit.id.hex)), settings)
        }
        let now = ContinuousClock.now
        for index in planned.indices { planned[index].sentAt = now }
        return refusals
    }

    /// The settings of the push.
    ///
    /// What git's configuration says wrongly is only warned of: it was not said for this push. `trigger=none` always
    /// pushes, whatever else is wrong.
    private func readSettings(for batch: PushBatch) async throws(SettingError) -> PushSettings {
        let options = batch.options.ownOptions
        var configured: [String: String] = [:]
        let names = PushSettings.Key.allCases.map { ".\($0.rawValue)" }
        if batch.target.config.keys.contains(where: { key in
            key.hasPrefix("hephy.") && names.contains { key.hasSuffix($0) }
        }) {
            configured =
                (try? await GitConfig.matching(
                    url: batch.target.url.configurationURL, section: "hephy", git)) ?? [:]
        }
        do throws(SettingError) {
            // What is no URL to git, `local/NAME` for instance, has no settings of its own but the general ones.
            return try PushSettings(
                options: options, environment: git.environment,
                gitConfig: { configured[$0] ?? batch.target.config[$0] })
        } catch .badValue(let key, _, .gitConfig, let allowed, _) {
            note("'hephy.\(key.rawValue)' in git's configuration is passed over: it is none of \(allowed)")
            return try PushSettings(options: options, environment: git.environment, gitConfig: { _ in nil })
        } catch {
            if case .unknownOption = error { throw error }
            guard options.last(where: { $0.hasPrefix("trigger=") }) == "trigger=none" else { throw error }
            return try PushSettings(options: ["trigger=none"], environment: [:], gitConfig: { _ in nil })
        }
    }

    private func note(_ line: String) {
        if !isQuiet { StandardError.say(line) }
    }

    private func plan(_ batch: PushBatch) async -> [PlannedRef] {
        let updates = batch.updates.filter { !$0.isDelete && ($0.isBranch || $0.isTag) }
        guard !updates.isEmpty else { return [] }
        guard updates.count <= Self.mostRefsRead else {
            note("\(updates.count) refs at once: none of them is built or followed")
            return []
        }
        let commits = PushedCommit.readHere(
            updates.map { $0.source ?? "" }, in: objects ?? AwaitedRepository(readBy: git))
        objects = nil
        let tagCount = batch.updates.count { $0.isTag && !$0.isDelete }
        var planned: [PlannedRef] = []
        for (update, read) in zip(updates, commits) {
            let commit: PushedCommit
            do throws(DeliveryError) {
                guard let read else { throw .git(.unknownRevision(update.source ?? "")) }
                commit = try read.get()
            } catch .git(.unknownRevision) {
                note("nothing to follow: '\(update.shortName)' names no commit that can be read here")
                continue
            } catch {
                FailureReport(error).lines.forEach(note)
                continue
            }
            let old = batch.remoteRefs[update.destination]
            let paths =
                commit.ciFiles.files(for: nil).contains { $0.push?.paths != nil || $0.push?.pathsIgnore != nil }
                ? await changedPaths(from: old, to: commit.commit.id) : nil
            let push = WorkflowSurvey.Push(
                ref: update.destination, message: commit.commit.message, changedPaths: paths,
                isNewOrUnknownDiff: old == nil || update.isForced || paths == nil, tags: tagCount)
            for path in commit.staleWorkflows {
                FailureReport(Drift.configurationChanged, of: path)?.lines.forEach(note)
            }
            var ref = PlannedRef(
                update: update, pushed: commit, push: push, product: ForgeProduct(host: batch.target.url.host))
            ref.runsHere = batch.target.url.runsHere
            ref.skipOption = batch.options.otherOptions.first(where: PipelineInputs.skips)
            planned.append(ref)
        }
        return planned
    }

    /// The paths that differ between what the remote had and what it gets; nil where that cannot be told here.
    private func changedPaths(from old: ObjectID?, to new: ObjectID) async -> [String]? {
        guard let old else { return nil }
        let arguments = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", old.hex, new.hex]
        guard let output = try? await git.run(arguments), output.status == 0 else { return nil }
        return output.standardOutput.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// An invalid configuration refuses its ref where the push would start a run of ours; elsewhere it is a warning.
    private func refuseInvalidConfigurations() -> [Refusal] {
        planned.compactMap { ref in
            let startsOwnRun = ref.startsOwnRun(settings?.trigger.value ?? .auto)
            let reason: String?
            switch ref.pushed.configuration {
            case .success((_, let warnings)):
                warnings.flatMap(ProblemLines.lines).forEach(note)
                reason = nil
            case .failure(.invalidConfiguration(let problems)):
                for var problem in problems {
                    if !startsOwnRun { problem.severity = .warning }
                    ProblemLines.lines(for: problem).forEach(startsOwnRun ? StandardError.say : note)
                }
                reason = ProblemLines.summary(of: problems)
            case .failure(.tree(let error)):
                let report = FailureReport(DeliveryError.tree(error))
                report.lines.forEach(startsOwnRun ? StandardError.say : note)
                // A file too large to be read is as invalid as one with a mistake; what is missing is not the file's.
                if case .tooLarge(BuildConfiguration.path, _) = error { reason = report.problem } else { reason = nil }
            }
            guard let reason, startsOwnRun else { return nil }
            return Refusal(destination: ref.update.destination, reason: reason)
        }
    }

    /// What was found out of the forge before the push.
    private struct Prepared {
        var connection: ForgeConnection
        /// The ids of the runs that a commit has already, by its hash.
        var known: [String: Set<String>] = [:]
        var inputs: PipelineInputs?
    }

    /// Opens the way to the forge and lists the runs that the commits have already, so that they are not taken for this
    /// push's.
    ///
    /// A forge that is slow or away is asked again after the push.
    private func prepare(_ batch: PushBatch, for commits: Set<String>, _ settings: PushSettings) async {
        let url = batch.target.url
        let git = git
        let refs = planned
        let prepared = await withDeadline(Self.patience) { () -> Prepared? in
            let suggested = refs.lazy.compactMap(\.suggestedProduct).first
            guard let connection = try? await ForgeConnection.open(to: url, git: git, suggested: suggested) else {
                return nil
            }
            var prepared = Prepared(connection: connection)
            while true {
                do throws(ForgeError) {
                    for sha in commits {
                        let runs = try await prepared.connection.forge.runs(matching: RunQuery(headSHA: sha))
                        prepared.known[sha] = Set(runs.map(\.id))
                    }
                } catch {
                    // What is to be told to a pipeline has to be known now; elsewhere there is time after the push.
                    let error = DeliveryError.forge(error, doing: .finding, on: connection.product)
                    if connection.product == .gitlab,
                        let next = await prepared.connection.next(after: error, to: url, git: git)
                    {
                        prepared.connection = next
                        continue
                    }
                }
                break
            }
            prepared.inputs = await PipelineInputs.decide(
                for: refs, of: batch, through: prepared.connection, settings: settings, git: git)
            return prepared
        }
        guard let prepared = prepared ?? nil else { return }
        connection = prepared.connection
        let serverTime = prepared.connection.forge.serverTime()
        for index in planned.indices {
            planned[index].settle(prepared.connection.product)
            planned[index].knownRuns = prepared.known[planned[index].pushed.commit.id.hex]
            planned[index].serverTime = serverTime
            planned[index].inputs = prepared.inputs
        }
        pushOptions = prepared.inputs?.options ?? []
    }
}
