import Forge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One hook in a repository's folder of hooks.
struct HookFile: Sendable {
    let name: HookName
    let folder: String

    var path: String { "\(folder)/\(name.rawValue)" }
    /// Where the hook lies that was there before hephy's.
    var keptPath: String { "\(folder)/\(HookScript.keptName(name))" }

    enum Holder: Hashable, Sendable {
        case nobody
        case hephy
        case another
    }

    var holder: Holder {
        guard Self.kind(of: path) != nil else { return .nobody }
        guard let bytes = try? LocalFile.contents(of: path, limit: 1 << 20) else { return .another }
        let isOurs = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3).prefix(3)
            .contains { $0.elementsEqual(HookScript.mark.utf8) }
        return isOurs ? .hephy : .another
    }

    /// Whether a hook was there before.
    var hasKept: Bool { Self.kind(of: keptPath) != nil }

    /// Whether git would run what is here.
    var isExecutable: Bool { access(path, X_OK) == 0 }

    /// Makes this hook hephy's, beside the one that is there.
    ///
    /// - Returns: whether anything has changed.
    /// - Throws: `HookError` when it cannot be written or something stands in its way.
    func install(_ script: HookScript) throws(HookError) -> Bool {
        var script = script
        let earlier = holder == .another ? path : keptPath
        if let text = try? LocalFile.contents(of: earlier, limit: 1 << 20) { script.run(text) }
        var isMoved = false
        switch holder {
        case .hephy:
            let now = try? LocalFile.contents(of: path, limit: 1 << 20)
            if now == Array(script.text.utf8), isExecutable { return false }
        case .nobody: break
        case .another:
            guard Self.kind(of: path) != S_IFDIR else { throw .notAFile(path: path) }
            guard !hasKept else { throw .bothThere(path: path, kept: keptPath) }
            // At no moment is there no hook for a push that comes just now.
            if linkat(AT_FDCWD, path, AT_FDCWD, keptPath, 0) != 0, rename(path, keptPath) != 0 {
                throw .file(FileFault(path: keptPath, code: errno))
            }
            isMoved = true
        }
        do {
            try LocalFile.replace(path, with: Array(script.text.utf8), mode: 0o755)
        } catch {
            if isMoved { rename(keptPath, path) }
            throw .file(error)
        }
        return true
    }

    /// Puts back what was here before.
    ///
    /// - Returns: whether there was anything to do.
    /// - Throws: `HookError` when it cannot be done, or somebody has put another hook here since.
    func uninstall() throws(HookError) -> Bool {
        switch holder {
        case .hephy where hasKept:
            guard rename(keptPath, path) == 0 else { throw .file(FileFault(path: path, code: errno)) }
        case .hephy:
            guard unlink(path) == 0 else { throw .file(FileFault(path: path, code: errno)) }
        case .nobody where hasKept:
            guard rename(keptPath, path) == 0 else { throw .file(FileFault(path: path, code: errno)) }
        case .another where hasKept: throw .bothThere(path: path, kept: keptPath)
        case .nobody, .another: return false
        }
        return true
    }

    /// What a path is, links not followed; nil where there is nothing.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
