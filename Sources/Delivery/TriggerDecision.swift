import BuildPlan
import Forge
import Git

/// What a push of one ref leads to, by the trigger setting and what the commit's workflows say.
enum TriggerDecision: Sendable {
    /// Follow the run of our own workflow, which the push starts by itself.
    case attachToOurs(WorkflowFile)
    /// Start our own workflow with the plan's values.
    case dispatch(WorkflowFile)
    /// Start a run on this machine.
    case runHere
    /// Follow every run that the push starts.
    case attachToAll
    /// Nothing can start; `reason` says why.
    case nothing(reason: String)
    /// What was asked for cannot be done.
    case impossible(DeliveryError)

    init(for ref: PlannedRef, settings: PushSettings) {
        let trigger = settings.trigger.value
        let hasOverride = settings.forCommit(with: try? ref.pushed.configuration.get().0).hasOverride
        if trigger == .none {
            self = .nothing(reason: "hephy.trigger is none")
        } else if ref.runsHere {
            self = .runHere
        } else if ref.product == .gitlab, let option = ref.skipOption, trigger != .dispatch {
            self = .nothing(reason: "the push says '\(option)'")
        } else if let ours = ref.survey.ours, trigger == .auto, ref.startsOurs, ref.inputs?.areTaken == false {
            // What was asked for cannot be told to any pipeline there; the push's own is as good as another.
            self = .attachToOurs(ours)
        } else if let ours = ref.survey.ours, trigger != .attach,
            trigger == .dispatch || !ref.startsOurs || hasOverride
        {
            if ours.canBeDispatched {
                self = .dispatch(ours)
            } else if trigger == .dispatch || ref.startsOurs {
                self = .impossible(.obstacle(.notDispatchable(workflow: ours.path)))
            } else {
                self = Self.attaching(ref)
            }
        } else if let ours = ref.survey.ours, ref.startsOurs {
            self = .attachToOurs(ours)
        } else if trigger == .dispatch {
            self = .impossible(.obstacle(.noWorkflowOfOurs(commit: ref.pushed.commit.id.short)))
        } else {
            self = Self.attaching(ref)
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
