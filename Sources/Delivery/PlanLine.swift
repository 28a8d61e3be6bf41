import BuildPlan
import Forge

/// The line that says what will build: `ko for linux/amd64, linux/arm64   (go.mod; ...)`.
enum PlanLine {
    static func text(for plan: Result<BuildPlan, BuildPlanError>) -> String {
        guard let plan = try? plan.get(), let backend = plan.detection.backend else { return "no backend" }
        let platforms = plan.platforms?.kept.map(\.description).joined(separator: ", ") ?? ""
        return StandardError.safe("\(backend.rawValue) for \(platforms)   (\(plan.detection.reason))")
    }

    /// What a workflow file of ours will do by itself, which may be something else than the plan.
    static func text(for file: WorkflowFile, plan: Result<BuildPlan, BuildPlanError>) -> String {
        let written = file.inputs?.first { $0.name == "backend" }?.defaultValue ?? ""
        guard !written.isEmpty, written != (try? plan.get())?.detection.backend?.rawValue else {
            return text(for: plan)
        }
        return StandardError.safe("\(FailureReport.firstLine(written))   (as \(file.fileName) says)")
    }

    /// The lines about platforms that the backend has no use for.
    static func notes(for plan: Result<BuildPlan, BuildPlanError>) -> [String] {
        (try? plan.get())?.platforms?.skipped.map { "\($0.platform) is skipped: \($0.reason)" } ?? []
    }
}
