import ArgumentParser
import Delivery

struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the page of a run in the browser.",
        discussion: """
            Without an argument, of the newest run that this repository pushed. The browser is that of the environment \
            variable BROWSER, else what this system opens addresses with; where there is none, the address is printed. \
            Only http and https addresses on the forge's own host are opened.
            """)

    @Argument(
        help: ArgumentHelp("A run's id, or a commit by any name git understands.", valueName: "run|commit"),
        completion: .runsAndCommits)
    var selection: String?

    @Flag(help: "Print the address, and open nothing.")
    var print = false

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    func run() async throws {
        let site = try await CommandSite()
        let url: String
        do throws(DeliveryError) {
            url = try await RunPage(site.location).url(selection, remote: remote)
        } catch {
            throw Ended(FailureReport(error).say())
        }
        if !print { RunPage.show(url, environment: site.environment) }
        Swift.print(url)
    }
}
