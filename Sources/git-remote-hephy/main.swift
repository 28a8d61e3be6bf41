import Delivery

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

let delivery = Delivery(environment: ProcessInfo.processInfo.environment)
let status = await delivery.serveGit(arguments: Array(CommandLine.arguments.dropFirst()))
// Nothing is buffered here, and exit handlers of the libraries would race with threads that still run.
_exit(status.rawValue)
