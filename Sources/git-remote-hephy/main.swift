import Delivery

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

let status = await Delivery().serveGit(arguments: Array(CommandLine.arguments.dropFirst()))
// Nothing is buffered here, and exit handlers of the libraries would race with threads that still run.
_exit(status.rawValue)
