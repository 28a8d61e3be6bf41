import HephyCommands

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

let status = await HephyCommand.status(of: Array(CommandLine.arguments.dropFirst()))
// What was printed goes out; exit handlers of the libraries would race with threads that still run.
fflush(nil)
_exit(status)
