import Delivery

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

let delivery = Delivery(environment: ProcessInfo.processInfo.environment)
exit(await delivery.serveGit(arguments: Array(CommandLine.arguments.dropFirst())).rawValue)
