import BuildPlan
import Forge
import Git
import HTTP

/// Which CI runs for a repository.
enum CIPlatformGuess {
    /// The platform of a repository, by the first that tells: what was asked for, the configuration, the remote's host,
    /// the user's configuration for that host, files of one CI alone, and one question to the host.
    ///
    /// - Throws: `DeliveryError.setUp` where nothing tells.
    static func platform(
        asked: CIPlatform?, configuration: BuildConfiguration, url: RemoteURL?, workTree: WorkTree, git: GitProgram
    ) async throws(DeliveryError) -> CIPlatform {
        if let named = asked ?? configuration.ciPlatform?.value { return named }
        if let url, let known = platform(of: url) { return known }
        if let url, let named = await configured(for: url, git) { return named }
        for (path, platform) in [(".gitlab-ci.yml", CIPlatform.gitlab)]
        where (try? workTree.contents(of: path, limit: 1 << 20)) ?? nil != nil {
            return platform
        }
        guard let url else { return .github }
        guard await answersAsGitHub(url, git) else { throw .setUp(.unknownPlatform(host: url.host)) }
        return .github
    }

    private static func platform(of url: RemoteURL) -> CIPlatform? {
        if url.transport == .file { return .local }
        switch url.host {
        case "github.com", "ssh.github.com", "github.localhost": return .github
        case let host where host.hasSuffix(".ghe.com"): return .github
        case "gitlab.com", "altssh.gitlab.com": return .gitlab
        case "gitea.com": return .gitea
        case "codeberg.org": return .forgejo
        default: return nil
        }
    }

    private static func configured(for url: RemoteURL, _ git: GitProgram) async -> CIPlatform? {
        let settings = try? await GitConfig.matching(url: origin(of: url).description, section: "hephy", git)
        return settings?["hephy.forge"].flatMap { CIPlatform(rawValue: $0.lowercased()) }
    }

    private static func answersAsGitHub(_ url: RemoteURL, _ git: GitProgram) async -> Bool {
        let origin = origin(of: url)
        guard let transport = try? await ForgeConnection.transport(to: origin, git: git) else { return false }
        return (try? await ForgeRecognition(origin: origin, git: git, transport: transport).product()) == .github
    }

    /// Where the web pages of the host are; those of an ssh remote are taken to be at https.
    private static func origin(of url: RemoteURL) -> HTTPOrigin {
        switch url.transport {
        case .http: HTTPOrigin(scheme: .http, host: url.host, port: url.port)
        case .https: HTTPOrigin(scheme: .https, host: url.host, port: url.port)
        case .ssh, .file, .local: HTTPOrigin(scheme: .https, host: url.host, port: nil)
        }
    }
}
