import Credentials
import Forge
import Git
import HTTP

extension ForgeConnection {
    /// A GitLab that lives below `prefix`, asked for the project at `path` with the first token that no source in `skipped` gave.
    ///
    /// - Throws: `DeliveryError.notARepositoryPath`; `.git` when the configuration cannot be read.
    static func gitLab(
        at origin: HTTPOrigin, below prefix: String, path: String, git: GitProgram,
        skipping skipped: Set<CredentialSource>
    ) async throws(DeliveryError) -> ForgeConnection {
        let host = GitLabHost(origin: origin, prefix: prefix)
        let project: ProjectPath
        do {
            project = try ProjectPath(path, below: host.prefix)
        } catch {
            throw .notARepositoryPath(path: FailureReport.firstLine(path), product: ForgeProduct.gitlab.name)
        }
        let transport = try await transport(to: host.origin, git: git)
        let request = CredentialRequest(
            product: .gitlab, gitOrigin: origin, path: "\(project)", apiOrigin: host.origin)
        let credential = await Credentials(environment: git.environment, git: git)
            .credential(for: request, skipping: skipped)
        if let credential { StandardError.hide(credential.secret) }
        let forge = GitLab(
            project: project, host: host, credential: credential?.secret(for: host.origin), transport: transport,
            userAgent: "hephy/\(HephyVersion.text)")
        return ForgeConnection(
            forge: forge, product: .gitlab, host: origin.hostAndPort, credential: credential, skipped: skipped)
    }

    /// What is said where no token may be used.
    var remarkOnMissingToken: String {
        get async {
            guard product == .gitlab else {
                return "no token for \(host): following what is public, once a minute "
                    + "(a token with 'Actions: read' follows closely)"
            }
            let fact = skipped.isEmpty ? "no token for \(host)" : "no credential for \(host) may call the API"
            return await isOpenToStrangers
                ? "\(fact): following what is public, with logs as the jobs' pages show them"
                : "\(fact): following what is public, without logs (a token with the scope 'read_api' shows them)"
        }
    }

    /// Whether strangers may look at what this connection is about.
    var isOpenToStrangers: Bool {
        get async { await (forge as? GitLab)?.isPublic() ?? false }
    }
}
