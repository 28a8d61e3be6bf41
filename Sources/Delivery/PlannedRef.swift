import BuildPlan
import Forge
import Git
import RemoteHelper

/// A ref of a push that could start a run, with all that its commit says about it.
struct PlannedRef: Sendable {
    var update: RefUpdate
    var pushed: PushedCommit
    /// What the forge will make of the push; of all files that any product reads, where `product` is nil.
    private(set) var survey: WorkflowSurvey
    /// The product that serves the remote, once it is known.
    private(set) var product: ForgeProduct?
    private let push: WorkflowSurvey.Push
    /// Runs that the forge already had for the commit before the push; nil where that could not be asked in time.
    var knownRuns: Set<String>?
    /// When the push was about to be sent, by this machine's clock.
    var sentAt = ContinuousClock.now
    /// The forge's clock before the push, seconds since 1970.
    var serverTime: Int64?
    /// The user's push option that keeps a GitLab from making a pipeline; nil without one.
    var skipOption: String?
    /// What a GitLab's pipeline of this push is told; nil elsewhere, and where nothing could be found out in time.
    var inputs: PipelineInputs?
    /// Whether the repository is on this machine, where each push of a branch or tag starts a run.
    var runsHere = false

    init(update: RefUpdate, pushed: PushedCommit, push: WorkflowSurvey.Push, product: ForgeProduct?) {
        self.update = update
        self.pushed = pushed
        self.push = push
        self.product = product
        survey = WorkflowSurvey(of: pushed.ciFiles.files(for: product), for: push, on: product)
    }

    /// Takes note of the product, where it was not known before.
    mutating func settle(_ product: ForgeProduct?) {
        guard self.product == nil, let product else { return }
        self.product = product
        survey = WorkflowSurvey(of: pushed.ciFiles.files(for: product), for: push, on: product)
    }

    /// What `ci_platform` of the commit's configuration names.
    var suggestedProduct: ForgeProduct? {
        (try? pushed.configuration.get().0)?.ciPlatform?.value.product
    }

    /// Whether the push, or a dispatch after it, can start anything.
    var isWorthFollowing: Bool { runsHere || survey.ours != nil || survey.nothing == nil }

    /// Whether the push itself starts, or may start, the workflow of ours.
    var startsOurs: Bool {
        guard let ours = survey.ours else { return false }
        return survey.expected.contains { $0.path == ours.path }
            || survey.possible.contains { $0.file.path == ours.path }
    }

    /// Whether the run of a workflow of ours would follow this push.
    func startsOwnRun(_ trigger: PushSettings.Trigger) -> Bool {
        if runsHere { return trigger != .none }
        guard let ours = survey.ours else { return false }
        switch trigger {
        case .none: return false
        case .attach: return startsOurs
        case .auto, .dispatch: return startsOurs || ours.canBeDispatched
        }
    }
}
