import HephyCommands

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

let status = await HephyCommand.status(of: Array(CommandLine.arguments.dropFirst()))
// What was printed goes out; exit handlers of the libraries would race with threads that still run.
fflush(nil)
_exit(status)
