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

/// Which refs are on their way to the upstream, or have not reached it: what of it is in `hephy/mirror.json` of the git
/// directory.
///
/// A ref moves on the upstream only from where this repository last saw it; for one that did not arrive that is not where
/// it was before the next push to here.
struct MirrorMemory: Sendable {
    /// A ref that the upstream has yet to get.
    struct Entry: Codable, Hashable, Sendable {
        /// What the upstream is known to have; nil where it has no such ref.
        var base: String?
        /// The process that sends it.
        var sender: Int32
        var hasFailed = false

        /// Whether nobody sends it any more.
        var isLeft: Bool { hasFailed || kill(sender, 0) != 0 && errno == ESRCH }
    }

    private let gitDirectory: String

    init(gitDirectory: String) {
        self.gitDirectory = gitDirectory
    }

    /// The refs that were tried and did not arrive.
    var left: [String] { entries().filter(\.value.isLeft).keys.sorted() }

    /// Leaves no file behind where nothing is on its way.
    func forget() {
        guard entries().isEmpty else { return }
        for name in ["mirror.json", "mirror.lock"] { unlink("\(gitDirectory)/hephy/\(name)") }
    }

    /// Notes that `updates` are sent now, and with them what was left behind before.
    ///
    /// - Returns: what the upstream is known to have of each ref.
    func begin(_ updates: [ReceivedPush.Update]) throws(FileFault) -> [String: String?] {
        try changing { entries in
            var bases: [String: String?] = [:]
            for (ref, entry) in entries where entry.isLeft { bases.updateValue(entry.base, forKey: ref) }
            for update in updates {
                bases.updateValue(entries[update.ref].map(\.base) ?? update.old?.hex, forKey: update.ref)
            }
            for (ref, base) in bases { entries[ref] = Entry(base: base, sender: getpid()) }
            return bases
        }
    }

    /// Notes that `refs`, which did not arrive, are sent once more.
    func resume(_ refs: [String]) throws(FileFault) {
        try changing { entries in
            for ref in refs where entries[ref]?.isLeft ?? false || entries[ref]?.sender == getpid() {
                entries[ref] = Entry(base: entries[ref]?.base, sender: getpid())
            }
        }
    }

    /// Notes what became of refs: those with a value in `arrived` are there now, the others are not.
    ///
    /// - Returns: what the upstream is known to have of refs that did not arrive and that somebody else has moved since.
    func end(arrived: [String: String?], failed: [String: String?]) throws(FileFault) -> [String: String?] {
        try changing { entries in
            for (ref, value) in arrived {
                if entries[ref]?.sender == getpid() { entries[ref] = nil } else { entries[ref]?.base = value }
            }
            var moved: [String: String?] = [:]
            for (ref, base) in failed where entries[ref]?.sender == getpid() {
                if let known = entries[ref], known.base != base {
                    moved.updateValue(known.base, forKey: ref)
                } else {
                    entries[ref]?.hasFailed = true
                }
            }
            return moved
        }
    }

    private func entries() -> [String: Entry] {
        guard let bytes = try? LocalFile.contents(of: "\(gitDirectory)/hephy/mirror.json") else { return [:] }
        return (try? JSONDecoder().decode([String: Entry].self, from: Data(bytes))) ?? [:]
    }

    /// Changes the file while nobody else does.
    private func changing<Result>(_ change: (inout [String: Entry]) -> Result) throws(FileFault) -> Result {
        let place = try SharedPlace(nil, gitDirectory: gitDirectory)
        let lock = try place.lock("mirror.lock")
        defer {
            if let lock { LocalFile.unlock(lock) }
        }
        var entries = entries()
        let result = change(&entries)
        let data = (try? JSONEncoder().encode(entries)) ?? Data()
        try place.replace("mirror.json", with: Array(data))
        return result
    }
}
