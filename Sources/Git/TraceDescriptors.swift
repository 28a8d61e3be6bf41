#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Descriptors that the user has opened for git's traces and named in `GIT_TRACE=5` and its like.
package enum TraceDescriptors {
    /// Those that the variables name, for git's programs to write to.
    package static func named(in environment: [String: String]) -> Set<Int32> {
        Set(environment.compactMap { $0.key.hasPrefix("GIT_TRACE") ? number($0.value) : nil })
    }

    /// The descriptor that a variable's value names.
    ///
    /// - Returns: 3 to 9, if that was open before this program: each of its own is closed in its children.
    package static func number(_ value: String) -> Int32? {
        guard value.utf8.count == 1, let number = Int32(value), number > 2 else { return nil }
        let flags = fcntl(number, F_GETFD)
        return flags >= 0 && flags & FD_CLOEXEC == 0 ? number : nil
    }
}
