package import Credentials
package import Forge
package import Git
import HTTP

/// A forge, ready to be asked about one repository, and what is known about the way to it.
package struct ForgeConnection: Sendable {
    package var forge: any Forge
    /// What serves the repository; nil for this machine.
    package var product: ForgeProduct?
    /// The web host, for messages; with its port where that is not the usual one.
    package var host: String
    /// Nil where no token was found; public runs are then read anonymously.
    package var credential: Credential?
    /// How `gh` and other programs name the repository: `[HOST/]OWNER/REPOSITORY`.
    ///
    /// Nil where they cannot name it, because its host has a port of its own.
    package var repositoryName: String?

    /// What told the product; nil for this machine.
    var recognisedBy: ForgeRecognition.Means?

    /// The setting of git's configuration that keeps which product the host is, where it was asked just now.
    package var newSetting: String?

    /// Sources of credentials that proved to be of no use for the API.
    package var skipped: Set<CredentialSource> = []

    package var isAnonymous: Bool { credential == nil && !forge.isThisMachine }

    /// Whether there is no token and the forge then answers only now and then.
    package var isSlow: Bool { isAnonymous && forge.isSlowWithoutToken }

    /// Finds out which forge serves `url`, with which token.
    ///
    /// - Parameters:
    ///   - url: the repository's URL, rewritten as git does.
    ///   - git: the user's git, which knows the configuration and the credentials.
    ///   - suggested: what `ci_platform` names, for a host that no rule knows.
    ///   - skipped: sources whose credential proved to be of no use for the API.
    /// - Returns: the forge, asked anonymously where no source has a credential.
    /// - Throws: `DeliveryError.unknownForge`, `.notARepositoryPath`, `.git` when the configuration cannot be read, or
    ///   what the embedded forge lacks.
    package static func open(
        to url: RemoteURL, git: GitProgram, suggested: ForgeProduct? = nil,
        skipping skipped: Set<CredentialSource> = []
    ) async throws(DeliveryError) -> ForgeConnection {
        if let local = try await local(to: url, git: git) { return local }
        var git = git
        if let config = try? await GitConfig.load(git) {
            git.environment = config.namingPlainURLs(in: git.environment)
        }
        guard !url.host.isEmpty else { throw .unknownForge(host: url.text) }
        let origin = await WebOrigin.origin(of: url, git: git)
        let recognition = ForgeRecognition(origin: origin, path: url.path, git: git, suggested: suggested)
        guard let answer = try await recognition.answer() else { throw .unknownForge(host: origin.hostAndPort) }
        let path = url.path
        var connection: ForgeConnection
        switch answer.site.product {
        case .github: connection = try await gitHub(at: origin, path: path, git: git, skipping: skipped)
        case .gitlab:
            connection = try await gitLab(
                at: origin, below: answer.site.prefix, path: path, git: git, skipping: skipped)
        case .gitea:
            connection = try await gitea(.gitea, on: answer.site, at: origin, path: path, git: git, skipping: skipped)
        case .forgejo:
            connection = try await gitea(.forgejo, on: answer.site, at: origin, path: path, git: git, skipping: skipped)
        }
        connection.newSetting = answer.newSetting
        connection.recognisedBy = answer.means
        return connection
    }

    /// The way with the user's next credential, where the forge did not let this one do what was asked.
    ///
    /// - Parameters:
    ///   - error: how the forge answered.
    ///   - url: the repository's URL, rewritten as git does.
    ///   - git: the user's git.
    /// - Returns: nil where another credential would not help, or there is none.
    package func next(after error: DeliveryError, to url: RemoteURL, git: GitProgram) async -> ForgeConnection? {
        guard let source = credential?.source, case .forge(let fact, _, _) = error else { return nil }
        switch fact {
        case .unauthorized, .forbidden, .notFound, .singleSignOnRequired: break
        case .refused, .rateLimited, .unavailable, .intercepted, .untrusted, .redirected, .unsupported, .machine,
            .cancelled:
            return nil
        }
        let next = try? await Self.open(
            to: url, git: git, suggested: product, skipping: skipped.union([source]))
        guard let next, next.credential == nil else { return next }
        // A GitLab shows strangers the pipelines of public projects.
        return await next.isOpenToStrangers ? next : nil
    }

    static func transport(
        to origin: HTTPOrigin, git: GitProgram
    ) async throws(DeliveryError) -> any HTTPTransport {
        do {
            let settings = try await GitConfig.matching(url: origin.description, section: "http", git)
            return HTTPClient(settings: HTTPSettings(gitConfig: { settings[$0] }, environment: git.environment))
        } catch {
            throw .git(error)
        }
    }
}
