#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How many descriptors this process may have open (RLIMIT_NOFILE).
package enum DescriptorLimit {
    /// Enough for every child, transfer and log at once.
    private static let wanted: rlim_t = 256
    /// With fewer not even one child can be started beside the connection to git: Subprocess traps where the pipes of a
    /// child cannot be made (swift-subprocess 1.0), so nothing is begun.
    private static let fewest: rlim_t = 32
    #if canImport(Darwin)
        private static var resource: Int32 { RLIMIT_NOFILE }
    #else
        private static var resource: __rlimit_resource_t { .init(RLIMIT_NOFILE.rawValue) }
    #endif

    /// Raises the limit as far as is wanted and allowed; ends the process with a sentence where that is too little.
    ///
    /// - Parameter isHelper: whether git waits on standard input; it dies of a signal when its question finds nobody.
    package static func raise(isHelper: Bool = false) {
        guard let limit = tooLow() else { return }
        var byte: UInt8 = 0
        if isHelper { _ = read(0, &byte, 1) }
        StandardError.say("no more than \(limit) files may be open at once (ulimit -n), and hephy needs \(fewest)")
        _exit(ExitStatus.gitFailed.rawValue)
    }

    /// Raises the limit; returns it where it is still too low.
    private static func tooLow() -> rlim_t? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return nil }
        limit.rlim_cur = min(limit.rlim_max, wanted)
        if setrlimit(resource, &limit) != 0 {
            _ = getrlimit(resource, &limit)
        }
        return limit.rlim_cur < fewest ? limit.rlim_cur : nil
    }
}
