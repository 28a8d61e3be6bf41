import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Hands the signals that end this process on to a child before they do.
///
/// A transport that waits for its server does not notice that nobody waits for it; it would stay behind, and what was
/// broken off could still land.
final class SignalRelay {
    /// Read by the handler, which may touch nothing that takes a lock.
    private static let child = Atomic<pid_t>(0)
    private let taken: [Int32]

    /// From now on until the end of this object, of which there is one at a time, SIGINT, SIGTERM and SIGHUP end `child`
    /// as well; one that is ignored already, by `nohup` for instance, stays so.
    init(to child: pid_t) {
        Self.child.store(child, ordering: .releasing)
        taken = [SIGINT, SIGTERM, SIGHUP].filter(Self.hasDefaultAction)
        for number in taken {
            signal(number) { number in
                kill(SignalRelay.child.load(ordering: .acquiring), number)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    deinit {
        for number in taken { signal(number, SIG_DFL) }
    }

    private static func hasDefaultAction(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
            return action.__sigaction_u.__sa_handler == nil
        #else
            return action.__sigaction_handler.sa_handler == nil
        #endif
    }
}
