#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    package import System
#else
    package import SystemPackage
#endif

/// A pipe to a child.
///
/// The end that the child gets is closed here by whoever starts it.
package final class Pipe {
    package let readEnd: FileDescriptor
    package let writeEnd: FileDescriptor
    private var isWriteEndOpen = true
    private var isReadEndOpen = true

    /// - Throws: `Errno` when there are no descriptors left.
    package init() throws {
        (readEnd, writeEnd) = try FileDescriptor.pipe()
        // Another child that inherited an end would keep the pipe open after this one has gone.
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    }

    /// Closes the end that this process writes to; a second call does nothing.
    package func closeWriteEnd() {
        if isWriteEndOpen { try? writeEnd.close() }
        isWriteEndOpen = false
    }

    /// Closes the end that this process reads from; a second call does nothing.
    package func closeReadEnd() {
        if isReadEndOpen { try? readEnd.close() }
        isReadEndOpen = false
    }
}
