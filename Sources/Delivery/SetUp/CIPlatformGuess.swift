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
        if url?.transport == .file { return .local }
        if let url, let known = ForgeProduct(host: url.host) { return CIPlatform(known) }
        if let url, let named = await configured(for: url, git) { return named }
        for (path, platform) in [(CIFiles.pipeline, CIPlatform.gitlab)]
        where (try? workTree.contents(of: path, limit: 1 << 20)) ?? nil != nil {
            return platform
        }
        guard let url else { return .github }
        let recognition = ForgeRecognition(origin: origin(of: url), path: url.path, git: git)
        guard let answer = (try? await recognition.answer()) ?? nil else {
            throw .setUp(.unknownPlatform(host: url.host))
        }
        return CIPlatform(answer.site.product)
    }

    private static func configured(for url: RemoteURL, _ git: GitProgram) async -> CIPlatform? {
        let settings = try? await GitConfig.matching(url: origin(of: url).description, section: "hephy", git)
        return settings?["hephy.forge"].flatMap { CIPlatform(rawValue: $0.lowercased()) }
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

extension CIPlatform {
    init(_ product: ForgeProduct) {
        switch product {
        case .github: self = .github
        case .gitlab: self = .gitlab
        case .gitea: self = .gitea
        case .forgejo: self = .forgejo
        }
    }

    /// Nil for runs on this machine.
    var product: ForgeProduct? { ForgeProduct(rawValue: rawValue) }
}
