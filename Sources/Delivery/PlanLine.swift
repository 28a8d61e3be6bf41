import BuildPlan
import Forge

/// The line that says what will build: `ko for linux/amd64, linux/arm64   (go.mod; ...)`.
enum PlanLine {
    static func text(for plan: BuildPlan) -> String {
        guard let backend = plan.detection.backend else {
            return StandardError.safe("no backend   (\(plan.detection.reason))")
        }
        let platforms = plan.platforms?.kept.map(\.description).joined(separator: ", ") ?? ""
        return StandardError.safe("\(backend.rawValue) for \(platforms)   (\(plan.detection.reason))")
    }

    /// What a workflow file of ours will do by itself, which may be something else than the plan.
    static func text(for file: WorkflowFile, plan: BuildPlan?) -> String {
        let written = file.inputs?.first { $0.name == "backend" }?.defaultValue ?? ""
        let isDetected = written.isEmpty || written == "auto"
        if let plan, isDetected || written == plan.detection.backend?.rawValue { return text(for: plan) }
        let choice = written.isEmpty ? "its own choice" : FailureReport.firstLine(written)
        return StandardError.safe("\(choice)   (as \(file.fileName) says)")
    }

    /// The lines about platforms that the backend has no use for.
    static func notes(for plan: BuildPlan) -> [String] {
        plan.platforms?.skipped.map { "\($0.platform) is skipped: \($0.reason)" } ?? []
    }
}
