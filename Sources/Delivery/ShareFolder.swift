#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The folder of the files that hephy brings along: steps, templates, schema.
///
/// It is `$HEPHY_SHARE`, else `share/hephy` beside the folder that the program lies in.
package struct ShareFolder: Hashable, Sendable {
    package let path: String

    /// The folder of the steps.
    package var steps: String { "\(path)/steps" }

    /// - Throws: `DeliveryError.here` where there is none.
    package init(environment: [String: String]) throws(DeliveryError) {
        if let named = environment["HEPHY_SHARE"], !named.isEmpty {
            // Runs read it from another folder, the checkout of a commit, which could have one of the same name.
            guard let absolute = Self.resolved(named), Self.isFolder(absolute) else {
                throw .here(.noShareFolder(looked: named))
            }
            path = absolute
            return
        }
        guard let programs = Self.programFolder, let slash = programs.lastIndex(of: "/") else {
            throw .here(.noShareFolder(looked: nil))
        }
        path = "\(programs[..<slash])/share/hephy"
        guard Self.isFolder(path) else { throw .here(.noShareFolder(looked: path)) }
    }

    /// The folder of this program, links resolved; its companions lie beside it.
    package static var programFolder: String? {
        #if canImport(Darwin)
            var size: UInt32 = 4096
            let executable = String(unsafeUninitializedCapacity: Int(size)) { space in
                space.withMemoryRebound(to: CChar.self) { space in
                    _NSGetExecutablePath(space.baseAddress, &size) == 0 ? strlen(space.baseAddress ?? "") : 0
                }
            }
        #else
            let executable = "/proc/self/exe"
        #endif
        guard let path = resolved(executable) else { return nil }
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }

    /// The path from the root, links resolved; nil where there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
