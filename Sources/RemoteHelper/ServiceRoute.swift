import Git

/// The way to a repository that is reached by a program of its own: over ssh, or on this machine.
struct ServiceRoute: Sendable {
    let url: RemoteURL
    let config: GitConfig
    let environment: [String: String]

    /// - Throws: `RemoteHelperError.transportNotAllowed` when the user's policy forbids the transport.
    init(to url: RemoteURL, config: GitConfig, environment: [String: String]) throws(RemoteHelperError) {
        self.url = url
        self.config = config
        self.environment = environment
        guard config.allows(transport: transport, environment: environment) else {
            throw .transportNotAllowed(transport)
        }
    }

    /// What git calls the transport.
    private var transport: String { url.transport == .ssh ? "ssh" : "file" }

    var git: GitProgram { GitProgram(environment: environment) }

    /// The folder of the repository, where it is on this machine.
    private func directory() throws(RemoteHelperError) -> String {
        guard let directory = EmbeddedRepository.directory(of: url, environment: environment) else {
            throw .noDataDirectory
        }
        return directory
    }

    /// Whether the URL names a repository of the embedded forge that was not pushed to yet.
    func isAwaited() throws(RemoteHelperError) -> Bool {
        guard url.transport == .local else { return false }
        return !EmbeddedRepository.exists(at: try directory())
    }

    /// Whether git-lfs puts objects into the repository before git pushes to it.
    func isWantedByLFS() async -> Bool {
        guard LFSEndpoint.isInUse(in: config) else { return false }
        return await LFSSettings(git: git, remote: nil).hasPushHook()
    }

    /// Makes the repository of the embedded forge.
    func create(objectFormat: String) async throws(RemoteHelperError) {
        let directory = try directory()
        do { try await EmbeddedRepository.create(at: directory, objectFormat: objectFormat, git) } catch {
            throw .git(error)
        }
    }

    /// Gives the embedded forge's repository the branch that was pushed first, where its own is not there.
    func settleHead(after landed: [RefUpdate]) async {
        guard url.transport == .local, let directory = try? directory(),
            let first = landed.first(where: { $0.isBranch && !$0.isDelete })
        else { return }
        let bare = GitProgram(environment: ServiceCommand.foreign(environment))
        let head = try? await bare.run(["-C", directory, "rev-parse", "--quiet", "--verify", "HEAD^0"])
        guard let head, head.status != 0 else { return }
        _ = try? await bare.run(["-C", directory, "symbolic-ref", "HEAD", first.destination])
    }

    /// The program that connects to `service`.
    ///
    /// - Parameters:
    ///   - service: `git-upload-pack`, `git-receive-pack` or `git-upload-archive`.
    ///   - options: what git said before; the service's own path and the address family are among it.
    /// - Returns: the command, with the environment for it.
    /// - Throws: `RemoteHelperError` when the URL leads nowhere.
    func command(for service: String, _ options: SendPackOptions) async throws(RemoteHelperError) -> ServiceCommand {
        let version = protocolVersion(of: service)
        let program = options.servicePath ?? service
        if url.transport == .ssh {
            let address = try SSHAddress(url.text)
            return try await SSHProgram(config: config, environment: environment).command(
                for: ServiceCommand.request(program, path: address.path), to: address, version: version,
                family: options.family)
        }
        var variables = ServiceCommand.foreign(environment)
        if version > 0 { variables["GIT_PROTOCOL"] = "version=\(version)" }
        let request = ServiceCommand.request(program, path: Array(try directory().utf8))
        return .throughShell([request], environment: variables)
    }

    /// `protocol.version`; nobody can push by version 2.
    ///
    /// Old gits went by the program's name there, newer ones by the service (connect.c, `git_connect`).
    private func protocolVersion(of service: String) -> Int {
        let version = config["protocol.version"].flatMap { Int($0) } ?? 2
        return version == 2 && service == "git-receive-pack" ? 0 : version
    }

    /// The URL for git's own programs.
    func plainURL() throws(RemoteHelperError) -> String {
        url.transport == .local ? "file://" + (try directory()).replacing("%", with: "%25") : url.text
    }

    /// The environment for git's programs that see the URL: nothing but its transport is allowed in there, and what they
    /// may have to reach beside it.
    var guardedEnvironment: [String: String] {
        NestedTransports(config: config, environment: environment).allow([transport], for: url, in: environment)
    }
}
