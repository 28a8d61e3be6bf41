import Git

/// The conversation with git after `capabilities`: commands go to git's http helper, or to the repository's own services,
/// and their answers come back, with only push options of ours and refused refs held back.
@MainActor
final class Conversation {
    var target: RemoteTarget?
    var direction = TransferDirection.fetch
    var servesBothDirections = true
    private(set) var outcome: PushOutcome?
    /// Whether git has asked for the refs in order to push.
    private(set) var isForPush = false
    /// Called when git asks for the refs in order to push, while the answer is on its way.
    var expectPush: @MainActor () -> Void = {}
    /// Whether every update that was asked for has been answered.
    private(set) var isAnswered = true

    let git: ProtocolChannel
    private var options = PushOptions()
    /// Option lines that were taken, for the next transport when the direction turns out to be the other.
    private(set) var sentOptions: [[UInt8]] = []
    /// Push options that nobody but the review asked for, as lines of the protocol.
    private(set) var addedOptions: [[UInt8]] = []
    private var pending: [UInt8]?
    /// Whether git was told that a service's path counts, before it was known that over http there is none.
    private var ignoresServicePath = false
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

    static func direction(of line: [UInt8]) -> TransferDirection? {
        if line.starts(with: "option ".utf8) { return nil }
        let isPush =
            line.starts(with: "push ".utf8)
            || ["list for-push", "connect git-receive-pack"].contains { line.elementsEqual($0.utf8) }
        return isPush ? .push : .fetch
    }

    /// Keeps `line` for whoever serves the other direction.
    func putBack(_ line: [UInt8]) {
        pending = line
    }

    /// Keeps an option that was taken.
    func noteSent(_ line: [UInt8]) {
        sentOptions.append(line)
        note(String(decoding: line, as: UTF8.self))
    }

    /// Keeps what the remote has.
    func noteRemote(_ ref: String, _ id: String) {
        remoteRefs[ref] = ObjectID(id)
    }

    /// Relays commands and answers until git ends the conversation.
    ///
    /// - Parameters:
    ///   - transport: git's http helper.
    ///   - endRequests: closes the transport's input.
    ///   - review: names the refs of a push that are not to be sent, and push options to add.
    /// - Returns: the other direction when a command asks for it and its URL is not this one; nil at the end.
    /// - Throws: `RemoteHelperError` when either side went away or said what is not in the protocol.
    func relay(
        to transport: ProtocolChannel, endRequests: () -> Void, review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) -> TransferDirection? {
        for line in sentOptions {
            try transport.send(line: line)
            let answer = try answer(of: transport)
            if Self.isServicePath(line), answer != Array("ok".utf8) { ignoresServicePath = true }
        }
        while true {
            guard let line = try nextLine() else { return nil }
            if line.isEmpty {
                // git-remote-http leaves by itself once a server has refused a ref.
                do { try transport.send(Array("\n".utf8)) } catch { guard outcome != nil else { throw error } }
                return nil
            }
            if let wanted = Self.direction(of: line), wanted != direction, !servesBothDirections {
                putBack(line)
                ignoresServicePath = false
                return wanted
            }
            if line.starts(with: "option ".utf8) {
                try relayOption(line, to: transport)
                continue
            }
            if ignoresServicePath { GitWords.servicePathUnused.say() }
            ignoresServicePath = false
            if line.starts(with: "connect ".utf8) {
                // Asked only where the other direction has such connections.
                try git.send(line: Array("fallback".utf8))
            } else if line.starts(with: "push ".utf8) {
                try await push(line, review: review) { (lines, _, replies) throws(RemoteHelperError) in
                    try self.relayPush(lines, to: transport, &replies)
                }
            } else if line.starts(with: "stateless-connect ".utf8) {
                if try relayConnection(line, to: transport, endRequests: endRequests) { return nil }
            } else {
                try relayCommand(line, to: transport)
            }
        }
    }

    func nextLine() throws(RemoteHelperError) -> [UInt8]? {
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

    private static func isServicePath(_ line: [UInt8]) -> Bool { line.starts(with: "option servpath ".utf8) }

    private func relayOption(_ line: [UInt8], to transport: ProtocolChannel) throws(RemoteHelperError) {
        if try keepOwnOption(line) { return }
        sentOptions.append(line)
        // It is for the server of the other direction, where there is such a thing.
        if Self.isServicePath(line), !servesBothDirections {
            ignoresServicePath = true
            try git.send(Array("ok\n".utf8))
            return
        }
        try transport.send(line: line)
        let answer = try answer(of: transport)
        if answer == Array("ok".utf8) { note(String(decoding: line, as: UTF8.self)) }
        try git.send(line: answer)
    }

    /// Holds back `option push-option hephy.*`; every other one reaches the server as git sent it.
    func keepOwnOption(_ line: [UInt8]) throws(RemoteHelperError) -> Bool {
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

    /// Whether the user has push options for the server.
    var hasPushOptions: Bool { !options.otherOptions.isEmpty }

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
        let isListForPush = Self.direction(of: line) == .push
        if isListForPush {
            isForPush = true
            expectPush()
        }
        var gathered: [UInt8] = []
        while true {
            let answer = try answer(of: transport)
            gathered += answer
            gathered.append(UInt8(ascii: "\n"))
            if isListForPush { noteRef(answer) }
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

    /// Reads a batch, has it reviewed, lets `send` send what is left of it, and gives git all answers.
    ///
    /// - Parameters:
    ///   - first: the first line of the batch.
    ///   - review: names the refs that are not to be sent, and push options to add.
    ///   - send: sends the lines that are left, of which there is at least one, and adds the answers to them.
    /// - Throws: what `send` throws; `RemoteHelperError` when git went away or said what is not in the protocol.
    func push(
        _ first: [UInt8], review: (PushBatch) async -> PushVerdict,
        through send: ([[UInt8]], PushOptions, inout PushReplies) async throws(RemoteHelperError) -> Void
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
        let verdict = await review(batch)
        addedOptions = verdict.optionLines
        let refused = Self.refusals(verdict.refusals, in: batch)
        let sent = zip(lines, updates).filter { refused[$0.1.destination] == nil }.map(\.0)
        var replies = PushReplies(to: updates)
        if !sent.isEmpty { try await send(sent, options, &replies) }
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

    private func relayPush(
        _ lines: [[UInt8]], to transport: ProtocolChannel, _ replies: inout PushReplies
    ) throws(RemoteHelperError) {
        for option in addedOptions {
            try transport.send(line: option)
            _ = try answer(of: transport)
        }
        try transport.send(Array(lines.joined(separator: [UInt8(ascii: "\n")])) + Array("\n\n".utf8))
        while true {
            let line = try answer(of: transport)
            if line.isEmpty { return }
            replies.add(line)
        }
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
