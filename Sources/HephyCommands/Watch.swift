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

    @OptionGroup var following: FollowOptions

    func run() async throws {
        let site = try await CommandSite()
        let settings = try await site.settings(options: following.settings)
        let status = await RunRevisit(site.location)
            .follow(
                selection, remote: remote, settings: settings, isQuiet: following.quiet, asJSON: following.json)
        throw Ended(status)
    }
}
