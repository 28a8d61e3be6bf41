#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Starts the program that executes a run, apart from this one: in a session of its own, with nothing open but the run's
/// lock, which it thereby holds from its first moment on.
///
/// Subprocess waits for its children; this one outlives whoever has started it.
package enum RunnerProcess {
    /// The descriptor that the program finds its lock at; `LocalRunner` names it too.
    private static let lockDescriptor: Int32 = 3

    /// - Throws: `FileFault` when the program or its log cannot be opened.
    package static func start(
        _ program: String, _ arguments: [String], environment: [String: String], log: String, lock: Int32
    ) throws(FileFault) {
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
        // The lock moves out of the way of the numbers that are to be used.
        let held = fcntl(lock, F_DUPFD_CLOEXEC, 10)
        guard held >= 0 else { throw FileFault(path: log, code: errno) }
        defer { close(held) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, held, lockDescriptor)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            // POSIX_SPAWN_SETSID; the rest is closed.
            flags |= 0x0400 | Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
            posix_spawn_file_actions_addinherit_np(&actions, lockDescriptor)
        #else
            flags |= 0x80  // POSIX_SPAWN_SETSID, which is hidden from Swift.
            keepDescriptorsHere()
        #endif
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        let status = withStrings([program] + arguments) { arguments in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                var child = pid_t()
                return untilNotBusy { posix_spawn(&child, program, &actions, &attributes, arguments, environment) }
            }
        }
        guard status == 0 else { throw FileFault(path: program, code: status) }
    }

    /// A program that was written just now is busy until every process that was started meanwhile has closed the file:
    /// for half a second it is tried again.
    private static func untilNotBusy(_ start: () -> Int32) -> Int32 {
        for _ in 0..<50 {
            let status = start()
            guard status == ETXTBSY else { return status }
            usleep(10_000)
        }
        return start()
    }

    #if !canImport(Darwin)
        /// Whoever has started this process waits for the end of every pipe that it gave to it.
        private static func keepDescriptorsHere() {
            for descriptor in LocalFile.names(in: "/proc/self/fd").compactMap({ Int32($0) }) where descriptor > 2 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
    #endif

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer {
            for copy in copies { free(copy) }
        }
        return body(copies + [nil])
    }
}
