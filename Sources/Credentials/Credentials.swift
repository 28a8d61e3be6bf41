import Forge
package import Git
import HTTP

/// Finds the user's token for a forge's API without ever asking the user.
///
/// The sources in their order: the environment, git's credential helpers, the forge's own program. A token is only
/// read: nothing is stored, approved or rejected, whatever comes of its use.
package struct Credentials: Sendable {
    private let environment: [String: String]
    private let git: GitProgram
    private let timeLimit: Duration

    /// Reads tokens, `GH_HOST` and `PATH` from `environment`; git runs as `git` says.
    ///
    /// A helper or program that takes longer than `timeLimit` is ended and counts as having no token.
    package init(environment: [String: String], git: GitProgram, timeLimit: Duration = .seconds(15)) {
        self.environment = environment
        self.git = git
        self.timeLimit = timeLimit
    }

    /// Returns the first token there is for `request`, or nil; over plain http to another machine there is none.
    ///
    /// The sources in `skipping` are not asked: the caller found that their token cannot call the API.
    package func credential(
        for request: CredentialRequest, skipping sources: Set<CredentialSource> = []
    ) async -> Credential? {
        guard request.isSafe else { return nil }
        for source in self.sources(for: request) where !sources.contains(source) {
            if let secret = await secret(from: source, for: request) {
                return Credential(secret: secret, source: source, allowed: request.allowedOrigins)
            }
        }
        return nil
    }

    private func sources(for request: CredentialRequest) -> [CredentialSource] {
        let tokens = EnvironmentTokens(environment)
        var sources = tokens.variables(for: request).map { CredentialSource.environment($0) }
        sources.append(.gitCredential)
        // A server on this machine is mostly not a forge that the program knows; it is asked where a variable names it.
        if let program = TokenProgram.name(for: request.product),
            !request.gitOrigin.isLoopback || tokens.namesHost(of: request)
        {
            sources.append(.program(program))
        }
        return sources
    }

    private func secret(from source: CredentialSource, for request: CredentialRequest) async -> Secret? {
        switch source {
        case .environment(let name):
            return environment[name].flatMap { Secret(token: $0) }
        case .gitCredential:
            return await withinTimeLimit { await GitCredentialFill(git: git).secret(for: request) }
        case .program(let name):
            return await withinTimeLimit {
                await TokenProgram(name: name, environment: environment).secret(for: request)
            }
        }
    }

    /// Returns what `work` returns, or nil when it takes longer; it has ended in either case.
    private func withinTimeLimit(_ work: @escaping @Sendable () async -> Secret?) async -> Secret? {
        await withTaskGroup(of: Secret?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await Task.sleep(for: timeLimit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
