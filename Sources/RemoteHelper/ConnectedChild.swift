import Git
import Subprocess

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A child that is talked to by pipes, and ends with this process and with the git that this process works for.
@MainActor
struct ConnectedChild {
    /// What the child says, and what it is told.
    let channel: ProtocolChannel
    private let requests: Pipe

    /// Closes the child's input; a second call does nothing.
    func endRequests() {
        requests.closeWriteEnd()
    }

    /// Hands the way to the child's input over to somebody who closes it.
    func takeInput() -> Int32 {
        let own = fcntl(requests.writeEnd.rawValue, F_DUPFD_CLOEXEC, 0)
        requests.closeWriteEnd()
        return own
    }

    /// Runs `command` for as long as `body` works with it.
    ///
    /// - Parameters:
    ///   - command: the program.
    ///   - takesSignals: whether what ends this process is to end the child; one child at a time can be named.
    ///   - body: works with the child; it closes the child's input, or that is done at its end.
    /// - Returns: what `body` returned, and the child's status: that of its exit, or 128 and the signal that ended it.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    static func run<Value: Sendable>(
        _ command: ServiceCommand, takesSignals: Bool = true,
        _ body: (ConnectedChild) async -> Value
    ) async throws(RemoteHelperError) -> (value: Value, status: Int32) {
        do {
            let requests = try Pipe()
            let answers = try Pipe()
            defer {
                requests.closeWriteEnd()
                answers.closeReadEnd()
            }
            let channel = ProtocolChannel(input: answers.readEnd.rawValue, output: requests.writeEnd.rawValue)
            let connected = ConnectedChild(channel: channel, requests: requests)
            let result = try await Subprocess.run(
                command.executable, arguments: command.passedArguments,
                environment: command.childEnvironment.environment,
                input: .fileDescriptor(requests.readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(answers.writeEnd, closeAfterSpawningProcess: true),
                error: .currentStandardError
            ) { execution in
                let child = execution.processIdentifier.value
                let signals = takesSignals ? Self.relay(to: child, of: command) : nil
                defer { withExtendedLifetime(signals) { requests.closeWriteEnd() } }
                async let _ = DeathWatch.stand(over: child, environment: command.childEnvironment.environment)
                return await body(connected)
            }
            return (result.closureResult, Self.status(result.terminationStatus))
        } catch {
            throw .transportNotStarted(reason: "\(error)")
        }
    }

    /// Lets `command` talk to git itself, by this process's own input and output, and waits for its end.
    ///
    /// - Returns: its status.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    static func handOver(to command: ServiceCommand) async throws(RemoteHelperError) -> Int32 {
        do {
            let result = try await Subprocess.run(
                command.executable, arguments: command.passedArguments,
                environment: command.childEnvironment.environment,
                input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError
            ) { execution in
                let child = execution.processIdentifier.value
                let signals = Self.relay(to: child, of: command)
                defer { withExtendedLifetime(signals) {} }
                async let _ = DeathWatch.stand(over: child, environment: command.childEnvironment.environment)
                // Whoever else holds git's pipes hides from git that the child has gone.
                Self.leaveStandardStreams()
                await BlockingThread.run { Self.wait(for: child) }
            }
            return Self.status(result.terminationStatus)
        } catch {
            throw .transportNotStarted(reason: "\(error)")
        }
    }

    /// Hands signals on to `child`; where a shell stands before what connects, ending that alone would end nothing, and the
    /// death watch, which sees this process go, ends both.
    private static func relay(to child: pid_t, of command: ServiceCommand) -> SignalRelay? {
        command.isShell ? nil : SignalRelay(to: child)
    }

    /// Returns when the child has ended; it stays there for whoever asks for its status.
    private nonisolated static func wait(for child: pid_t) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    }

    private static func leaveStandardStreams() {
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nowhere >= 0 else { return }
        dup2(nowhere, 0)
        dup2(nowhere, 1)
        close(nowhere)
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

extension ServiceCommand {
    var childEnvironment: ChildEnvironment { ChildEnvironment(environment) }

    /// Bytes are passed on as C strings (swift-subprocess 1.0).
    var passedArguments: Arguments { Arguments(arguments.map { $0 + [0] }) }

    var executable: Executable {
        program.contains("/") ? .path(FilePath(program)) : childEnvironment.executable(program)
    }
}
