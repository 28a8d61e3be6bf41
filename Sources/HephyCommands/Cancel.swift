import ArgumentParser
import Delivery

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop a run.",
        discussion: "Without an argument, the newest run that this repository pushed.")

    @Argument(
        help: ArgumentHelp("A run's id, or a commit by any name git understands.", valueName: "run|commit"),
        completion: .runsAndCommits)
    var selection: String?

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    func run() async throws {
        let site = try await CommandSite()
        throw Ended(await RunRevisit(site.location).cancel(selection, remote: remote))
    }
}
