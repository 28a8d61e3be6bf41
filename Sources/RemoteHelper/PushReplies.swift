import Git

/// The answers to a push, as they go to git and as hephy reads them: `ok <ref>`, `error <ref> <reason>`, and `option`
/// lines behind an `ok` (gitremote-helpers(7), "push").
struct PushReplies {
    private(set) var bytes: [UInt8] = []
    private(set) var landed: [RefUpdate] = []
    private(set) var rejected: [RejectedUpdate] = []
    /// The updates without an answer; where git's http helper broke off, nobody knows what became of them.
    private(set) var unanswered: Set<String>
    private let updates: [String: RefUpdate]

    init(to updates: [RefUpdate]) {
        self.updates = Dictionary(updates.map { ($0.destination, $0) }) { first, _ in first }
        unanswered = Set(self.updates.keys)
    }

    /// Says `ok` to a `push` line.
    mutating func accept(_ line: [UInt8]) {
        let destination = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).last ?? []
        add(Array("ok ".utf8) + destination)
    }

    mutating func add(_ line: [UInt8]) {
        bytes += line + [UInt8(ascii: "\n")]
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, let update = updates[String(decoding: words[1], as: UTF8.self)] else { return }
        if words[0].elementsEqual("ok".utf8) {
            unanswered.remove(update.destination)
            landed.append(update)
        } else if words[0].elementsEqual("error".utf8) {
            unanswered.remove(update.destination)
            let quoted = words.count == 3 ? words[2] : []
            let reason = QuotedText.unquoted(quoted) ?? Array(quoted)
            rejected.append(RejectedUpdate(update: update, reason: String(decoding: reason, as: UTF8.self)))
        }
    }
}
