import Git

/// The remote helper that git starts for `hephy::` URLs: the whole conversation of gitremote-helpers(7), relayed to
/// git's own http helper, or to the services of a repository that is reached over ssh or is on this machine.
package struct RemoteHelper: Sendable {
    private let remote: String
    private let argument: String
    private let environment: [String: String]
    private let git: GitProgram
    /// Is told what the user should know although the conversation goes on.
    package var notice: @Sendable (RemoteHelperNotice) -> Void = { _ in }

    /// - Parameters:
    ///   - arguments: what git passes after the program's name: the remote's name (or the URL again) and the URL
    ///     behind `hephy::`.
    ///   - environment: this process's whole environment.
    /// - Throws: `RemoteHelperError.wrongArguments`.
    package init(arguments: [String], environment: [String: String]) throws(RemoteHelperError) {
        guard arguments.count == 2 else { throw .wrongArguments }
        remote = arguments[0]
        argument = arguments[1]
        self.environment = environment
        git = GitProgram(environment: environment)
    }

    /// Serves git on standard input and output until it has nothing more to ask.
    ///
    /// - Parameters:
    ///   - expectPush: is told as soon as git may want to push, so that what the review needs can be made ready.
    ///   - review: sees each push before anything of it is sent and names the refs that are not to be sent, and push
    ///     options to add.
    /// - Returns: what became of the pushes, or nil where git asked for none.
    /// - Throws: `RemoteHelperError` when the URL must not be used or the conversation broke off.
    @MainActor
    package func run(
        expectPush: @escaping @MainActor () -> Void = {}, review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) -> PushOutcome? {
        let channel = ProtocolChannel(input: 0, output: 1)
        // Whoever is refused has asked first: git dies of a signal when its question finds nobody.
        guard let question = try channel.line() else { return nil }
        guard GitConfig.isFromUser(environment) else { throw .notFromUser }
        let url: RemoteURL
        do { url = try RemoteURL(argument) } catch {
            throw Self.refusal(of: argument, error, config: try? await GitConfig.load(git))
        }
        guard question == Array("capabilities".utf8) else {
            throw .malformedCommand(String(decoding: question.prefix(100), as: UTF8.self))
        }
        // While git makes up its mind what to ask for.
        let loading = Loading(AwaitedConfiguration(readBy: git))
        // Over ssh the answer is another one than over http, and what leads from one to the other is in git's configuration.
        let isPlain = Self.isRelayed(url) && !RewriteRules.mayExist(environment: environment)
        if isPlain {
            try channel.send(Self.answer(Self.relayCapabilities))
        } else {
            let config = try await configuration(loading)
            let fetched = try target(url: url, direction: .fetch, config: config).url
            try channel.send(Self.answer(Self.isRelayed(fetched) ? Self.relayCapabilities : Self.serviceCapabilities))
        }
        let conversation = Conversation(with: channel)
        conversation.expectPush = expectPush
        try await converse(conversation, url: url, isPlain: isPlain, loading: loading, review: review)
        if conversation.isForPush, conversation.outcome == nil {
            await explainLFS(in: loading.configuration, remoteRefs: conversation.remoteRefs)
        }
        return conversation.outcome
    }

    @MainActor
    private func converse(
        _ conversation: Conversation, url: RemoteURL, isPlain: Bool, loading: Loading,
        review: (PushBatch) async -> PushVerdict
    ) async throws(RemoteHelperError) {
        var first: TransferDirection?
        // Rewriting is rare: git's http helper starts with the URL as it stands while git makes up its mind and its
        // configuration is read, and anew in the rare case. It does nothing before it is spoken to.
        if isPlain, let presumed = try? transport(to: url, config: GitConfig([])) {
            let served = try await serve(conversation, through: presumed, review: review) {
                () async throws(RemoteHelperError) -> Use in
                guard let direction = try conversation.nextDirection() else { return .none }
                let config = try await configuration(loading)
                let target = try prepare(conversation, url: url, direction: direction, config: config)
                guard Self.isRelayed(target) else { return .another(direction) }
                return try transport(to: target, config: config) == presumed ? .wanted : .another(direction)
            }
            guard let served else { return }
            first = served
        }
        if first == nil { first = try conversation.nextDirection() }
        guard var direction = first else { return }
        let config = try await configuration(loading)
        while true {
            let target = try prepare(conversation, url: url, direction: direction, config: config)
            let next: TransferDirection?
            if Self.isRelayed(target) {
                let transport = try transport(to: target, config: config)
                next = try await serve(conversation, through: transport, review: review) { .wanted }
            } else {
                let route = try ServiceRoute(to: target, config: config, environment: environment)
                next = try await conversation.serve(through: route, review: review)
            }
            guard let next else { return }
            direction = next
        }
    }

    /// What git's http helper can do, this one can.
    private static let relayCapabilities = [
        "stateless-connect", "fetch", "get", "option", "push", "check-connectivity", "object-format",
    ]

    /// Over ssh and on this machine git itself talks to the server, but for a push.
    private static let serviceCapabilities = ["connect", "push", "option", "object-format"]

    private static func answer(_ capabilities: [String]) -> [UInt8] {
        Array((capabilities.joined(separator: "\n") + "\n\n").utf8)
    }

    /// Whether git's http helper serves `url`.
    private static func isRelayed(_ url: RemoteURL) -> Bool {
        url.transport == .https || url.transport == .http
    }

    /// The configuration on its way, and whether what git-lfs needs of it has been seen to.
    @MainActor
    private final class Loading {
        let configuration: AwaitedConfiguration
        var isSettled = false

        init(_ configuration: AwaitedConfiguration) {
            self.configuration = configuration
        }
    }

    /// The configuration; git, which waits for an answer, starts git-lfs after it.
    @MainActor
    private func configuration(_ loading: Loading) async throws(RemoteHelperError) -> GitConfig {
        let config: GitConfig
        do { config = try loading.configuration.value() } catch { throw .git(error) }
        if !loading.isSettled {
            loading.isSettled = true
            await settleLFS(in: config)
        }
        return config
    }

    /// Tells the conversation where it leads in `direction`.
    ///
    /// - Returns: the URL, rewritten as git does.
    /// - Throws: `RemoteHelperError` when the URL must not be used.
    @MainActor
    private func prepare(
        _ conversation: Conversation, url: RemoteURL, direction: TransferDirection, config: GitConfig
    ) throws(RemoteHelperError) -> RemoteURL {
        let target = try target(url: url, direction: direction, config: config)
        let other = try? self.target(url: url, direction: direction == .push ? .fetch : .push, config: config)
        conversation.target = target
        conversation.servesBothDirections = other?.url == target.url
        conversation.direction = direction
        return target.url
    }

    private func transport(to url: RemoteURL, config: GitConfig) throws(RemoteHelperError) -> InnerTransport {
        // A remote that is given as a URL is known to git's helper by its URL, as without hephy.
        try InnerTransport(
            for: url, remote: remote.contains("::") || remote.contains("://") || remote == argument ? url.text : remote,
            config: config, environment: environment)
    }

    private func target(
        url: RemoteURL, direction: TransferDirection, config: GitConfig
    ) throws(RemoteHelperError) -> RemoteTarget {
        let isNamed = isNamed(in: config)
        // With `remote.<name>.vcs` git has rewritten the URL before it called; twice would be once too often.
        let isRewritten = isNamed && config["remote.\(remote).vcs"] == "hephy" || url.transport == .local
        // git's rules are about the path where one was given.
        let given = url.transport == .file && argument.hasPrefix("/") ? argument : url.text
        let rewritten = isRewritten ? given : config.rewritten(given, for: direction, remote: isNamed ? remote : nil)
        let text = rewritten == given ? url.text : rewritten
        do {
            return RemoteTarget(
                remoteName: isNamed ? remote : nil, url: text == url.text ? url : try RemoteURL(text), config: config)
        } catch {
            throw Self.refusal(of: text, error, config: config)
        }
    }

    /// Says which rule has put credentials into a URL, where one has.
    private static func refusal(
        of url: String, _ error: RemoteURLError, config: GitConfig?
    ) -> RemoteHelperError {
        switch error {
        case .password, .tokenAsUser:
            guard let rule = config?.ruleWithCredentials(in: url) else { return .url(error) }
            return .urlByRule(error, rule: rule)
        default: return .url(error)
        }
    }

    private func isNamed(in config: GitConfig) -> Bool {
        remote != argument && !remote.contains("::") && config.keys.contains { $0.hasPrefix("remote.\(remote).") }
    }

    /// Lets git-lfs find its server before git, which waits for this helper's first answer, starts it.
    private func settleLFS(in config: GitConfig) async {
        let settings = LFSSettings(git: git, remote: lfsRemote(in: config))
        do throws(LFSSettings.Trouble) {
            try await settings.settle(config)
        } catch {
            notice(.settingNotMade(key: error.edit.key, value: error.edit.value, reason: error.reason))
        }
    }

    /// The remote that git-lfs takes this one for: where a URL was given, the one that has it.
    private func lfsRemote(in config: GitConfig) -> String? {
        if isNamed(in: config) { return remote }
        return ["url", "pushurl"].flatMap { config.subsections(of: "remote", name: $0) }
            .first { $0.values.contains(remote) }?.subsection
    }

    /// A hook of git-lfs's that found no server has stopped the push, and said it in words that do not help.
    private func explainLFS(in loaded: AwaitedConfiguration, remoteRefs: [String: ObjectID]) async {
        guard let config = try? loaded.value(), LFSEndpoint.isInUse(in: config), config["lfs.url"] == nil,
            config["lfs.pushurl"] == nil, lfsRemote(in: config) == nil,
            await LFSSettings(git: git, remote: nil).mayHaveStoppedPush(besides: remoteRefs.values)
        else { return }
        notice(.uploadsWithoutRemote(url: remote))
    }

    /// Runs git's http helper for as long as the conversation needs it.
    ///
    /// - Parameters:
    ///   - conversation: the one with git.
    ///   - transport: the helper.
    ///   - review: names the refs of a push that are not to be sent, and push options to add.
    ///   - use: asked once the helper runs.
    /// - Returns: the direction in which the conversation goes on with another URL, or nil when it has ended.
    /// - Throws: `RemoteHelperError` when the helper could not be started, failed, or git went away.
    @MainActor
    private func serve(
        _ conversation: Conversation, through transport: InnerTransport, review: (PushBatch) async -> PushVerdict,
        use: () async throws(RemoteHelperError) -> Use
    ) async throws(RemoteHelperError) -> TransferDirection? {
        let command = ServiceCommand(
            program: transport.program, arguments: transport.arguments.map { Array($0.utf8) },
            environment: transport.environment)
        let served = try await ConnectedChild.run(command) { child -> Result<Served, RemoteHelperError> in
            do throws(RemoteHelperError) {
                switch try await use() {
                case .none: return .success(.spared(nil))
                case .another(let direction): return .success(.spared(direction))
                case .wanted: break
                }
                return .success(
                    .relayed(
                        try await conversation.relay(
                            to: child.channel, endRequests: { child.endRequests() }, review: review)))
            } catch {
                return .failure(error)
            }
        }
        return try Self.judge(
            served.value, served.status, isPushAnswered: conversation.outcome != nil && conversation.isAnswered)
    }

    /// What becomes of a helper that was started before its use was certain.
    private enum Use {
        case wanted
        /// The conversation goes on in this direction, with another one.
        case another(TransferDirection)
        /// Git has asked for nothing.
        case none
    }

    private enum Served: Sendable {
        /// The helper was not spoken to, so that its status says nothing.
        case spared(TransferDirection?)
        case relayed(TransferDirection?)
    }

    private static func judge(
        _ served: Result<Served, RemoteHelperError>, _ code: Int32, isPushAnswered: Bool
    ) throws(RemoteHelperError) -> TransferDirection? {
        switch served {
        case .success(.spared(let direction)): return direction
        case .success(.relayed(.some(let direction))): return direction
        // A helper that was still talking when it failed has told why; that counts more than the broken pipe.
        // One that has answered for every ref leaves with an error where the server refused one; git has that from us.
        case .success(.relayed(nil)), .failure(.disconnected):
            guard code == 0 || isPushAnswered else { throw .transportEnded(status: code) }
            if case .failure(let error) = served { throw error }
            return nil
        case .failure(let error): throw error
        }
    }
}
