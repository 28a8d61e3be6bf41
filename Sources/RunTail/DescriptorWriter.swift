#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Writes to a file descriptor that somebody else owns and closes.
struct DescriptorWriter: Sendable {
    let descriptor: Int32

    /// Writes all of `bytes`, in one call where the system takes them at once.
    ///
    /// A reader that has gone is no error: there is nobody left to tell.
    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw in
            var rest = raw[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, piece.baseAddress, piece.count)
                #elseif canImport(Musl)
                    let count = Musl.write(descriptor, piece.baseAddress, piece.count)
                #else
                    let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
                #endif
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    waitUntilWritable()
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    /// The terminal's width in columns; nil where it has none.
    var columns: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
    }
}
