import Credentials
import Forge
import Git
import HTTP

extension ForgeConnection {
    /// A Gitea or Forgejo, asked for the repository at `path` with the first token that no source in `skipped` gave.
    ///
    /// What stands before owner and name in `path` is where on its host the server is.
    ///
    /// - Throws: `DeliveryError.notARepositoryPath`; `.git` when the configuration cannot be read.
    static func gitea(
        _ product: GiteaVersion.Product, at origin: HTTPOrigin, path: String, git: GitProgram,
        skipping skipped: Set<CredentialSource>
    ) async throws(DeliveryError) -> ForgeConnection {
        let known: ForgeProduct = product == .gitea ? .gitea : .forgejo
        let parts = path.split(separator: "/")
        let repository: RepositoryPath
        do {
            repository = try RepositoryPath(parts.suffix(2).joined(separator: "/"))
        } catch {
            throw .notARepositoryPath(path: FailureReport.firstLine(path), product: known.name)
        }
        let prefix = parts.dropLast(2).map { "/\(HTTPURL.encoded(String($0)))" }.joined()
        let transport = try await transport(to: origin, git: git)
        let request = CredentialRequest(
            product: known, gitOrigin: origin, path: parts.dropLast(2).joined(separator: "/") + "/\(repository)",
            apiOrigin: origin)
        let credential = await Credentials(environment: git.environment, git: git)
            .credential(for: request, skipping: skipped)
        if let credential { StandardError.hide(credential.secret) }
        let forge = Gitea(
            repository: repository, host: GiteaHost(origin, prefix: prefix), product: product,
            credential: credential?.secret(for: origin), transport: transport,
            userAgent: "hephy/\(HephyVersion.text)")
        return ForgeConnection(
            forge: forge, product: known, host: origin.hostAndPort, credential: credential, repositoryName: nil,
            skipped: skipped)
    }
}
