#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread of its own for work that blocks, which must not happen on the threads that tasks share.
enum DetachedThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` on a new thread that nobody waits for; returns why that was not possible, or nil.
    ///
    /// The thread takes no signals: handlers run on the threads that expect them, and a write to a closed connection
    /// inside the TLS library is an error there instead of a SIGPIPE.
    static func start(_ body: @escaping @Sendable () -> Void) -> String? {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // A thread begins with its maker's mask, so there is no moment at which it takes signals.
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = create(Work(body))
        pthread_sigmask(SIG_SETMASK, &before, nil)
        return code == 0 ? nil : String(cString: strerror(code))
    }

    private static func create(_ work: Work) -> Int32 {
        let context = Unmanaged.passRetained(work)
        #if canImport(Darwin)
            var thread: pthread_t?
            let code = pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    return nil
                }, context.toOpaque())
            if let thread { pthread_detach(thread) }
        #else
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { context in
                    if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                    return nil
                }, context.toOpaque())
            if code == 0 { pthread_detach(thread) }
        #endif
        if code != 0 { context.release() }
        return code
    }
}
