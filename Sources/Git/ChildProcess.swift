import CProcess

#if canImport(Darwin)
    package import Darwin
#else
    package import Glibc
#endif

/// A process that this one has started by itself.
///
/// Subprocess starts processes from a thread of its own and watches them from two more. Git waits for the remote helper's
/// children whenever it fetches or pushes, so that each thread that has to wake up counts.
package struct ChildProcess: Sendable {
    package let id: pid_t

    /// Starts `program`.
    ///
    /// - Parameters:
    ///   - program: a path, or a name that is looked for on the PATH of `environment`.
    ///   - arguments: what stands behind the program's name, each without a NUL.
    ///   - environment: the whole environment, by name; see ``ChildEnvironment``.
    ///   - input: what the child reads; it stays open here.
    ///   - output: what the child writes to; it stays open here.
    ///   - errors: where the child complains; it stays open here.
    ///   - isBound: whether the child ends, by SIGTERM, with the calling thread; see ``canBeBound``.
    /// - Throws: `GitError.programNotStarted`.
    package init(
        _ program: String, _ arguments: [[UInt8]], environment: [String: String],
        input: Int32, output: Int32, errors: Int32 = 2, isBound: Bool = false
    ) throws(GitError) {
        guard let path = Self.path(of: program, environment: environment) else {
            throw .programNotStarted(reason: "'\(program)' was not found")
        }
        let code = Self.spawn(
            path, arguments: ([Array(program.utf8)] + arguments).map { $0 + [0] },
            environment: ChildEnvironment.entries(environment), streams: [input, output, errors],
            keeping: TraceDescriptors.named(in: environment), isBound: isBound)
        switch code {
        case .success(let child): id = child
        case .failure(let fault): throw .programNotStarted(reason: String(cString: strerror(fault.code)))
        }
    }

    /// Whether the kernel ends a child together with the thread that has started it: on Linux.
    package static var canBeBound: Bool {
        #if os(Linux)
            true
        #else
            false
        #endif
    }

    /// Waits for the end.
    ///
    /// - Returns: the status of the exit, or 128 and the signal that ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 {
            guard errno == EINTR else { return 128 }
        }
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }

    /// Waits for the end, after which the process's id stays its own until ``wait()`` is called.
    package func waitWithoutReaping() {
        var about = siginfo_t()
        while waitid(P_PID, id_t(id), &about, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    }

    private struct Fault: Error {
        var code: Int32
    }

    private static func path(of program: String, environment: [String: String]) -> String? {
        guard !program.utf8.contains(UInt8(ascii: "/")) else { return program }
        return (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    private static func spawn(
        _ path: String, arguments: [[UInt8]], environment: [[UInt8]], streams: [Int32], keeping kept: Set<Int32>,
        isBound: Bool
    ) -> Result<pid_t, Fault> {
        #if os(Linux)
            if isBound {
                var child: pid_t = 0
                let kept = kept.reduce(into: UInt32(0)) { $0 |= 1 << UInt32($1) }
                let code = withCStrings(arguments) { arguments in
                    withCStrings(environment) { process_start_bound(path, arguments, $0, streams, kept, &child) }
                }
                return code == 0 ? .success(child) : .failure(Fault(code: code))
            }
        #endif
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
        }
        #if canImport(Darwin)
            for descriptor in kept { posix_spawn_file_actions_addinherit_np(&actions, descriptor) }
        #else
            closeOthers(&actions, but: kept)
        #endif
        // What this process ignores for itself is not for others to ignore; what it was told to ignore stays so.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, flags)
        var child: pid_t = 0
        let code = withCStrings(arguments) { arguments in
            withCStrings(environment) { posix_spawn(&child, path, &actions, &attributes, arguments, $0) }
        }
        return code == 0 ? .success(child) : .failure(Fault(code: code))
    }

    #if canImport(Darwin)
        private static let flags = Int16(
            POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_CLOEXEC_DEFAULT)
    #else
        private static let flags = Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)

        private typealias CloseFrom =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

        /// Lets the child close what is not its own: a pipe of another child that it held open would never end.
        ///
        /// glibc has this since 2.34. Before, what is open is told one by one; what another thread opens in between is
        /// closed by its own flag, or lives as long as the child.
        private static func closeOthers(_ actions: inout posix_spawn_file_actions_t, but kept: Set<Int32>) {
            if let found = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") {
                let first = (kept.max() ?? 2) + 1
                for descriptor in Int32(3)..<first where !kept.contains(descriptor) {
                    posix_spawn_file_actions_addclose(&actions, descriptor)
                }
                _ = unsafeBitCast(found, to: CloseFrom.self)(&actions, first)
                return
            }
            for descriptor in Int32(3)..<256 where fcntl(descriptor, F_GETFD) >= 0 && !kept.contains(descriptor) {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        }
    #endif

    /// Calls `body` with pointers to `texts`, each of which ends with a NUL, and a null pointer behind them.
    private static func withCStrings<Result>(
        _ texts: [[UInt8]], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: texts.reduce(0) { $0 + $1.count })
        defer { bytes.deallocate() }
        var pointers: [UnsafeMutablePointer<CChar>?] = []
        var next = bytes
        for text in texts {
            pointers.append(next)
            for byte in text {
                next.initialize(to: CChar(bitPattern: byte))
                next += 1
            }
        }
        return body(pointers + [nil])
    }
}
