import ArgumentParser
import Delivery

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Render the CI files again, after the configuration or the repository has changed.",
        discussion: """
            Writes what stands between the marks '# hephy:begin' and '# hephy:end' anew, from the work tree's \
            .hephy/build-config.yaml and what the commit that is checked out asks for. Everything outside of the \
            marks stays.

            Exit status: 0, or 3 when nothing was rendered here, or the configuration is invalid.
            """)

    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.")
    var isDryRun = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        let proposal: RepositorySetUp.Proposal
        do throws(DeliveryError) {
            let setUp = try await RepositorySetUp(site.location)
            proposal = try await setUp.renewal()
            if !isDryRun { try await setUp.carryOutFiles(of: proposal) }
        } catch {
            throw SetUpReport.ended(error)
        }
        let report = SetUpReport(proposal: proposal, isDryRun: isDryRun)
        for line in report.warnings { StandardError.write(line + "\n") }
        if json {
            print(SetUpReport.Synchronised(content: report.content(isInitial: false)).json)
        } else {
            for line in report.fileLines { print(line) }
        }
    }
}
