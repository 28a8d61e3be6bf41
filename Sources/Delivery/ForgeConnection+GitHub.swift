import Credentials
import Forge
import Git
import HTTP

extension ForgeConnection {
    /// A GitHub, asked for the repository at `path` with the first token that no source in `skipped` gave.
    ///
    /// - Throws: `DeliveryError.notARepositoryPath`; `.git` when the configuration cannot be read.
    static func gitHub(
        at origin: HTTPOrigin, path: String, git: GitProgram, skipping skipped: Set<CredentialSource>
    ) async throws(DeliveryError) -> ForgeConnection {
        let repository: RepositoryPath
        do {
            repository = try RepositoryPath(path)
        } catch {
            throw .notARepositoryPath(path: FailureReport.firstLine(path), product: ForgeProduct.github.name)
        }
        let host = GitHubHost(git: origin)
        let transport = try await transport(to: host.api, git: git)
        let request = CredentialRequest(
            product: .github, gitOrigin: origin, path: "\(repository)", apiOrigin: host.api)
        let credential = await Credentials(environment: git.environment, git: git)
            .credential(for: request, skipping: skipped)
        if let credential { StandardError.hide(credential.secret) }
        let forge = GitHub(
            repository: repository, gitOrigin: origin, credential: credential?.secret(for: host.api),
            transport: transport, userAgent: "hephy/\(HephyVersion.text)")
        let prefix = origin.host == "github.com" ? "" : "\(origin.host)/"
        let hasUsualPort = origin.port == origin.scheme.defaultPort
        return ForgeConnection(
            forge: forge, product: .github, host: origin.hostAndPort, credential: credential,
            repositoryName: hasUsualPort ? "\(prefix)\(repository)" : nil, skipped: skipped)
    }
}
