import ArgumentParser

/// How a run is followed: what `git push -o hephy.KEY=VALUE` says there, and what is printed.
struct FollowOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How much of the logs is shown: auto, all, failed or none.", valueName: "which"),
        completion: .list(["auto", "all", "failed", "none"]))
    var logs: String?

    @Option(help: ArgumentHelp("Stop following after this long, 15m for instance; the run goes on.", valueName: "time"))
    var timeout: String?

    @Flag(name: .shortAndLong, help: "Print nothing unless the verdict is bad.")
    var quiet = false

    @Flag(help: "Print what happens as lines of JSON.")
    var json = false

    /// As push options say it, without `hephy.`.
    var settings: [String] {
        [logs.map { "logs=\($0)" }, timeout.map { "timeout=\($0)" }].compactMap(\.self)
    }
}
