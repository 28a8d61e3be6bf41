import ArgumentParser
import Delivery

struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the newest runs of the repository.",
        discussion: """
            The forge is asked, for all branches. Where it does not answer, the runs that were followed from here are \
            listed as they were last seen, and the status says so.

            Exit status: 0; 6 when there is none; 4 or 5 when the forge was not to be asked.
            """)

    @Option(help: ArgumentHelp("How many, from 1 to 100.", valueName: "number"))
    var limit = 20

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...RunOverview.mostRuns).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to \(RunOverview.mostRuns)")
        }
    }

    func run() async throws {
        let site = try await CommandSite()
        let told: RunOverview.Told<RunsReport>
        do throws(DeliveryError) {
            told = try await RunOverview(site.location).runs(limit: limit, remote: remote)
        } catch {
            throw Ended(FailureReport(error).say())
        }
        let report = told.report
        if json {
            print(report.json)
        } else {
            var table = TextTable()
            for run in report.runs {
                table.add([
                    run.id, "#\(run.number)", run.words, run.duration, run.age.map { "\($0) ago" } ?? "",
                    run.ref ?? "", String(run.sha.prefix(7)), run.name,
                ])
            }
            for line in table.lines() { print(line) }
        }
        if let failure = told.failure { throw Ended(failure.say()) }
        guard !report.runs.isEmpty else { throw Ended(FailureReport(.noRunsYet).say()) }
    }
}
