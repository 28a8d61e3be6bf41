import BuildPlan
import Forge
import Git
import RemoteHelper
import Scaffold

/// Looks at the repository itself: its configuration, its CI files, its remotes' URLs, and LFS.
struct RepositoryExamination {
    let location: RepositoryLocation
    let config: GitConfig

    private var git: GitProgram { location.git }

    /// The repository that git finds here, or why there is none.
    static func find(_ git: GitProgram) async -> (location: RepositoryLocation?, symptoms: [Symptom.OfRepository]) {
        do {
            let location = try await RepositoryLocation(git)
            let path = location.workTree ?? location.gitDirectory
            return (location, [.repository(path: path, isBare: location.workTree == nil)])
        } catch {
            let told = try? await git.run(["rev-parse", "--git-dir"], overriding: ["LC_ALL": "C"])
            guard case .notARepository = error, let words = told?.standardError else {
                return (nil, [.gitFailed(error)])
            }
            if words.contains("dubious ownership") || words.contains("is owned by someone else") {
                let path = words.split(separator: "'").dropFirst().first.map(String.init) ?? git.directory ?? "."
                return (nil, [.foreignRepository(path: path)])
            }
            guard words.contains("not a git repository") else {
                let status = told?.status ?? 128
                return (nil, [.gitFailed(.commandFailed(arguments: ["rev-parse"], status: status, message: words))])
            }
            return (nil, [.noRepository])
        }
    }

    /// What `ci_platform` of the configuration in HEAD names.
    static func suggestedProduct(at location: RepositoryLocation) async -> ForgeProduct? {
        guard case .success(let commit)? = await head(of: location) else { return nil }
        return (try? commit.configuration.get().0)?.ciPlatform?.value.product
    }

    /// The backend that builds HEAD; nil where none does, or that cannot be told.
    static func backend(at location: RepositoryLocation, _ config: GitConfig) async -> String? {
        guard case .success(let commit)? = await head(of: location),
            let settings = try? PushSettings(
                options: [], environment: location.git.environment, gitConfig: { config[$0] }),
            let plan = try? await commit.plan(
                gitDirectory: location.gitDirectory, git: location.git, settings: settings)
        else { return nil }
        return plan.detection.backend?.rawValue
    }

    func findings(remotes: [ExaminedRemote]) async -> [Finding] {
        let isElsewhere = remotes.contains { $0.url?.runsHere == false }
        var findings = ([setting()].compactMap(\.self) + (await files(isElsewhere: isElsewhere))).map { Finding($0) }
        for name in ExaminedRemote.names(in: config) {
            guard let symptom = password(of: name) else { continue }
            findings.append(Finding(symptom).about(name))
        }
        if remotes.isEmpty { findings.append(Finding(Symptom.OfRepository.noRemote)) }
        let lfs = LFSExamination(location: location, config: config)
        var seen: Set<String> = []
        return findings + (await lfs.findings(remotes: remotes.map(\.name).filter { seen.insert($0).inserted }))
    }

    /// What of the environment and git's configuration is no setting.
    private func setting() -> Symptom.OfRepository? {
        do throws(SettingError) {
            _ = try PushSettings(options: [], environment: git.environment, gitConfig: { config[$0] })
            return nil
        } catch .badValue(let key, let value, .gitConfig(let name), let allowed, let suggestion) {
            let error = SettingError.badValue(
                key: key, value: value, source: .gitConfig(name), allowed: allowed, suggestion: suggestion)
            return .badSetting(error, isPassedOver: true)
        } catch {
            return .badSetting(error, isPassedOver: false)
        }
    }

    // MARK: Files

    private static func head(of location: RepositoryLocation) async -> Result<PushedCommit, DeliveryError>? {
        await PushedCommit.read(["HEAD"], in: AwaitedRepository(readBy: location.git)).first ?? nil
    }

    /// The configuration that a push of HEAD would have, and the CI files of the work tree.
    ///
    /// - Parameter isElsewhere: whether a forge on another machine builds.
    /// - Returns: what was found, nothing before the first commit.
    private func files(isElsewhere: Bool) async -> [Symptom.OfRepository] {
        guard let head = await Self.head(of: location) else { return [] }
        let commit: PushedCommit
        switch head {
        case .failure(let error): return [.unusable(error)]
        case .success(let read): commit = read
        }
        switch commit.configuration {
        case .failure(.tree(let error)): return [.unusable(.tree(error))]
        case .failure(.invalidConfiguration(let problems)):
            return [.unusable(.obstacle(.invalidConfiguration(summary: ProblemLines.summary(of: problems))))]
        case .success((let configuration, let warnings)):
            let isThere = configuration != BuildConfiguration() || !warnings.isEmpty
            let remarks = warnings.map {
                Symptom.OfRepository.configurationWarning(summary: "\($0.place): \($0.sentence)")
            }
            return [.configuration(isThere: isThere)] + remarks + (await ciFiles(commit, isElsewhere: isElsewhere))
        }
    }

    private func ciFiles(_ commit: PushedCommit, isElsewhere: Bool) async -> [Symptom.OfRepository] {
        guard let workTree = location.workTree else {
            return commit.staleWorkflows.map { .ciFile(path: $0, drift: .configurationChanged) }
        }
        guard RepositorySetUp.hasRenderedFile(in: workTree) else {
            let isOurs = commit.ciFiles.files(for: nil).contains(where: \.isOurs)
            return isOurs || !isElsewhere ? [] : [.noCIFile]
        }
        do throws(DeliveryError) {
            return try await RepositorySetUp(location).drift().map { .ciFile(path: $0.path, drift: $0.drift) }
        } catch {
            // The folder of hephy's own files is missing, which has been said.
            if case .here = error { return [] }
            return [.unusable(error)]
        }
    }

    // MARK: Passwords

    /// What a URL of the remote gives away; those that go through hephy are refused for it.
    private func password(of name: String) -> Symptom.OfRepository? {
        let urls = config.all("remote.\(name).url") + config.all("remote.\(name).pushurl")
        for url in urls where !url.hasPrefix("hephy:") {
            do throws(RemoteURLError) {
                _ = try RemoteURL(url)
            } catch {
                switch error {
                case .password(let host), .tokenAsUser(let host):
                    return .password(remote: name, host: host, clean: Self.withoutUser(url))
                default: continue
                }
            }
        }
        return nil
    }

    private static func withoutUser(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return String(url.drop { $0 != "@" }.dropFirst()) }
        let rest = url[scheme.upperBound...]
        guard let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
