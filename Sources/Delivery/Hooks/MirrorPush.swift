import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One `git push` to the upstream, through the remote helper: what it says goes on to the pusher as it comes.
struct MirrorPush: Sendable {
    /// What became of it.
    struct Outcome: Sendable {
        var status: Int32
        var table: MirrorTable
    }

    let arguments: [String]
    let environment: [String: String]

    /// Runs it to its end.
    ///
    /// - Parameter landed: is told as soon as git has said what became of each ref; the runs are followed after it.
    /// - Returns: git's status, and its table.
    /// - Throws: `GitError` when git cannot be started.
    func run(landed: @escaping @Sendable (MirrorTable) -> Void) async throws(GitError) -> Outcome {
        let (arguments, environment) = (arguments.map { Array($0.utf8) }, environment)
        let result = await BlockingThread.run {
            Result { () throws(GitError) in try Self.follow(arguments, environment, landed) }
        }
        return try result.get()
    }

    private static func follow(
        _ arguments: [[UInt8]], _ environment: [String: String], _ landed: (MirrorTable) -> Void
    ) throws(GitError) -> Outcome {
        guard let (source, words) = pipeEnds() else {
            throw .programNotStarted(reason: String(cString: strerror(errno)))
        }
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(source)
            close(nowhere)
        }
        let child: ChildProcess
        do {
            defer { close(words) }
            child = try ChildProcess(
                "git", arguments, environment: environment, input: nowhere, output: nowhere,
                errors: words)
        }
        var table = MirrorTable()
        var hasTold = false
        relay(source, of: child) { line in
            let shown = table.take(line)
            if table.hasEnded, !hasTold {
                hasTold = true
                landed(table)
            }
            StandardError.write(shown + "\n")
        }
        let status = child.wait()
        if !hasTold, table.hasBegun { landed(table) }
        return Outcome(status: status, table: table)
    }

    private static func pipeEnds() -> (read: Int32, write: Int32)? {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        let made = withUnsafeMutableBytes(of: &ends) { pipe($0.bindMemory(to: Int32.self).baseAddress) }
        guard made == 0 else { return nil }
        for end in [ends.read, ends.write] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return ends
    }

    /// Gives each line to `tell`, until the child has ended: what it leaves behind may keep the pipe open for ever.
    private static func relay(_ source: Int32, of child: ChildProcess, _ tell: (String) -> Void) {
        var rest: [UInt8] = []
        func tellLines() {
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                tell(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeFirst(end + 1)
            }
        }
        while true {
            let hasEnded = hasEnded(child)
            var entry = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, hasEnded ? 0 : 200)
            if ready < 0, errno == EINTR { continue }
            if ready <= 0 {
                if hasEnded { break }
                continue
            }
            let count = withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 1) { space in
                let count = read(source, space.baseAddress, space.count)
                if count > 0 { rest.append(contentsOf: space[..<count]) }
                return count
            }
            if count == 0 { break }
            tellLines()
        }
        if !rest.isEmpty { tell(String(decoding: rest, as: UTF8.self)) }
    }

    private static func hasEnded(_ child: ChildProcess) -> Bool {
        var about = siginfo_t()
        return waitid(P_PID, id_t(child.id), &about, WEXITED | WNOWAIT | WNOHANG) == 0 && about.si_signo == SIGCHLD
    }
}
