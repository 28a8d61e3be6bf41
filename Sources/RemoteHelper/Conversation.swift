import Git

/// The conversation with git after `capabilities`: commands go to git's http helper and its answers come back, with
/// only push options of ours and refused refs held back.
@MainActor
final class Conversation {
    var target: RemoteTarget?
    var direction = TransferDirection.fetch
    var servesBothDirections = true
    private(set) var outcome: PushOutcome?
    /// Whether git has asked for the refs in order to push.
    private(set) var isForPush = false
    /// Whether every update that was asked for has been answered.
    private(set) var isAnswered = true

    private let git: ProtocolChannel
    private var options = PushOptions()
    /// Option lines that went to the http helper, for the next one when the direction turns out to be the other.
    private var sentOptions: [[UInt8]] = []
    private var pending: [UInt8]?
    private(set) var remoteRefs: [String: ObjectID] = [:]

    init(with git: ProtocolChannel) {
        self.git = git
    }

    /// Waits for the next command and tells which way it leads; nil when git has no more.
    func nextDirection() throws(RemoteHelperError) -> TransferDirection? {
        guard let line = try git.line(), !line.isEmpty else { return nil }
        pending = line
        return Self.direction(of: line) ?? .fetch
    }

    private static func direction(of line: [UInt8]) -> TransferDirection? {
        if line.starts(with: "option ".utf8) { return nil }
        return line == Array("list for-push".utf8) || line.starts(with: "push ".utf8) ? .push : .fetch
    }

    /// Relays commands and answers until git ends the conversation.
    ///
    /// - Parameters:
    ///   - transport: git's http helper.
    ///   - endRequests: closes the transport's input.
    ///   - review: names the refs of a push that are not to be sent.
    /// - Returns: the other direction when a command asks for it and its URL is not this one; nil at the end.
    /// - Throws: `RemoteHelperError` when either side went away or said what is not in the protocol.
    func relay(
        to transport: ProtocolChannel, endRequests: () -> Void, review: (PushBatch) async -> [Refusal]
    ) async throws(RemoteHelperError) -> TransferDirection? {
        for line in sentOptions {
            try transport.send(line: line)
            _ = try answer(of: transport)
        }
        while true {
            guard let line = try nextLine() else { return nil }
            if line.isEmpty {
                // git-remote-http leaves by itself once a server has refused a ref.
                do { try transport.send(Array("\n".utf8)) } catch { guard outcome != nil else { throw error } }
                return nil
            }
            if let wanted = Self.direction(of: line), wanted != direction, !servesBothDirections {
                pending = line
                return wanted
            }
            if line.starts(with: "option ".utf8) {
                try relayOption(line, to: transport)
            } else if line.starts(with: "push ".utf8) {
                try await relayPush(line, to: transport, review: review)
            } else if line.starts(with: "stateless-connect ".utf8) {
                if try relayConnection(line, to: transport, endRequests: endRequests) { return nil }
            } else {
                try relayCommand(line, to: transport)
            }
        }
    }

    private func nextLine() throws(RemoteHelperError) -> [UInt8]? {
        if let line = pending {
            pending = nil
            return line
        }
        return try git.line()
    }

    private func answer(of transport: ProtocolChannel) throws(RemoteHelperError) -> [UInt8] {
        guard let line = try transport.line() else { throw .disconnected }
        return line
    }

    private func relayOption(_ line: [UInt8], to transport: ProtocolChannel) throws(RemoteHelperError) {
        if try keepOwnOption(line) { return }
        sentOptions.append(line)
        try transport.send(line: line)
        let answer = try answer(of: transport)
        if answer == Array("ok".utf8) { note(String(decoding: line, as: UTF8.self)) }
        try git.send(line: answer)
    }

    /// Holds back `option push-option hephy.*`; every other one reaches the server as git sent it.
    private func keepOwnOption(_ line: [UInt8]) throws(RemoteHelperError) -> Bool {
        let prefix = "option push-option "
        guard line.starts(with: prefix.utf8) else { return false }
        guard let value = QuotedText.unquoted(line.dropFirst(prefix.utf8.count)) else {
            throw .malformedCommand(String(decoding: line.prefix(100), as: UTF8.self))
        }
        let text = String(decoding: value, as: UTF8.self)
        guard text.hasPrefix("hephy.") else {
            options.otherOptions.append(text)
            return false
        }
        options.ownOptions.append(String(text.dropFirst("hephy.".count)))
        try git.send(Array("ok\n".utf8))
        return true
    }

    private func note(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count == 3 else { return }
        switch words[1] {
        case "verbosity": options.verbosity = Int(words[2]) ?? options.verbosity
        case "progress": options.progress = words[2] == "true"
        case "dry-run": options.isDryRun = words[2] == "true"
        case "atomic": options.isAtomic = words[2] == "true"
        default: break
        }
    }

    /// A command whose answer ends with an empty line: `list`, `get`, and `fetch`, which is itself a batch of lines
    /// up to an empty one.
    private func relayCommand(_ line: [UInt8], to transport: ProtocolChannel) throws(RemoteHelperError) {
        var request = line + [UInt8(ascii: "\n")]
        if line.starts(with: "fetch ".utf8) {
            while true {
                guard let next = try git.line() else { throw .disconnected }
                request += next + [UInt8(ascii: "\n")]
                if next.isEmpty { break }
            }
        }
        try transport.send(request)
        let isList = line.starts(with: "list".utf8)
        isForPush = isForPush || Self.direction(of: line) == .push
        var gathered: [UInt8] = []
        while true {
            let answer = try answer(of: transport)
            gathered += answer + [UInt8(ascii: "\n")]
            if isList { noteRef(answer) }
            // A `fetch` reports what it locks while it works; a `list` comes in one go.
            if answer.isEmpty || !isList || gathered.count > 32 << 10 {
                try git.send(gathered)
                gathered = []
            }
            if answer.isEmpty { return }
        }
    }

    /// `<id> SP <ref>[ SP <attributes>]`; symbolic refs (`@<target> SP <ref>`) and `?` are not needed.
    private func noteRef(_ line: [UInt8]) {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, let id = ObjectID(String(decoding: words[0], as: UTF8.self)) else { return }
        remoteRefs[String(decoding: words[1], as: UTF8.self)] = id
    }

    /// Hands the bytes over in both directions once the server has agreed.
    ///
    /// - Returns: true when the connection was made; it has ended by then.
    private func relayConnection(
        _ line: [UInt8], to transport: ProtocolChannel, endRequests: () -> Void
    ) throws(RemoteHelperError) -> Bool {
        try transport.send(line: line)
        let answer = try answer(of: transport)
        try git.send(line: answer)
        guard answer.isEmpty else { return false }
        try RawRelay.run(between: git, and: transport, endRequests: endRequests)
        return true
    }

    private func relayPush(
        _ first: [UInt8], to transport: ProtocolChannel, review: (PushBatch) async -> [Refusal]
    ) async throws(RemoteHelperError) {
        var lines = [first]
        while true {
            guard let line = try git.line() else { throw .disconnected }
            if line.isEmpty { break }
            lines.append(line)
        }
        let updates = try lines.map(Self.update)
        guard let target else { throw .disconnected }
        let batch = PushBatch(updates: updates, options: options, remoteRefs: remoteRefs, target: target)
        let refused = Self.refusals(await review(batch), in: batch)
        var request: [UInt8] = []
        for (line, update) in zip(lines, updates) where refused[update.destination] == nil {
            request += line + [UInt8(ascii: "\n")]
        }
        var replies = PushReplies(to: updates)
        if !request.isEmpty {
            try transport.send(request + [UInt8(ascii: "\n")])
            while true {
                let line = try answer(of: transport)
                if line.isEmpty { break }
                replies.add(line)
            }
        }
        for update in updates {
            guard let reason = refused[update.destination] else { continue }
            replies.add(Array("error \(update.destination) \(reason)".utf8))
        }
        isAnswered = isAnswered && replies.unanswered.isEmpty
        outcome = PushOutcome(
            landed: (outcome?.landed ?? []) + replies.landed, rejected: (outcome?.rejected ?? []) + replies.rejected,
            batch: batch)
        try git.send(replies.bytes + [UInt8(ascii: "\n")])
    }

    private static func update(_ line: [UInt8]) throws(RemoteHelperError) -> RefUpdate {
        let text = String(decoding: line, as: UTF8.self)
        guard text.hasPrefix("push "), let update = RefUpdate(refspec: String(text.dropFirst(5))) else {
            throw .malformedCommand(String(text.prefix(100)))
        }
        return update
    }

    /// The reasons by ref; with `--atomic` one refused ref takes all others with it.
    private static func refusals(_ refusals: [Refusal], in batch: PushBatch) -> [String: String] {
        var reasons = Dictionary(refusals.map { ($0.destination, oneLine($0.reason)) }) { first, _ in first }
        guard !reasons.isEmpty, batch.options.isAtomic else { return reasons }
        for update in batch.updates where reasons[update.destination] == nil {
            reasons[update.destination] = "atomic push failed"
        }
        return reasons
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
