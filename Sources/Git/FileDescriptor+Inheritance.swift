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

extension FileDescriptor {
    /// Keeps children from inheriting the descriptor; one that held a pipe's other end would keep it open for ever.
    func closeOnExec() {
        _ = fcntl(rawValue, F_SETFD, FD_CLOEXEC)
    }
}
