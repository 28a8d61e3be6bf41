import ArgumentParser
import Delivery
import Git
import LocalRuns

struct ExecuteRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Execute a run of the embedded forge that a push has started.", shouldDisplay: false)

    @Argument(help: "The run's folder.")
    var folder: String

    func run() async throws {
        let runner: LocalRunner
        do {
            runner = try LocalRunner(path: folder, environment: ChildEnvironment.own())
        } catch {
            throw Ended(FailureReport(.here(.notARun(path: folder))).say())
        }
        await runner.run()
    }
}
