#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Where the program `hephy` is, for those who start it later from elsewhere.
enum InstalledProgram {
    /// The path by which PATH leads to this very installation, which an upgrade keeps, else where the program lies.
    static func path(environment: [String: String]) -> String? {
        guard let folder = ShareFolder.programFolder else { return nil }
        let own = "\(folder)/hephy"
        for candidate in (environment["PATH"] ?? "").split(separator: ":") where candidate.hasPrefix("/") {
            let path = "\(candidate)/hephy"
            guard access(path, X_OK) == 0, let real = realpath(path, nil) else { continue }
            defer { free(real) }
            return String(cString: real) == own ? path : own
        }
        return own
    }
}
