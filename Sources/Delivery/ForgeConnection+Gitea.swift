import Credentials
import Forge
import Git
import HTTP

extension ForgeConnection {
    /// A Gitea or Forgejo, asked for the repository at `path` with the first token that no source in `skipped` gave.
    ///
    /// - Throws: `DeliveryError.notARepositoryPath`; `.git` when the configuration cannot be read.
    static func gitea(
        _ product: GiteaVersion.Product, on site: ForgeSite, at origin: HTTPOrigin, path: String, git: GitProgram,
        skipping skipped: Set<CredentialSource>
    ) async throws(DeliveryError) -> ForgeConnection {
        let repository: RepositoryPath
        do {
            repository = try RepositoryPath(site.repositoryPath(in: path) ?? "")
        } catch {
            throw .notARepositoryPath(path: FailureReport.firstLine(path), product: site.product.name)
        }
        let prefix = site.prefix.split(separator: "/").map { "/\(HTTPURL.encoded(String($0)))" }.joined()
        let transport = try await transport(to: origin, git: git)
        let request = CredentialRequest(
            product: site.product, gitOrigin: origin, path: "\(site.prefix)/\(repository)", apiOrigin: origin)
        let credential = await Credentials(environment: git.environment, git: git)
            .credential(for: request, skipping: skipped)
        if let credential { StandardError.hide(credential.secret) }
        let forge = Gitea(
            repository: repository, host: GiteaHost(origin, prefix: prefix), product: product,
            credential: credential?.secret(for: origin), transport: transport,
            userAgent: "hephy/\(HephyVersion.text)")
        return ForgeConnection(
            forge: forge, product: site.product, host: origin.hostAndPort, credential: credential, repositoryName: nil,
            skipped: skipped)
    }
}
