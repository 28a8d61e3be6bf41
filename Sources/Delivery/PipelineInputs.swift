import BuildPlan
import Forge
import Git
import RemoteHelper

/// What the pipeline that a push to a GitLab starts is told about what is to be built, and why not, where it is not.
///
/// Inputs go along with the push as its options, `ci.input=NAME=VALUE`. A server takes options that it does not know
/// without a word, so only its version tells whether they do anything.
struct PipelineInputs: Sendable {
    /// Push options for the server.
    var options: [String] = []
    /// What is built with them; nil where nothing is told.
    var plan: BuildPlan?
    /// Why the pipeline decides itself, for people; nil where it does not, or nobody cares.
    var obstacle: String?
    /// Whether the server's pipelines take inputs; nil where its version is not known.
    var areTaken: Bool?
    /// Whether the push's own pipeline is left out, because one is made with what was asked for.
    var leavesOutPipeline = false

    /// Whether a push option of the user's keeps the server from making a pipeline.
    static func skips(_ option: String) -> Bool {
        ["ci.skip", "ci.no_pipeline"].contains(String(option.prefix { $0 != "=" }))
    }

    /// What is told to the pipeline of a push; nil where the forge is no GitLab, or nothing starts there.
    static func decide(
        for refs: [PlannedRef], of batch: PushBatch, through connection: ForgeConnection, settings: PushSettings,
        git: GitProgram
    ) async -> PipelineInputs? {
        guard let gitLab = connection.forge as? GitLab, var ref = refs.first(where: \.isWorthFollowing) else {
            return nil
        }
        ref.settle(connection.product)
        guard ref.isWorthFollowing, ref.skipOption == nil else { return nil }
        guard let ours = ref.survey.ours else {
            return PipelineInputs(obstacle: "'\(CIFiles.pipeline)' is not hephy's: its pipeline decides what it builds")
        }
        guard settings.trigger.value != .attach else { return nil }
        var inputs = PipelineInputs()
        do {
            let version = try await gitLab.version()
            inputs.areTaken = GitLab.takesInputs(version: version)
            if inputs.areTaken == false {
                inputs.obstacle = tooOld(version)
                return inputs
            }
        } catch {
            inputs.obstacle = "\(connection.host) does not tell its version: the pipeline decides what it builds"
            return inputs
        }
        // The options go to the pipelines of all refs of the push, and one that has no such input fails.
        guard batch.updates.count(where: { !$0.isDelete }) == 1 else {
            inputs.obstacle = "several refs at once: their pipelines decide what they build"
            return inputs
        }
        switch TriggerDecision(for: ref, settings: settings) {
        case .dispatch:
            guard !connection.isAnonymous else { return inputs }
            inputs.options = ["ci.skip"]
            inputs.leavesOutPipeline = true
        case .attachToOurs:
            let plan = try? await ref.pushed.plan(
                gitDirectory: git.environment["GIT_DIR"] ?? ".git", git: git, settings: settings)
            if let plan { inputs.tell(plan, to: ours, besides: batch.options.otherOptions) }
        case .runHere, .attachToAll, .nothing, .impossible: break
        }
        return inputs
    }

    /// What is said of a server whose pipelines take no inputs.
    static func tooOld(_ version: String) -> String {
        "GitLab \(FailureReport.firstLine(version)) takes no inputs, 17.11 does: the pipeline decides what it builds"
    }

    /// Chooses those of the plan's values that the file declares and the user has not given.
    private mutating func tell(_ plan: BuildPlan, to file: WorkflowFile, besides given: [String]) {
        guard let backend = plan.detection.backend, let platforms = plan.platforms, !platforms.kept.isEmpty else {
            return
        }
        let wanted = [
            "backend": backend.rawValue, "platforms": platforms.kept.map(\.description).joined(separator: ","),
        ].filter { name, _ in !given.contains { $0.hasPrefix("ci.input=\(name)=") } }
        let values = file.dispatchInputs(for: wanted)
        options = values.values.sorted { $0.key < $1.key }.map { "ci.input=\($0.key)=\($0.value)" }
        if values.values["backend"] != nil { self.plan = plan }
        let lost = values.undeclared + values.untaken
        if !lost.isEmpty {
            let names = lost.map { "'\($0)'" }.joined(separator: ", ")
            obstacle = "'\(file.fileName)' takes no input \(names): the pipeline decides itself"
        }
    }
}

extension PlannedRef {
    /// Whether the pipeline of this push may be told what is to be built.
    var mayTakeInputs: Bool {
        guard product == nil || product == .gitlab, let ours = survey.ours, ours.path == CIFiles.pipeline else {
            return false
        }
        return ours.inputs?.isEmpty == false
    }
}
