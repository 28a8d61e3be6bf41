import Git

/// A push as the receiving git tells it to its hooks (githooks(5)).
struct ReceivedPush: Sendable {
    /// A ref with its old and its new object; nil where there is none.
    struct Update: Sendable, Hashable {
        var ref: String
        var old: ObjectID?
        var new: ObjectID?

        var shortName: String { RefUpdate.shortName(of: ref) }
    }

    var updates: [Update] = []
    /// Refs whose names are no text that could be passed on.
    var unreadable: [String] = []
    /// The values of `-o hephy.<key>[=<value>]`, without `hephy.`, in order.
    var ownOptions: [String] = []
    /// All push options, as they were given.
    var options: [String] = []

    /// - Parameters:
    ///   - input: what the hook reads: `<old> SP <new> SP <ref> LF` for each ref.
    ///   - environment: where the push options are.
    init(input: [UInt8], environment: [String: String]) {
        for line in input.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard parts.count == 3, let old = Self.id(parts[0]), let new = Self.id(parts[1]) else { continue }
            let name = String(decoding: parts[2], as: UTF8.self)
            guard name.utf8.elementsEqual(parts[2]), name.hasPrefix("refs/") else {
                unreadable.append(name)
                continue
            }
            updates.append(Update(ref: name, old: old.isZero ? nil : old, new: new.isZero ? nil : new))
        }
        let count = environment["GIT_PUSH_OPTION_COUNT"].flatMap { Int($0) } ?? 0
        for index in 0..<max(0, min(count, 1000)) {
            guard let option = environment["GIT_PUSH_OPTION_\(index)"] else { continue }
            options.append(option)
            if option.hasPrefix("hephy.") { ownOptions.append(String(option.dropFirst("hephy.".count))) }
        }
    }

    private static func id(_ bytes: ArraySlice<UInt8>) -> ObjectID? {
        ObjectID(String(decoding: bytes, as: UTF8.self))
    }

    /// The branches and tags that get something to build.
    var built: [Update] {
        updates.filter { $0.new != nil && ($0.ref.hasPrefix("refs/heads/") || $0.ref.hasPrefix("refs/tags/")) }
    }

    /// The refs as a push through the helper names them.
    var refUpdates: [RefUpdate] {
        updates.map { RefUpdate(source: $0.new?.hex, destination: $0.ref, isForced: false) }
    }
}
