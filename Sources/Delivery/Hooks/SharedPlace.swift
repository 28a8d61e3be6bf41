import Forge

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A folder in a repository that several users of the machine may push to: what one of them makes there the others can
/// use, as with the repository itself (`core.sharedRepository`).
struct SharedPlace: Sendable {
    let path: String
    /// The repository's own permissions.
    private let mode: mode_t

    /// The folder `name` in `hephy` of the git directory; it is made where it is missing.
    init(_ name: String?, gitDirectory: String) throws(FileFault) {
        var status = stat()
        mode = stat(gitDirectory, &status) == 0 ? status.st_mode & 0o7777 : 0o755
        let folders = ["\(gitDirectory)/hephy"] + (name.map { ["\(gitDirectory)/hephy/\($0)"] } ?? [])
        for folder in folders where !LocalFile.exists(folder) {
            try LocalFile.makeFolder(folder, mode: 0o777)
            chmod(folder, mode)
        }
        path = folders.last ?? gitDirectory
    }

    /// Takes the lock of a file in the folder.
    func lock(_ name: String) throws(FileFault) -> Int32? {
        let lock = try LocalFile.lock("\(path)/\(name)", isPatient: true)
        if let lock { fchmod(lock, mode & 0o666) }
        return lock
    }

    /// Puts `bytes` in the place of a file in the folder.
    func replace(_ name: String, with bytes: [UInt8]) throws(FileFault) {
        try LocalFile.replace("\(path)/\(name)", with: bytes)
        chmod("\(path)/\(name)", mode & 0o666)
    }
}
