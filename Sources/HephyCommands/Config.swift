import ArgumentParser
import Delivery

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell which settings a push would have, and where each comes from.",
        discussion: """
            The first that says something counts: -o hephy.KEY=VALUE of the push itself, the variable HEPHY_KEY, \
            .hephy/build-config.yaml of the commit, git config hephy.<url>.KEY and hephy.KEY, and what hephy detects. \
            Secrets are shown as ***.

            Exit status: 0, 2 for a value that cannot be used, or 3 when the file is invalid.
            """)

    @Argument(help: "The commit that would be pushed, by any name git understands; HEAD without.", completion: .commits)
    var commit: String?

    @Option(
        help: "The remote that it would be pushed to; the only one that goes through hephy without.",
        completion: .remotes)
    var remote: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let site = try await CommandSite()
        let report: ConfigReport
        do {
            let told = try await EffectiveSettings(site.location).report(of: commit, remote: remote)
            told.passedOver?.lines.forEach(StandardError.say)
            report = told.report
        } catch {
            throw Ended(FailureReport(error).say())
        }
        if json {
            print(report.json)
            return
        }
        var table = TextTable()
        for setting in report.settings { table.add([setting.name, setting.value, setting.origin]) }
        for line in table.lines() { print(line) }
    }
}
