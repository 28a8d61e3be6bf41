import Forge
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What a gate keeps of a push for as long as it decides on it: its objects and what it asked for.
///
/// The receiving git drops the objects when it ends, as it does when the pusher goes; the build and the verdict need
/// them all the same.
struct GateHold: Sendable {
    /// What the push asked for.
    struct Record: Codable, Hashable, Sendable {
        struct Update: Codable, Hashable, Sendable {
            var ref: String
            var old: String?
            var new: String?
        }

        var updates: [Update]
        /// All push options, for the hooks that look at them.
        var options: [String]
        /// The git that has received it.
        var receiver: Int32

        /// Whether this is about the same change of the same refs.
        func isAbout(_ others: [Update]) -> Bool { Set(updates) == Set(others) }
    }

    /// Below `hephy/gate` in the git directory.
    let folder: String
    let name: String
    /// Held while somebody needs the folder.
    let lock: Int32

    /// The objects of the push, in the form of an object directory.
    var objects: String { "\(folder)/objects" }
    var recordPath: String { "\(folder)/push.json" }
    /// Is there once the verdict is green.
    var passPath: String { "\(folder)/green" }
    var log: String { "\(folder)/log" }

    /// Names the variable by which a push says that it has been decided on.
    static let passVariable = "HEPHY_GATE_PASS"

    /// Keeps a push.
    ///
    /// - Parameters:
    ///   - record: what it asks for.
    ///   - quarantine: the folder that git has put its objects into; nil where it brought none.
    ///   - gitDirectory: the repository's.
    /// - Throws: `FileFault` when the objects cannot be kept; then nothing is left of them.
    init(_ record: Record, quarantine: String?, gitDirectory: String) throws(FileFault) {
        Self.prune(in: gitDirectory)
        name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        folder = "\(try SharedPlace("gate", gitDirectory: gitDirectory).path)/\(name)"
        try LocalFile.makeFolder(folder)
        guard let lock = try LocalFile.lock("\(folder)/lock", isPatient: true) else {
            throw FileFault(path: folder, code: EWOULDBLOCK)
        }
        self.lock = lock
        do throws(FileFault) {
            try LocalFile.makeFolder(objects)
            if let quarantine { try Self.keep(quarantine, as: objects) }
            let data = (try? JSONEncoder().encode(record)) ?? Data()
            try LocalFile.replace(recordPath, with: Array(data))
        } catch {
            remove()
            throw error
        }
    }

    /// A push that somebody else has kept, whose lock was inherited.
    init(inheritedAt folder: String, lock: Int32) {
        self.folder = folder
        name = folder.split(separator: "/").last.map(String.init) ?? ""
        self.lock = lock
    }

    func record() -> Record? {
        (try? LocalFile.contents(of: recordPath)).flatMap { try? JSONDecoder().decode(Record.self, from: Data($0)) }
    }

    /// Writes down that the push may land.
    func pass() throws(FileFault) {
        try LocalFile.replace(passPath, with: [])
    }

    /// Whether the push that `name` was given to has been found green, and is about these very updates.
    static func hasPassed(_ name: String, _ updates: [Record.Update], gitDirectory: String) -> Bool {
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }) else {
            return false
        }
        let hold = GateHold(inheritedAt: "\(home(gitDirectory))/\(name)", lock: -1)
        return LocalFile.exists(hold.passPath) && hold.record()?.isAbout(updates) == true
    }

    func remove() {
        LocalFile.remove(folder)
        LocalFile.unlock(lock)
    }

    private static func home(_ gitDirectory: String) -> String { "\(gitDirectory)/hephy/gate" }

    /// Removes what was left behind by those that were killed.
    private static func prune(in gitDirectory: String) {
        for name in LocalFile.names(in: home(gitDirectory)) {
            let folder = "\(home(gitDirectory))/\(name)"
            var status = stat()
            // One that is just being made is not locked yet.
            guard stat(folder, &status) == 0, time(nil) - status.modified > 60,
                let lock = try? LocalFile.lock("\(folder)/lock", isPatient: false)
            else { continue }
            LocalFile.remove(folder)
            LocalFile.unlock(lock)
        }
    }

    /// Links the files of a folder, or copies them where that cannot be.
    private static func keep(_ source: String, as target: String) throws(FileFault) {
        for name in LocalFile.names(in: source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            var status = stat()
            guard lstat(from, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try LocalFile.makeFolder(to)
                try keep(from, as: to)
            } else if link(from, to) != 0 {
                try copy(from, to)
            }
        }
    }

    private static func copy(_ source: String, _ target: String) throws(FileFault) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw FileFault(path: source, code: errno) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o400)
        guard output >= 0 else { throw FileFault(path: target, code: errno) }
        defer { close(output) }
        while true {
            let piece = try LocalFile.read(input, upTo: 1 << 20, path: source)
            if piece.isEmpty { return }
            try LocalFile.write(piece, to: output, path: target)
        }
    }
}

extension stat {
    /// When the contents changed last, seconds since 1970.
    fileprivate var modified: Int {
        #if canImport(Darwin)
            st_mtimespec.tv_sec
        #else
            st_mtim.tv_sec
        #endif
    }
}
