import ArgumentParser
import Delivery
import Git

struct HookInstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Add hephy's hooks to a repository, beside those that are there.",
        discussion: """
            In a bare repository: each push is built on this machine once it has landed (post-receive), or with --gate \
            before it lands, and only a green one does (pre-receive). With --upstream each push goes on to another \
            repository, whose CI is started and followed. Hooks that are there already keep running, before hephy's.

            With --client, in a repository that you push from: 'hephy check' before each push (pre-push).

            Exit status: 0; 2 where the hooks cannot be there.
            """)

    @Option(
        help: ArgumentHelp("Pass each push on to this repository, and follow its CI there.", valueName: "url"))
    var upstream: String?

    @Flag(help: "Take a push only when its build here is green.")
    var gate = false

    @Flag(help: "Check the configuration before each push from this repository.")
    var client = false

    @Argument(help: ArgumentHelp("The repository; where you are without it.", valueName: "repository"))
    var repository: String?

    func validate() throws {
        if gate, upstream != nil {
            throw ValidationError("--gate decides by a run on this machine: it cannot be combined with --upstream")
        }
        if client, gate || upstream != nil {
            throw ValidationError("--client is for pushes from here, --gate and --upstream are for pushes to here")
        }
    }

    func run() async throws {
        let site = try await CommandSite(at: repository)
        do throws(DeliveryError) {
            let report = try await HookInstallation(site.location).install(try purpose())
            for line in report.lines { print(line) }
        } catch {
            throw Ended(FailureReport(error).say())
        }
    }

    private func purpose() throws(DeliveryError) -> HookInstallation.Purpose {
        if client { return .check }
        guard let upstream else { return gate ? .gate : .run }
        return .mirror(try HookInstallation.upstream(upstream))
    }
}
