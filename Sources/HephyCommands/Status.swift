import ArgumentParser
import Delivery
import RunTail

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what the newest runs of a branch are doing.",
        discussion: """
            Without an argument, of the branch that is checked out. Its head is told and the newest run of each \
            workflow, in one line each; where the head has no run, those of what the branch held before. Nothing is \
            waited for: `hephy watch` follows, and leaves with the verdict.

            Exit status: 0; 6 when there is no run; 4 or 5 when the forge was not to be asked, after what this \
            repository knows was told.
            """)

    @Argument(help: ArgumentHelp("A branch, or a commit by any name git understands.", valueName: "branch|commit"))
    var revision: String?

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        let told: RunOverview.Told<StatusReport>
        do throws(DeliveryError) {
            told = try await RunOverview(site.location).status(of: revision, remote: remote)
        } catch {
            throw Ended(FailureReport(error).say())
        }
        for line in json ? [told.report.json] : Self.lines(told.report) { print(line) }
        if let failure = told.failure { throw Ended(failure.say()) }
        guard !told.report.runs.isEmpty else { throw Ended(FailureReport(.noRunsYet).say()) }
    }

    private static func lines(_ report: StatusReport) -> [String] {
        let short = report.sha.prefix(7)
        let place = report.branch.map { "\(StandardError.safe($0)) is at \(short)" } ?? String(short)
        var lines = ["\(place): \(report.subject)"]
        if !report.isOfHead, !report.runs.isEmpty { lines.append("no run of \(short); the newest before it:") }
        var table = TextTable()
        for run in report.runs {
            let sha = report.isOfHead ? "" : String(run.sha.prefix(7))
            table.add([
                "\(run.name) #\(run.number)", sha, run.words, run.duration, run.age.map { "\($0) ago" } ?? "",
                run.doing ?? "", run.url ?? "run \(run.id)",
            ])
        }
        return lines + table.lines(behind: "  ")
    }
}

extension RunSummary {
    /// How long it took or has been going on for, for people.
    var duration: String { seconds.map { Elapsed(seconds: $0).description } ?? "" }
}
