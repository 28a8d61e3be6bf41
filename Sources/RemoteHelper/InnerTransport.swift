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
        self.environment = environment
        // A redirect may go from http to https, as with git itself; nothing else, least of all hephy again.
        let allowed = url.transport == .http && config.allows(transport: "https", environment: environment)
            ? "http:https" : url.transport.rawValue
        self.environment["GIT_ALLOW_PROTOCOL"] = allowed
    }

    private static func find(_ helper: String, environment: [String: String]) -> String? {
        // Git puts its folder of helpers first on PATH when it starts one.
        let folders = [environment["GIT_EXEC_PATH"]].compactMap(\.self) + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(helper)" }.first { access($0, X_OK) == 0 }
    }
}
