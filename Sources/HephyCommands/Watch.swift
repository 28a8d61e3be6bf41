import ArgumentParser
import BuildPlan
import Delivery

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow a run again, to its verdict.",
        discussion: """
            Without an argument, the newest run that this repository pushed. With a commit, every run that its push \
            started. Where nothing was pushed from here, the newest run of the branch that is checked out.

            The connection may break, and this machine may sleep: it goes on where it was, without losing or repeating \
            a line. Only time that the machine is awake counts, for --timeout too.

            Exit status: as `git push` would have had it: 0 succeeded, 1 failed, 5 verdict unknown, 6 no run, \
            7 cancelled or superseded, 8 waiting for a person, 9 timeout, 130 detached by Ctrl-C.
            """)

    @Argument(
        help: ArgumentHelp("A run's id, or a commit by any name git understands.", valueName: "run|commit"),
        completion: .runsAndCommits)
    var selection: String?

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    @Option(
        help: ArgumentHelp("How much of the logs is shown: auto, all, failed or none.", valueName: "which"),
        completion: .list(["auto", "all", "failed", "none"]))
    var logs: String?

    @Option(help: ArgumentHelp("Stop following after this long, 15m for instance; the run goes on.", valueName: "time"))
    var timeout: String?

    @Flag(name: .shortAndLong, help: "Print nothing unless the verdict is bad.")
    var quiet = false

    @Flag(help: "Print what happens as lines of JSON.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        let options = [logs.map { "logs=\($0)" }, timeout.map { "timeout=\($0)" }].compactMap(\.self)
        let settings = try await site.settings(options: options)
        let status = await RunRevisit(site.location)
            .follow(selection, remote: remote, settings: settings, isQuiet: quiet, asJSON: json)
        throw Ended(status)
    }
}
