import ArgumentParser
import Delivery
import Git

struct HookKeep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep", abstract: "See to it that a push that a hook has found green lands.",
        shouldDisplay: false)

    @Argument(help: "The folder that keeps the push.")
    var folder: String

    func run() async throws {
        await GateKeeper(folder: folder, environment: ChildEnvironment.own()).keep()
    }
}
