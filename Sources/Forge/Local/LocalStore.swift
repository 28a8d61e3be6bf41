#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The runs of one repository on this machine, in folders named by their ids.
///
/// They are below `$XDG_DATA_HOME/hephy/runs/<name>-<hash of the path>/`, where `XDG_DATA_HOME` is `~/.local/share` by
/// default.
package struct LocalStore: Hashable, Sendable {
    /// How many runs are kept, and for how long.
    package struct Limits: Hashable, Sendable {
        package var runs = 50
        package var days = 30

        package init() {}
    }

    /// The bare repository's folder.
    package let repository: String
    package let path: String

    /// - Parameters:
    ///   - repository: the bare repository's folder, absolute.
    ///   - dataHome: `$XDG_DATA_HOME`.
    package init(repository: String, dataHome: String) {
        let resolved = Self.resolved(repository)
        self.repository = resolved
        path = "\(dataHome)/hephy/runs/\(Self.key(of: resolved))"
    }

    /// The repository's name as that of an image in the store of this machine.
    package var imageName: String {
        var name = repository.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasSuffix(".git") { name.removeLast(4) }
        let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return words.isEmpty ? "app" : words.joined(separator: "-")
    }

    /// The folder of the run `id`; there may be none.
    package func folder(of id: String) -> LocalRunFolder? {
        guard !id.isEmpty, id.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return LocalRunFolder("\(path)/\(id)")
    }

    /// The folders of all runs, newest first.
    package var folders: [LocalRunFolder] {
        LocalFile.names(in: path).compactMap(folder(of:))
            .sorted { ($0.id.utf8.count, $0.id) > ($1.id.utf8.count, $1.id) }
    }

    /// Makes the folder of a new run and writes its first state.
    ///
    /// Unfinished runs of the same ref and commit are asked to make place for it.
    ///
    /// - Returns: the folder, the state, and the descriptor that holds the run's lock.
    /// - Throws: `FileFault` when something cannot be written; then nothing of the run is left.
    package func create(
        _ request: LocalRequest
    ) throws(FileFault) -> (folder: LocalRunFolder, record: LocalRecord, lock: Int32) {
        try LocalFile.makeFolder(path)
        guard let own = try LocalFile.lock("\(path)/lock", isPatient: true) else {
            throw FileFault(path: "\(path)/lock", code: EWOULDBLOCK)
        }
        defer { LocalFile.unlock(own) }
        let number = try nextNumber()
        let folder = try makeFolder()
        var lock: Int32?
        do throws(FileFault) {
            lock = try LocalFile.lock(folder.lockPath, isPatient: true)
            let record = LocalRecord(id: folder.id, number: number, request: request, createdAt: Int64(time(nil)))
            try folder.write(record)
            guard let lock else { throw FileFault(path: folder.lockPath, code: EWOULDBLOCK) }
            replaceOthers(of: record)
            return (folder, record, lock)
        } catch {
            if let lock { LocalFile.unlock(lock) }
            LocalFile.remove(folder.path)
            throw error
        }
    }

    /// Removes finished runs beyond the limits, the oldest first; those that go on stay.
    package func prune(to limits: Limits) {
        // Ten thousand years are for ever.
        let oldest = Int64(time(nil)) - Int64(min(limits.days, 3_650_000)) * 86_400
        for (index, folder) in folders.enumerated() {
            guard let record = try? folder.currentRecord() else {
                // One that is just being made has no record yet.
                if let created = Int64(folder.id), created / 1000 < Int64(time(nil)) - 3600 {
                    LocalFile.remove(folder.path)
                }
                continue
            }
            guard record.isFinished, index >= limits.runs || record.updatedAt < oldest else { continue }
            LocalFile.remove(folder.path)
        }
    }

    private func replaceOthers(of record: LocalRecord) {
        for other in folders where other.id != record.id {
            guard let older = try? other.record(), !older.isFinished, older.request.ref == record.request.ref,
                older.request.sha == record.request.sha
            else { continue }
            try? other.requestCancel("a newer run of the same commit, #\(record.number), takes its place")
        }
    }

    /// The number that people see: one more than the last.
    private func nextNumber() throws(FileFault) -> Int {
        let path = "\(path)/last-number"
        var last = (try? LocalFile.contents(of: path)).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        if last == nil { last = folders.compactMap { try? $0.record().number }.max() }
        let (next, isTooMany) = (last ?? 0).addingReportingOverflow(1)
        let number = isTooMany ? 1 : next
        try LocalFile.replace(path, with: Array("\(number)".utf8))
        return number
    }

    /// The ids are times in milliseconds, so that those of two repositories differ.
    private func makeFolder() throws(FileFault) -> LocalRunFolder {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var id = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        while mkdir("\(path)/\(id)", 0o700) != 0 {
            guard errno == EEXIST else { throw FileFault(path: "\(path)/\(id)", code: errno) }
            id += 1
        }
        return LocalRunFolder("\(path)/\(id)")
    }

    /// The path without links, so that a repository has one store by whatever name it is pushed to, also before it is
    /// made.
    private static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return path }
        return resolved(String(path[..<slash])) + path[slash...]
    }

    /// The repository's name, for people, and a hash of its path (FNV-1a, 64 bits).
    private static func key(of path: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        let name = path.split(separator: "/").last ?? "repository"
        let plain = name.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == ".")
                ? Character(scalar) : "-"
        }
        return String(plain.drop { $0 == "." }.prefix(60)) + "-"
            + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
