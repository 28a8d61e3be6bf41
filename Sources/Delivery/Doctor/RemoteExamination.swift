import Credentials
import Forge
import Git
import HTTP
import RemoteHelper

/// Looks at one remote: its URL, the forge behind it, and what the user's token may do there.
struct RemoteExamination: Sendable {
    let remote: ExaminedRemote
    let location: RepositoryLocation
    let config: GitConfig
    /// What `ci_platform` of the commit names.
    let suggested: ForgeProduct?

    private var git: GitProgram { location.git }

    func symptoms() async -> [Symptom.OfRemote] {
        let url: RemoteURL
        switch remote.target {
        case .failure(let error): return [.refusedURL(error)]
        case .success(let target): url = target
        }
        for name in ["hephy", url.transport == .local ? "file" : url.transport.rawValue]
        where !config.allows(transport: name, environment: git.environment) {
            return [.refusedURL(.transportNotAllowed(name))]
        }
        guard !url.runsHere else { return here(url) }
        let seconds = Int(Doctor.patience.components.seconds)
        let asked = await withDeadline(Doctor.patience) { await forge(of: url) }
        return [.url(url)] + (asked ?? [.noAnswer(host: url.host, seconds: seconds)])
    }

    private func here(_ url: RemoteURL) -> [Symptom.OfRemote] {
        guard let directory = EmbeddedRepository.directory(of: url, environment: git.environment) else {
            return [.refusedURL(.noDataDirectory)]
        }
        guard !EmbeddedRepository.exists(at: directory), !EmbeddedRepository.exists(at: directory + "/.git") else {
            return [.url(url)]
        }
        return [.url(url), .noRepositoryThere(path: directory, isMade: url.transport == .local)]
    }

    /// Which forge it is, and what the first token that is of use there may do.
    private func forge(of url: RemoteURL) async -> [Symptom.OfRemote] {
        var symptoms: [Symptom.OfRemote] = []
        var connection: ForgeConnection
        do throws(DeliveryError) {
            connection = try await ForgeConnection.open(to: url, git: git, suggested: suggested)
        } catch {
            return [.forgeError(error)]
        }
        guard let product = connection.product, let means = connection.recognisedBy else { return [] }
        symptoms.append(.forge(product: product, host: connection.host, by: means))
        var refused: [(source: CredentialSource, error: DeliveryError)] = []
        func all(_ last: [Symptom.OfRemote], hasNext: Bool) -> [Symptom.OfRemote] {
            symptoms + refused.map { .refusedToken($0.source, $0.error, hasNext: hasNext) } + last
        }
        while true {
            do throws(ForgeError) {
                return all(try await token(of: connection, product, at: url), hasNext: true)
            } catch {
                let failure = DeliveryError.forge(error, doing: .finding, on: product)
                guard let source = connection.credential?.source else {
                    return all([await without(connection, product, failure)], hasNext: false)
                }
                if error.isTransient { return all([.forgeError(failure)], hasNext: false) }
                refused.append((source, failure))
                guard let next = await connection.next(after: failure, to: url, git: git) else {
                    return all([], hasNext: false)
                }
                connection = next
            }
        }
    }

    private func token(
        of connection: ForgeConnection, _ product: ForgeProduct, at url: RemoteURL
    ) async throws(ForgeError) -> [Symptom.OfRemote] {
        guard let rights = try await connection.forge.rights() else { return [] }
        guard let source = connection.credential?.source else {
            return [
                .noToken(
                    remark: await connection.remarkOnMissingToken, host: connection.host, product: product,
                    canRead: rights.reading == .given)
            ]
        }
        // git pushes with what its own helpers hold, and with that over http alone.
        let isPushedWith = source == .gitCredential && url.transport != .ssh
        let isShort = product == .github && isPushedWith && rights.scopes?.contains("workflow") == false
        return [.token(source, rights, host: connection.host, product: product)]
            + (isShort ? [.noWorkflowScope(source)] : [])
    }

    /// What it means that strangers were refused.
    private func without(
        _ connection: ForgeConnection, _ product: ForgeProduct, _ failure: DeliveryError
    ) async -> Symptom.OfRemote {
        guard case .forge(let error, _, _) = failure else { return .forgeError(failure) }
        switch error {
        case .unauthorized, .forbidden, .notFound, .singleSignOnRequired:
            return .noToken(
                remark: await connection.remarkOnMissingToken, host: connection.host, product: product, canRead: false)
        case .refused, .rateLimited, .unavailable, .intercepted, .untrusted, .redirected, .unsupported, .machine,
            .cancelled:
            return .forgeError(failure)
        }
    }
}
