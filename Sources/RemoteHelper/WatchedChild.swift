import Git
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A child that ends when this process has gone in whatever way, or the git that it works for.
///
/// A transport that waits for its server does not notice that nobody waits for it. A thread stands by for as long as the
/// child lives and looks for git. It has started the child, which the kernel ends together with it where it can; elsewhere,
/// and where a shell stands before what connects, a ``DeathWatch`` outlives this process for as long as that takes.
final class WatchedChild: Sendable {
    private enum State {
        case starting
        case running(ChildProcess, DeathWatch?)
        case failed(RemoteHelperError)
        case gone
    }

    private let command: ServiceCommand
    private let input: Int32
    private let output: Int32
    private let state = Mutex(State.starting)
    private let beginning = Latch()
    private let end = Latch()

    /// Starts `command`; it blocks until the program has been started.
    ///
    /// - Parameters:
    ///   - command: the program.
    ///   - input: what it reads; it stays open here.
    ///   - output: what it writes to; it stays open here.
    /// - Throws: `RemoteHelperError.transportNotStarted`.
    init(_ command: ServiceCommand, input: Int32, output: Int32) throws(RemoteHelperError) {
        self.command = command
        self.input = input
        self.output = output
        BlockingThread.start { self.standBy() }
        beginning.wait()
        if let error = state.withLock({ if case .failed(let error) = $0 { error } else { nil } }) { throw error }
    }

    /// The process's id, which stays its own until ``wait()`` has returned.
    var id: pid_t { process?.id ?? -1 }

    private var process: ChildProcess? {
        state.withLock { if case .running(let child, _) = $0 { child } else { nil } }
    }

    /// Waits for the end; to be called once.
    ///
    /// - Returns: the status of the exit, or 128 and the signal that ended it.
    func wait() -> Int32 {
        guard let process else { return 128 }
        process.waitWithoutReaping()
        // A process that was waited for may be another one's by now.
        state.withLock { state in
            if case .running(_, let watch) = state { watch?.dismiss() }
            state = .gone
        }
        end.open()
        return process.wait()
    }

    private func standBy() {
        let isBound = ChildProcess.canBeBound && !command.isShell
        do throws(RemoteHelperError) {
            let child = try command.start(input: input, output: output, isBound: isBound)
            let watch = isBound ? nil : DeathWatch(over: child.id, environment: command.environment)
            state.withLock { $0 = .running(child, watch) }
            beginning.open()
        } catch {
            state.withLock { $0 = .failed(error) }
            return beginning.open()
        }
        while !end.waitASecond() {
            guard CallingGit.isGone else { continue }
            state.withLock { state in
                guard case .running(let child, let watch) = state else { return }
                if let watch { watch.ring() } else { kill(child.id, SIGTERM) }
            }
            return end.wait()
        }
    }
}
