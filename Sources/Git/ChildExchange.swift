import Synchronization

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

/// A child that is told something, says something, and ends.
final class ChildExchange: Sendable {
    struct Output: Sendable {
        var status: Int32
        var standardOutput: [UInt8]
        var standardError: [UInt8]
    }

    /// What is kept of standard error; the rest is read and forgotten.
    private static let errorLimit = 64 << 10

    private enum State {
        case idle
        case running(pid_t)
        case ended
    }

    private let state = Mutex(State.idle)

    /// Runs `program` to its end; it blocks.
    ///
    /// - Parameters:
    ///   - program: a path, or a name on the PATH of `environment`.
    ///   - arguments: what stands behind the program's name.
    ///   - environment: the whole environment, by name.
    ///   - input: what it reads.
    ///   - outputLimit: the most bytes of standard output; a child that says more is ended.
    /// - Returns: what it said, and its status as ``ChildProcess/wait()`` tells it.
    /// - Throws: `GitError.programNotStarted`, also when it says too much.
    func run(
        _ program: String, _ arguments: [[UInt8]], environment: [String: String], input: [UInt8], outputLimit: Int
    ) throws(GitError) -> Output {
        let pipes: (input: Pipe, output: Pipe, errors: Pipe)
        do {
            pipes = (try Pipe(), try Pipe(), try Pipe())
        } catch {
            throw .programNotStarted(reason: "\(error)")
        }
        defer {
            for pipe in [pipes.input, pipes.output, pipes.errors] {
                pipe.closeReadEnd()
                pipe.closeWriteEnd()
            }
        }
        let child = try ChildProcess(
            program, arguments, environment: environment,
            input: pipes.input.readEnd.rawValue, output: pipes.output.writeEnd.rawValue,
            errors: pipes.errors.writeEnd.rawValue)
        pipes.input.closeReadEnd()
        pipes.output.closeWriteEnd()
        pipes.errors.closeWriteEnd()
        let isStopped = state.withLock { state in
            guard case .idle = state else { return true }
            state = .running(child.id)
            return false
        }
        if isStopped { kill(child.id, SIGKILL) }
        let said = Self.talk(through: pipes, input: input, outputLimit: outputLimit)
        if said == nil { kill(child.id, SIGKILL) }
        pipes.input.closeWriteEnd()
        pipes.output.closeReadEnd()
        pipes.errors.closeReadEnd()
        // A process that was waited for may be another one's by now.
        child.waitWithoutReaping()
        state.withLock { $0 = .ended }
        let status = child.wait()
        guard let said else { throw .programNotStarted(reason: "it said more than \(outputLimit) bytes") }
        return Output(status: status, standardOutput: said.output, standardError: said.errors)
    }

    /// Ends the child, or what will be started.
    func stop() {
        state.withLock { state in
            if case .running(let id) = state { kill(id, SIGKILL) }
            if case .idle = state { state = .ended }
        }
    }

    /// Writes `input` and reads the answers until both have ended; nil where there are too many.
    private static func talk(
        through pipes: (input: Pipe, output: Pipe, errors: Pipe), input: [UInt8], outputLimit: Int
    ) -> (output: [UInt8], errors: [UInt8])? {
        var rest = input[...]
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var open = (output: true, errors: true)
        let descriptors = (
            pipes.input.writeEnd.rawValue, pipes.output.readEnd.rawValue, pipes.errors.readEnd.rawValue
        )
        if rest.isEmpty { pipes.input.closeWriteEnd() }
        _ = fcntl(descriptors.0, F_SETFL, O_NONBLOCK)
        while open.output || open.errors {
            var polled = [
                pollfd(fd: rest.isEmpty ? -1 : descriptors.0, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: open.output ? descriptors.1 : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: open.errors ? descriptors.2 : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { return nil }
            if polled[0].revents != 0 {
                let count = rest.withUnsafeBytes { write(descriptors.0, $0.baseAddress, $0.count) }
                // Who does not read on is told no more.
                rest = count > 0 ? rest.dropFirst(count) : errno == EAGAIN || errno == EINTR ? rest : []
                if rest.isEmpty { pipes.input.closeWriteEnd() }
            }
            if polled[1].revents != 0 {
                open.output = read(descriptors.1, into: &output)
                if output.count > outputLimit { return nil }
            }
            if polled[2].revents != 0 {
                open.errors = read(descriptors.2, into: &errors)
                if errors.count > errorLimit { errors.removeLast(errors.count - errorLimit) }
            }
        }
        return (output, errors)
    }

    /// Appends what there is; false at the end.
    private static func read(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
            #if canImport(Darwin)
                let count = Darwin.read(descriptor, space.baseAddress, space.count)
            #else
                let count = Glibc.read(descriptor, space.baseAddress, space.count)
            #endif
            if count > 0 { bytes.append(contentsOf: space[..<count]) }
            return count > 0 || count < 0 && errno == EINTR
        }
    }
}
