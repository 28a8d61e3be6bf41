import HephyCommands

#if canImport(FoundationEssentials)
    import FoundationEssentials
    import Glibc
#else
    import Foundation
#endif

exit(await HephyCommand.status(of: Array(CommandLine.arguments.dropFirst())))
