import Forge
import Git

extension ForgeConnection {
    /// The embedded forge behind `url`; nil where `url` leads to another machine.
    ///
    /// - Throws: `DeliveryError.git` when the configuration cannot be read; `.here` when something is missing.
    static func local(to url: RemoteURL, git: GitProgram) async throws(DeliveryError) -> ForgeConnection? {
        guard url.runsHere else { return nil }
        let environment = git.environment
        guard let repository = EmbeddedRepository.directory(of: url, environment: environment),
            let dataHome = EmbeddedRepository.dataDirectory(environment)
        else { throw .here(.noDataFolder) }
        let config: GitConfig
        do { config = try await GitConfig.load(git) } catch { throw .git(error) }
        let share = try ShareFolder(environment: environment)
        let programs = ShareFolder.programFolder ?? ""
        let names = config.all("hephy.local.env").flatMap { $0.split { $0 == "," || $0 == " " }.map(String.init) }
        var runner = LocalForge.Runner(
            program: "\(programs)/hephy",
            environment: RunnerEnvironment(environment, naming: names).variables, steps: share.steps,
            timeLimit: number(config["hephy.local.timelimit"], from: 1) ?? LocalForge.Runner.usualTimeLimit)
        if let builder = config["hephy.local.builder"] { runner.builder = builder }
        runner.objects = environment["GIT_QUARANTINE_PATH"]
        var limits = LocalStore.Limits()
        limits.runs = number(config["hephy.local.keepruns"], from: 1) ?? limits.runs
        limits.days = number(config["hephy.local.keepdays"], from: 0) ?? limits.days
        let forge = LocalForge(
            store: LocalStore(repository: repository, dataHome: dataHome), runner: runner, limits: limits)
        return ForgeConnection(forge: forge, host: LocalForge.host, credential: nil, repositoryName: nil)
    }

    /// A number of git's configuration; nil where it is none, or too small to mean anything.
    private static func number(_ text: String?, from least: Int) -> Int? {
        text.flatMap { Int($0) }.flatMap { $0 >= least ? $0 : nil }
    }
}

extension RemoteURL {
    /// Whether the repository is on this machine, and so are its runs.
    var runsHere: Bool {
        switch transport {
        case .file, .local: true
        case .https, .http, .ssh: false
        }
    }
}
