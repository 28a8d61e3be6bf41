#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A thread of its own for work that blocks, so that the concurrency pool keeps its threads.
package enum BlockingThread {
    /// Runs `body` on a new thread and returns its result.
    ///
    /// Object reads may wait for a `git` child that the pool serves; on a machine with one core they would wait for
    /// ever if they held the pool's only thread.
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            start { continuation.resume(returning: body()) }
        }
    }

    /// Runs `body` on a new thread, for nobody who waits.
    package static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        // Deep but bounded recursion (directory walks, YAML) must not meet a small default stack.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(&thread, &attributes, { Box.open($0) }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(status == 0, "a thread can be made")
    }

    private final class Box {
        let body: () -> Void

        init(_ body: @escaping () -> Void) {
            self.body = body
        }

        static func open(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            // A child that does not read on is an answer to a write, not a reason to die.
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            if let pointer { Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body() }
            return nil
        }
    }
}
