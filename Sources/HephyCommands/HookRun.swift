import ArgumentParser
import Delivery
import Git

struct HookRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Do the work of a hook that git has started.", shouldDisplay: false)

    @Argument(help: "The hook's name.")
    var hook: String

    func run() async throws {
        guard let name = HookName(rawValue: hook), HookName.server.contains(name) else {
            throw ValidationError("'\(hook)' is no hook that hephy has a part in")
        }
        throw Ended(await ServerHook(name, environment: ChildEnvironment.own()).run())
    }
}
