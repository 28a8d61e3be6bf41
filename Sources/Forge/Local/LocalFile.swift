#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Files as the record of runs needs them: read whole, replaced at once, appended to, locked.
///
/// Nothing here is inherited by a child.
package enum LocalFile {
    /// The whole file.
    ///
    /// - Throws: `FileFault` when it cannot be read or has more than `limit` bytes.
    package static func contents(of path: String, limit: Int = 16 << 20) throws(FileFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFault(path: path, code: errno) }
        defer { close(descriptor) }
        return try rest(of: descriptor, path: path, limit: limit)
    }

    /// All that is left to read of an open file or pipe.
    ///
    /// - Throws: `FileFault` when it cannot be read or has more than `limit` bytes.
    package static func rest(
        of descriptor: Int32, path: String = "", limit: Int = 64 << 20
    ) throws(FileFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try read(descriptor, upTo: 64 << 10, path: path)
            if piece.isEmpty { return bytes }
            bytes += piece
            guard bytes.count <= limit else { throw FileFault(path: path, code: EFBIG) }
        }
    }

    /// Puts `bytes` in the place of the file at once: whoever reads sees the old or the new contents, also after the
    /// machine has lost its power.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: Int = 0o600
    ) throws(FileFault) {
        let new = "\(path).new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw FileFault(path: new, code: errno) }
        do throws(FileFault) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw FileFault(path: path, code: errno) }
        } catch {
            unlink(new)
            throw error
        }
        guard rename(new, path) == 0 else { throw FileFault(path: path, code: errno) }
    }

    /// Writes all of `bytes`.
    package static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileFault) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { space in
                systemWrite(descriptor, space.baseAddress?.advanced(by: done), space.count - done)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw FileFault(path: path, code: errno)
            }
        }
    }

    /// The next bytes, none at the end.
    package static func read(_ descriptor: Int32, upTo size: Int, path: String) throws(FileFault) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { space, count in
                let got = systemRead(descriptor, space.baseAddress, size)
                code = got < 0 ? errno : 0
                count = max(0, got)
            }
            if code == 0 { return bytes }
            if code != EINTR { throw FileFault(path: path, code: code) }
        }
    }

    /// Makes the folder and those above it; one that is there already is fine.
    package static func makeFolder(_ path: String, mode: Int = 0o700) throws(FileFault) {
        if mkdir(path, mode_t(mode)) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw FileFault(path: path, code: errno)
        }
        try makeFolder(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw FileFault(path: path, code: errno) }
    }

    /// The names in a folder, without `.` and `..`; none where there is no such folder.
    package static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a file or a folder with all that is in it, without following links; what cannot be removed stays.
    package static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        if rmdir(path) == 0 || errno != EACCES && errno != ENOTEMPTY { return }
        // A build may leave folders that even their owner may not change.
        chmod(path, 0o700)
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// Takes the lock of a file, which is made where it is missing.
    ///
    /// - Returns: the descriptor that holds the lock for as long as it, or one inherited from it, is open; nil where
    ///   somebody else holds it and `isPatient` is false.
    package static func lock(_ path: String, isPatient: Bool) throws(FileFault) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFault(path: path, code: errno) }
        while flock(descriptor, isPatient ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw FileFault(path: path, code: code)
        }
        return descriptor
    }

    /// Gives up what `lock` returned.
    package static func unlock(_ descriptor: Int32) {
        close(descriptor)
    }

    #if canImport(Darwin)
        private static let systemWrite = Darwin.write
        private static let systemRead = Darwin.read
    #else
        private static let systemWrite = Glibc.write
        private static let systemRead = Glibc.read
    #endif
}
