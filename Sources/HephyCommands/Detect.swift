import ArgumentParser
import BuildPlan
import Delivery
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct Detect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell which backend builds a commit, and why.",
        discussion: """
            Reads the commit from the object database, never the work tree, so a bare repository does too. Settings \
            count as in a push: HEPHY_BACKEND, then the commit's .hephy/build-config.yaml, then git config \
            hephy.backend, then detection.

            Exit status: 0, or 3 when nothing fits or the configuration is invalid.
            """)

    @Flag(help: "Show each rule, what it found, and why it won or lost.")
    var explain = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Argument(help: "The commit, by any name git understands.", completion: .commits)
    var commit = "HEAD"

    func run() async throws {
        let site = try await CommandSite()
        async let reading = site.settings()
        let id = try await site.commit(commit)
        let settings = try await reading
        let isThorough = explain || json
        let read = try await site.reading(id) { tree in
            Result { () throws(BuildPlanError) in
                try BuildPlan(tree: tree, settings: settings, isThorough: isThorough)
            }
        }
        let plan: BuildPlan
        switch read {
        case .success(let made): plan = made
        case .failure(.invalidConfiguration(let problems)):
            for line in problems.flatMap(ProblemLines.lines) { StandardError.write(line + "\n") }
            throw Ended(.configuration)
        case .failure(let error): throw Ended(FailureReport(error).say())
        }
        for line in plan.warnings.flatMap(ProblemLines.lines) { StandardError.write(line + "\n") }
        let report = DetectionReport(commit: id, plan: plan)
        for line in json ? [report.json] : report.lines(isExplained: explain) { print(line) }
        guard plan.detection.backend != nil else {
            let obstacle = PlanObstacle.nothingDetected(commit: id.short, looked: plan.detection.reason)
            throw Ended(FailureReport(obstacle).say())
        }
    }
}
