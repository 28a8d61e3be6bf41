import ArgumentParser
import Delivery

struct HookUninstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Take hephy's hooks away, and put back what was there before.")

    @Flag(help: "The hook for pushes from this repository.")
    var client = false

    @Argument(help: ArgumentHelp("The repository; where you are without it.", valueName: "repository"))
    var repository: String?

    func run() async throws {
        let site = try await CommandSite(at: repository)
        do throws(DeliveryError) {
            let report = try await HookInstallation(site.location).uninstall(isClient: client)
            for line in report.lines { print(line) }
        } catch {
            throw Ended(FailureReport(error).say())
        }
    }
}
