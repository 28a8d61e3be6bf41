#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The only stream on which the helper speaks to people; standard output belongs to git's protocol.
package enum StandardError {
    /// Writes `text` in as few calls as the system allows, so that lines of several processes do not mix.
    package static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { bytes in
                #if canImport(Darwin)
                    Darwin.write(2, bytes.baseAddress, bytes.count)
                #else
                    Glibc.write(2, bytes.baseAddress, bytes.count)
                #endif
            }
            if count < 0 && errno != EINTR { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Writes `hephy: ` and the line.
    package static func say(_ line: String) {
        write("hephy: \(line)\n")
    }

    package static var isTerminal: Bool { isatty(2) == 1 }
}
