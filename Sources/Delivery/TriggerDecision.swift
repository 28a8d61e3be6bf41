import Git
import BuildPlan
import Forge

/// What a push of one ref leads to, by the trigger setting and what the commit's workflows say.
enum TriggerDecision: Sendable {
    /// Follow the run of our own workflow, which the push starts by itself.
    case attachToOurs(WorkflowFile)
    /// Start our own workflow with the plan's values.
    case dispatch(WorkflowFile)
    /// Follow every run that the push starts.
    case attachToAll
    /// Nothing can start; `reason` says why.
    case nothing(reason: String)
    /// What was asked for cannot be done.
    case impossible(DeliveryError)

    init(for ref: PlannedRef, trigger: PushSettings.Trigger) {
        let survey = ref.survey
        let backend = try? ref.pushed.plan.get()
        if trigger == .none {
            self = .nothing(reason: "hephy.trigger is none")
        } else if let ours = survey.ours, trigger != .attach,
            trigger == .dispatch || !ref.startsOurs || backend?.settings.hasOverride == true
        {
            self = Self.dispatching(ours, ref, isAsked: trigger == .dispatch || ref.startsOurs)
        } else if let ours = survey.ours, ref.startsOurs {
            self = .attachToOurs(ours)
        } else if trigger == .dispatch {
            self = .impossible(.noWorkflowOfOurs(commit: ref.pushed.commit.id.short))
        } else {
            self = Self.attaching(ref)
        }
    }

    private static func dispatching(_ ours: WorkflowFile, _ ref: PlannedRef, isAsked: Bool) -> TriggerDecision {
        guard ours.canBeDispatched else {
            return isAsked ? .impossible(.notDispatchable(workflow: ours.path)) : attaching(ref)
        }
        switch ref.pushed.plan {
        case .success(let plan) where plan.detection.backend == nil:
            return .impossible(.nothingDetected(commit: ref.pushed.commit.id.short, looked: plan.detection.reason))
        case .success: return .dispatch(ours)
        case .failure(.invalidConfiguration(let problems)):
            return .impossible(.invalidConfiguration(ProblemLines.summary(of: problems)))
        case .failure(.tree(let error)): return .impossible(.tree(error))
        }
    }

    private static func attaching(_ ref: PlannedRef) -> TriggerDecision {
        ref.survey.nothing == nil ? .attachToAll : .nothing(reason: ref.reasonForNothing)
    }
}

extension CommitSettings {
    /// Whether an option or the environment asks for something of its own, which a run that the push itself started
    /// would not know.
    var hasOverride: Bool {
        backend.source.isOverride || platforms.source.isOverride || deploy.source.isOverride
    }
}
