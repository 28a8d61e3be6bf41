import Git
import HTTP
import RemoteHelper

/// Where the forge of a repository is on the web, which for an ssh URL is another place than where git goes.
enum WebOrigin {
    /// The origin of the forge that has the repository at `url`.
    ///
    /// For ssh it is https on the same host, with the usual port. An alias of the user's ssh configuration is resolved, and
    /// hosts that are there for ssh alone are replaced by their forge's.
    static func origin(of url: RemoteURL, git: GitProgram) async -> HTTPOrigin {
        guard url.transport == .ssh else {
            return HTTPOrigin(scheme: url.transport == .http ? .http : .https, host: url.host, port: url.port)
        }
        if isWellKnown(url.host) { return HTTPOrigin(scheme: .https, host: webHost(of: url.host)) }
        var host = url.host
        if let config = try? await GitConfig.load(git),
            let resolved = await SSHHost.name(behind: url, config: config, environment: git.environment)?.lowercased(),
            isForge(resolved, named: host)
        {
            host = resolved
        }
        return HTTPOrigin(scheme: .https, host: webHost(of: host))
    }

    private static func isWellKnown(_ host: String) -> Bool {
        ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]
            .contains { host == $0 || host.hasSuffix("." + $0) }
    }

    /// Whether the resolved name says more than the one that the user gave: an address, or this machine, stands for a
    /// tunnel, and a forge is known by its name.
    private static func isForge(_ resolved: String, named name: String) -> Bool {
        guard name.contains(".") else { return !resolved.isEmpty }
        let isAddress = resolved.contains(":") || resolved.allSatisfy { $0.isNumber || $0 == "." }
        return !isAddress && resolved.contains(".")
    }

    /// `ssh.github.com` and its like answer ssh on port 443.
    private static func webHost(of host: String) -> String {
        switch host {
        case "ssh.github.com": "github.com"
        case "altssh.gitlab.com": "gitlab.com"
        case "altssh.bitbucket.org": "bitbucket.org"
        default: host
        }
    }
}
