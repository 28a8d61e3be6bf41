import ArgumentParser
import Delivery

struct HookStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell which of hephy's hooks a repository has, and whether they can do their work.",
        discussion: "Exit status: 0, or 3 where something keeps a hook from its work.")

    @Argument(help: ArgumentHelp("The repository; where you are without it.", valueName: "repository"))
    var repository: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let site = try await CommandSite(at: repository)
        let report: HooksReport
        do throws(DeliveryError) {
            report = try await HookInstallation(site.location).report()
        } catch {
            throw Ended(FailureReport(error).say())
        }
        if json {
            print(report.json)
        } else {
            for line in report.lines { print(line) }
            report.problems.forEach(StandardError.say)
        }
        if !report.problems.isEmpty { throw Ended(.configuration) }
    }
}
