// `git-remote-hephy`, and with `watch` as its first argument `hephy watch`, for which no time passes while they wait:
// a test of ten minutes' patience takes as long as its requests do.

import BuildPlan
import Delivery
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

let environment = ProcessInfo.processInfo.environment
let arguments = Array(CommandLine.arguments.dropFirst())
let clock = VirtualClock()
if arguments.first == "watch" {
    let location = try await RepositoryLocation(GitProgram(environment: environment))
    let settings = try PushSettings(options: [], environment: environment, gitConfig: { _ in nil })
    let revisit = RunRevisit(location, clock: clock)
    let selection = arguments.dropFirst().first
    // As the program itself: exit handlers of the libraries would race with threads that still run.
    _exit(await revisit.follow(selection, remote: nil, settings: settings, isQuiet: false).rawValue)
}
_exit(await Delivery(environment: environment, clock: clock).serveGit(arguments: arguments).rawValue)
