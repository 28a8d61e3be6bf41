import Git

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
        let requests: Pipe
        let answers: Pipe
        do {
            requests = try Pipe()
            answers = try Pipe()
        } catch {
            throw .transportNotStarted(reason: "\(error)")
        }
        defer {
            requests.closeWriteEnd()
            answers.closeReadEnd()
        }
        let child: WatchedChild
        do {
            defer {
                requests.closeReadEnd()
                answers.closeWriteEnd()
            }
            child = try WatchedChild(command, input: requests.readEnd.rawValue, output: answers.writeEnd.rawValue)
        }
        let signals = takesSignals ? Self.relay(to: child.id, of: command) : nil
        let channel = ProtocolChannel(input: answers.readEnd.rawValue, output: requests.writeEnd.rawValue)
        let value = await body(ConnectedChild(channel: channel, requests: requests))
        requests.closeWriteEnd()
        return withExtendedLifetime(signals) { (value, child.wait()) }
    }

    /// Lets `command` talk to git itself, by this process's own input and output, and waits for its end.
    ///
    /// - Returns: its status.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    static func handOver(to command: ServiceCommand) throws(RemoteHelperError) -> Int32 {
        let child = try WatchedChild(command, input: 0, output: 1)
        let signals = Self.relay(to: child.id, of: command)
        // Whoever else holds git's pipes hides from git that the child has gone.
        leaveStandardStreams()
        return withExtendedLifetime(signals) { child.wait() }
    }

    /// Hands signals on to `child`; where a shell stands before what connects, ending that alone would end nothing, and the
    /// death watch, which sees this process go, ends both.
    private static func relay(to child: pid_t, of command: ServiceCommand) -> SignalRelay? {
        command.isShell ? nil : SignalRelay(to: child)
    }

    private static func leaveStandardStreams() {
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nowhere >= 0 else { return }
        dup2(nowhere, 0)
        dup2(nowhere, 1)
        close(nowhere)
    }
}
