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

    @Argument(help: "The commit, by any name git understands.")
    var commit = "HEAD"

    func run() async throws {
        let site = try await CommandSite()
        let settings = try await site.settings()
        let id = try await site.commit(commit)
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
            for problem in problems { ProblemLines.lines(for: problem).forEach { StandardError.write($0 + "\n") } }
            throw Ended(.configuration)
        case .failure(let error): throw Ended(FailureReport(error).say())
        }
        for warning in plan.warnings { ProblemLines.lines(for: warning).forEach { StandardError.write($0 + "\n") } }
        let report = DetectionReport(commit: id, plan: plan)
        if json { print(try report.json()) } else { report.lines(isExplained: explain).forEach { print($0) } }
        guard plan.detection.backend != nil else {
            let failure = DeliveryError.nothingDetected(commit: id.short, looked: plan.detection.reason)
            throw Ended(FailureReport(failure).say())
        }
    }
}
