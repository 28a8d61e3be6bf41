package import ArgumentParser
import Delivery

/// The command tree of `hephy`.
package struct HephyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "hephy",
        abstract: "Push to the forge you use, have its CI build and deploy the commit, and watch it happen.",
        discussion: """
            The push itself is git's: add a remote whose URL begins with hephy:: and push to it. `hephy init` does \
            that, and writes what CI needs to build.

                git remote add hephy hephy::github.com/OWNER/REPOSITORY
                git push hephy main

            These commands are for everything around it.
            """,
        version: HephyVersion.text,
        subcommands: [
            Init.self,
            Sync.self,
            Check.self,
            Detect.self,
            Status.self,
            Runs.self,
            Watch.self,
            Logs.self,
            Redeploy.self,
            Open.self,
            Cancel.self,
            DoctorCommand.self,
            Config.self,
            Hook.self,
            Adopt.self,
            ExecuteRun.self,
            Suggest.self,
            WriteCompanions.self,
        ])

    package init() {}

    /// Parses `arguments` and runs what they say.
    ///
    /// - Returns: the status to exit with; wrong arguments are a `usage`.
    package static func status(of arguments: [String]) async -> Int32 {
        DescriptorLimit.raise()
        return await exitStatus(of: arguments).rawValue
    }

    private static func exitStatus(of arguments: [String]) async -> ExitStatus {
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .succeeded
        } catch let ended as Ended {
            return ended.status
        } catch {
            let isHelp = exitCode(for: error).isSuccess
            let text = fullMessage(for: error)
            if isHelp { print(text) } else { StandardError.write(text + "\n") }
            return isHelp ? .succeeded : .usage
        }
    }
}

/// How a command ended, where that is not success.
struct Ended: Error {
    var status: ExitStatus

    init(_ status: ExitStatus) {
        self.status = status
    }
}
