import Git

/// The conversation with git where the repository is reached by a program of its own, over ssh or on this machine: that
/// program talks to git itself for a fetch, and to `git send-pack` for a push.
extension Conversation {
    /// Answers commands until git ends the conversation.
    ///
    /// - Parameters:
    ///   - route: the way to the repository.
    ///   - review: names the refs of a push that are not to be sent, and push options to add.
    /// - Returns: the other direction when a command asks for it and its URL is not this one; nil at the end.
    /// - Throws: `RemoteHelperError` when git went away, the connection failed, or git said what is not in the protocol.
    func serve(
        through route: ServiceRoute, review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) -> TransferDirection? {
        while true {
            guard let line = try nextLine(), !line.isEmpty else { return nil }
            if let wanted = Self.direction(of: line), wanted != direction, !servesBothDirections {
                putBack(line)
                return wanted
            }
            if line.starts(with: "option ".utf8) {
                try answerOption(line)
            } else if line.starts(with: "push ".utf8) {
                try await pushAnew(line, through: route, review: review)
            } else if line == Array("list for-push".utf8) {
                if try await listForPush(through: route, review: review) { return nil }
            } else if line.starts(with: "stateless-connect ".utf8) {
                try git.send(line: Array("fallback".utf8))
            } else if line == Array("list".utf8) {
                throw .unforeseenRewriting(route.url)
            } else if line.starts(with: "connect ".utf8) {
                if try await connect(String(decoding: line.dropFirst("connect ".utf8.count), as: UTF8.self), route) {
                    return nil
                }
            } else {
                throw .malformedCommand(String(decoding: line.prefix(100), as: UTF8.self))
            }
        }
    }

    private func answerOption(_ line: [UInt8]) throws(RemoteHelperError) {
        if try keepOwnOption(line) { return }
        try answerServiceOption(line)
    }

    private func answerServiceOption(_ line: [UInt8]) throws(RemoteHelperError) {
        let name = line.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first ?? []
        guard SendPackOptions.known.contains(String(decoding: name, as: UTF8.self)) else {
            try git.send(line: Array("unsupported".utf8))
            return
        }
        noteSent(line)
        try git.send(line: Array("ok".utf8))
    }

    /// Lets the program that connects talk to git itself.
    ///
    /// - Returns: true when the connection was made; it has ended by then.
    private func connect(_ service: String, _ route: ServiceRoute) async throws(RemoteHelperError) -> Bool {
        // A push needs no such connection: it goes through `git send-pack`, where refs can be refused.
        guard ["git-upload-pack", "git-upload-archive"].contains(service) else {
            try git.send(line: Array("fallback".utf8))
            return false
        }
        if try route.isAwaited() { throw .notPushedYet(route.url) }
        let command = try await command(for: service, route)
        guard git.takeBuffered().isEmpty else { throw .malformedCommand(service) }
        try git.send(line: [])
        let status = try ConnectedChild.handOver(to: command)
        guard status == 0 else { throw .transportEnded(status: status) }
        return true
    }

    /// The program that connects to `service`, which git would name to whoever traces it.
    private func command(for service: String, _ route: ServiceRoute) async throws(RemoteHelperError) -> ServiceCommand {
        let command = try await route.command(for: service, SendPackOptions(sentOptions))
        GitTrace.note(command)
        return command
    }

    /// Answers `list for-push` with what the server says, and serves the rest of the conversation while the connection
    /// is open.
    ///
    /// - Returns: true when the conversation has ended.
    private func listForPush(
        through route: ServiceRoute, review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) -> Bool {
        if try route.isAwaited() {
            guard await route.isWantedByLFS() else {
                try await list(through: route, refs: nil)
                return false
            }
            try await route.create(objectFormat: await localObjectFormat(route))
        }
        expectPush()
        return try await withServer(of: route) { (server, advertisement) async throws(RemoteHelperError) -> Bool in
            try await self.list(through: route, refs: advertisement)
            while let line = try self.nextLine(), !line.isEmpty {
                if line.starts(with: "option ".utf8) {
                    if try self.keepOwnOption(line) { continue }
                    // Git ends with 128 where it gets no answer to this, and with 1 where the push fails behind it.
                    guard advertisement.takesPushOptions || !self.hasPushOptions else {
                        try? server.channel.send(PacketLine.flush)
                        GitWords.noPushOptions.say()
                        throw .transportEnded(status: 128)
                    }
                    try self.answerServiceOption(line)
                } else if line.starts(with: "push ".utf8) {
                    try await self.push(line, through: route, to: server, advertisement, review)
                    return false
                } else if line.starts(with: "connect ".utf8) {
                    try self.git.send(line: Array("fallback".utf8))
                } else {
                    throw .malformedCommand(String(decoding: line.prefix(100), as: UTF8.self))
                }
            }
            // Nothing to push: the server is told so.
            try? server.channel.send(PacketLine.flush)
            return true
        }
    }

    /// Gives git the refs; those of a repository that is not there yet are none.
    private func list(through route: ServiceRoute, refs: RefAdvertisement?) async throws(RemoteHelperError) {
        let namesFormat = sentOptions.contains { $0.starts(with: "option object-format".utf8) }
        guard let refs else {
            let format = namesFormat ? ":object-format \(await localObjectFormat(route))\n" : ""
            try git.send(Array((format + "\n").utf8))
            return
        }
        for ref in refs.refs {
            noteRemote(String(decoding: ref.name, as: UTF8.self), String(decoding: ref.id, as: UTF8.self))
        }
        try refs.list(namingObjectFormat: namesFormat) { (piece) throws(RemoteHelperError) in try git.send(piece) }
    }

    private func localObjectFormat(_ route: ServiceRoute) async -> String {
        let output = try? await route.git.run(["rev-parse", "--show-object-format"])
        return output.map { String(decoding: $0.standardOutput.filter { $0 > 0x20 }, as: UTF8.self) } ?? "sha1"
    }

    /// A push for which no connection is open: the first one to a repository of the embedded forge.
    private func pushAnew(
        _ first: [UInt8], through route: ServiceRoute, review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) {
        try await push(first, review: review) { (lines, options, replies) async throws(RemoteHelperError) in
            if options.isDryRun, try route.isAwaited() {
                for line in lines { replies.accept(line) }
                return
            }
            if try route.isAwaited() {
                try await route.create(objectFormat: await self.localObjectFormat(route))
            }
            var answers: [[UInt8]] = []
            try await self.withServer(of: route) { (server, advertisement) async throws(RemoteHelperError) in
                answers = try await self.send(lines, through: route, to: server, advertisement)
            }
            for answer in answers { replies.add(answer) }
            await route.settleHead(after: replies.landed)
        }
    }

    private func push(
        _ first: [UInt8], through route: ServiceRoute, to server: ConnectedChild, _ advertisement: RefAdvertisement,
        _ review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) {
        var hasSent = false
        try await push(first, review: review) { (lines, _, replies) async throws(RemoteHelperError) in
            hasSent = true
            for answer in try await self.send(lines, through: route, to: server, advertisement) { replies.add(answer) }
            await route.settleHead(after: replies.landed)
        }
        if !hasSent { try? server.channel.send(PacketLine.flush) }
    }

    /// Sends what is left of the batch.
    private func send(
        _ lines: [[UInt8]], through route: ServiceRoute, to server: ConnectedChild, _ advertisement: RefAdvertisement
    ) async throws(RemoteHelperError) -> [[UInt8]] {
        var answers: [[UInt8]] = []
        let status = try await sendPack(route, server, advertisement).push(
            lines.map { $0.dropFirst("push ".utf8.count) }
        ) { answers.append($0) }
        // What it refused itself or the server did, its answers say.
        guard status == 0 || answers.contains(where: { $0.starts(with: "error ".utf8) }) else {
            throw .transportEnded(status: status)
        }
        return answers
    }

    private func sendPack(
        _ route: ServiceRoute, _ server: ConnectedChild, _ advertisement: RefAdvertisement
    ) throws(RemoteHelperError) -> SendPack {
        // send-pack gives up where there are options that the server does not take.
        let options = sentOptions + (advertisement.takesPushOptions ? addedOptions : [])
        let words = ["git"] + SendPackOptions(options).sendPack() + [try route.plainURL()]
        let command = ServiceCommand.directly(
            words.map { Array($0.utf8) }, environment: route.guardedEnvironment)
        return SendPack(command: command, advertisement: advertisement, connection: server)
    }

    /// Connects to the receive-pack and reads its advertisement.
    ///
    /// - Throws: what `body` throws; `RemoteHelperError.transportEnded` when there is no advertisement. `git send-pack`
    ///   has said what is wrong then, in the words that git has without hephy.
    private func withServer<Value: Sendable>(
        of route: ServiceRoute,
        _ body: (ConnectedChild, RefAdvertisement) async throws(RemoteHelperError) -> Value
    ) async throws(RemoteHelperError) -> Value {
        let command = try await command(for: "git-receive-pack", route)
        let served = try await ConnectedChild.run(command) { server -> Result<Value, RemoteHelperError> in
            do throws(RemoteHelperError) {
                let advertisement = try RefAdvertisement(from: server.channel.input)
                guard advertisement.isComplete else {
                    let status = try await self.sendPack(route, server, advertisement).push([]) { _ in }
                    throw .transportEnded(status: status == 0 ? 128 : status)
                }
                return .success(try await body(server, advertisement))
            } catch {
                return .failure(error)
            }
        }
        return try served.value.get()
    }
}
