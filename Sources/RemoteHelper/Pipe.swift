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

/// A pipe to a child. The end that the child gets is closed here by whoever starts it.
final class Pipe {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor
    private var isWriteEndOpen = true
    private var isReadEndOpen = true

    /// - Throws: `Errno` when there are no descriptors left.
    init() throws {
        (readEnd, writeEnd) = try FileDescriptor.pipe()
        // Another child that inherited an end would keep the pipe open after this one has gone.
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    }

    /// Closes the end that this process writes to; a second call does nothing.
    func closeWriteEnd() {
        if isWriteEndOpen { try? writeEnd.close() }
        isWriteEndOpen = false
    }

    /// Closes the end that this process reads from; a second call does nothing.
    func closeReadEnd() {
        if isReadEndOpen { try? readEnd.close() }
        isReadEndOpen = false
    }
}
