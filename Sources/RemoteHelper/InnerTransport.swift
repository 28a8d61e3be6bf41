import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Git's own http helper, ready to be started for one URL.
struct InnerTransport: Equatable {
    /// Absolute path or name on PATH.
    var program: String
    var arguments: [String]
    var environment: [String: String]

    /// - Throws: `RemoteHelperError` when the user's policy forbids the transport or this version does not serve it.
    init(
        for url: RemoteURL, remote: String, config: GitConfig, environment: [String: String]
    ) throws(RemoteHelperError) {
        guard config.allows(transport: url.transport.rawValue, environment: environment) else {
            throw .transportNotAllowed(url.transport.rawValue)
        }
        guard url.transport == .https || url.transport == .http else { throw .transportNotServed(url) }
        let helper = "git-remote-\(url.transport.rawValue)"
        // Started directly where it stands: through `git` there would be one more process to start and to stop.
        if let path = Self.find(helper, environment: environment) {
            program = path
            arguments = [remote, url.text]
        } else {
            program = "git"
            arguments = ["remote-\(url.transport.rawValue)", remote, url.text]
        }
        self.environment = config.namingPlainURLs(in: environment)
        allow(url, config: config, given: environment)
    }

    /// Tells the helper where it may go: a redirect may lead from http to https, as with git itself; nothing else, least
    /// of all hephy again, but where git's own programs below need it.
    private mutating func allow(_ url: RemoteURL, config: GitConfig, given: [String: String]) {
        let transport = url.transport
        let nested = NestedTransports(config: config, environment: given)
        var notFromUser = given
        notFromUser["GIT_PROTOCOL_FROM_USER"] = "0"
        let followed = (transport == .http ? ["http", "https"] : [transport.rawValue])
            .filter { config.allows(transport: $0, environment: notFromUser) }
        if followed.first == transport.rawValue {
            environment = nested.allow(followed, for: url, in: environment)
        } else {
            // With `protocol.https.allow=user` no redirect and no alternate may be followed; GIT_ALLOW_PROTOCOL would
            // allow them. Git itself obeys the setting, but for http, which is open by default.
            let closed = (transport == .https ? ["http"] : []) + ["hephy"]
            let needed = nested.names(for: url)
            let settings = closed.filter { !needed.contains($0) }.map { "'protocol.\($0).allow=never'" }
            let parameters = [environment["GIT_CONFIG_PARAMETERS"]].compactMap(\.self) + settings
            environment["GIT_CONFIG_PARAMETERS"] = parameters.joined(separator: " ")
            environment = NestedTransports.marking(environment)
        }
    }

    private static func find(_ helper: String, environment: [String: String]) -> String? {
        // Git puts its folder of helpers first on PATH when it starts one.
        let folders =
            [environment["GIT_EXEC_PATH"]].compactMap(\.self)
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(helper)" }.first { access($0, X_OK) == 0 }
    }
}
