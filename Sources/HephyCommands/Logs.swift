import ArgumentParser
import Delivery

struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the log of a run.",
        discussion: """
            Without an argument, of the newest run that this repository pushed. The lines go to standard output, safe to \
            print; where there are several jobs each line begins with its job's name. Of a run that goes on, what there \
            is by now; with --follow all that comes, until it has ended.

            Exit status: 0 when all there is was printed, 5 when a log could not be had, 6 when there is no such run or \
            job; with --follow that of the run, as with `hephy watch`.
            """)

    @Argument(
        help: ArgumentHelp("A run's id, or a commit by any name git understands.", valueName: "run|commit"),
        completion: .runsAndCommits)
    var selection: String?

    @Option(help: ArgumentHelp("The job, by its name or a part of it.", valueName: "name"))
    var job: String?

    @Flag(help: "Only the steps that failed.")
    var failed = false

    @Flag(name: .shortAndLong, help: "Wait for more until the run has ended.")
    var follow = false

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    @Flag(help: "Print what happens as lines of JSON, log lines among it.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        var request = RunLogs.Request()
        request.job = job
        request.isOfFailures = failed
        request.isFollowing = follow
        request.asJSON = json
        throw Ended(await RunLogs(site.location).show(selection, remote: remote, request))
    }
}
