import ArgumentParser

struct Hook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let plain pushes to a server of your own be built and followed, by hooks.",
        discussion: """
            Whoever pushes needs nothing but git: what the build says comes as 'remote:' lines of the push.
            """,
        subcommands: [
            HookInstall.self,
            HookUninstall.self,
            HookStatus.self,
            HookRun.self,
            HookKeep.self,
        ])
}
