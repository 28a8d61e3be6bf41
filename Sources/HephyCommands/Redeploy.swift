import ArgumentParser
import BuildPlan
import Delivery

struct Redeploy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a commit again that is on the forge already, and follow it.",
        discussion: """
            Without COMMIT, what is checked out. Nothing is pushed: hephy's workflow is started as a push would start it, \
            on this machine a new run, on GitLab a new pipeline. Where the workflow is somebody else's, its last run is \
            started once more, where the forge has a way to do that. Settings count as in a push; the options here stand \
            for `git push -o hephy.KEY=VALUE`.

            Exit status: that of the run, as with `hephy watch`; 2 when the commit is not on the forge.
            """)

    @Argument(help: "The commit, by any name git understands.")
    var commit: String?

    @Option(
        help: ArgumentHelp(
            "The branch or tag that it runs for; else that of its last run, or the branch that is checked out.",
            valueName: "name"))
    var ref: String?

    @Option(help: "The remote whose forge is asked.", completion: .remotes)
    var remote: String?

    @Option(
        help: ArgumentHelp("What builds it: auto, kaniko, buildkit, ko or spin.", valueName: "backend"),
        completion: .list(["auto", "kaniko", "buildkit", "ko", "spin"]))
    var backend: String?

    @Option(help: ArgumentHelp("What it is built for, linux/amd64,linux/arm64 for instance.", valueName: "list"))
    var platforms: String?

    @Option(
        help: ArgumentHelp("Whether it is deployed: true or false.", valueName: "bool"),
        completion: .list(["true", "false"]))
    var deploy: String?

    @Option(
        help: ArgumentHelp("Whether the run is followed: true or false.", valueName: "bool"),
        completion: .list(["true", "false"]))
    var follow: String?

    @OptionGroup var following: FollowOptions

    func run() async throws {
        let site = try await CommandSite()
        let options = [
            ("backend", backend), ("platforms", platforms), ("deploy", deploy), ("follow", follow),
        ].compactMap { key, value in value.map { "\(key)=\($0)" } }
        let settings = try await site.settings(options: options + following.settings)
        var request = Redeployment.Request()
        request.commit = commit
        request.ref = ref
        request.remote = remote
        request.isQuiet = following.quiet
        request.asJSON = following.json
        throw Ended(await Redeployment(site.location).run(request, settings: settings))
    }
}
