#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A file of the record that could not be read or written.
package struct FileFault: Error, Hashable, Sendable {
    package var path: String
    /// The system's number of the error, `ENOSPC` for instance.
    package var code: Int32

    package init(path: String, code: Int32) {
        self.path = path
        self.code = code
    }

    /// The system's words for the error.
    package var reason: String { String(cString: strerror(code)) }
}
