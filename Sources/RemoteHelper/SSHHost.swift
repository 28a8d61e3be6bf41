package import Git

/// The host behind the name in an ssh URL.
package enum SSHHost {
    /// What the user's own ssh would connect to: a name in an ssh URL may be an alias of its configuration.
    ///
    /// - Parameters:
    ///   - url: an ssh URL.
    ///   - config: git's configuration, which may name another ssh.
    ///   - environment: this process's whole environment.
    /// - Returns: nil where the program is not OpenSSH, or does not tell.
    package static func name(
        behind url: RemoteURL, config: GitConfig, environment: [String: String]
    ) async -> String? {
        guard let address = try? SSHAddress(url.text) else { return nil }
        return await SSHProgram(config: config, environment: environment).hostName(for: address)
    }
}
