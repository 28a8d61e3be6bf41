import HephyTestSupport
import Testing

/// A push over ssh is followed over https: the forge's API on the same host is asked, with a token of its own.
@Suite(.timeLimit(.minutes(1)))
struct SSHRunTests {
    struct Remote: Sendable, CustomTestStringConvertible {
        var url: String
        /// Settings of git's for the push.
        var settings: [String] = []
        /// Where its runs are shown.
        var site = "github.com"
        /// Where the API is.
        var api = "api.github.com"
        var testDescription: String { ([url] + settings).joined(separator: " ") }
    }

    static let remotes = [
        Remote(url: "hephy::git@github.com:acme/api"),
        Remote(url: "hephy::ssh://git@github.com/acme/api.git"),
        Remote(url: "hephy::ssh://git@ssh.github.com:443/acme/api.git"),
        Remote(url: "hephy::[git@ssh.github.com:443]:acme/api.git"),
        // An alias of the user's ssh configuration.
        Remote(url: "hephy::work:acme/api.git"),
        Remote(url: "hephy::ssh://git@corp/acme/api", site: "git.corp.example", api: "git.corp.example"),
        Remote(url: "hephy::git@git.corp.example:acme/api", site: "git.corp.example", api: "git.corp.example"),
        Remote(
            url: "hephy::ssh://git@git.corp.example:2222/acme/api", site: "git.corp.example", api: "git.corp.example"),
        Remote(url: "hephy::acme@acme.ghe.com:acme/api.git", site: "acme.ghe.com", api: "api.acme.ghe.com"),
        Remote(url: "hephy::github.com/acme/api", settings: ["url.git@github.com:.pushInsteadOf=https://github.com/"]),
        Remote(
            url: "hephy::https://git.corp.example/acme/api",
            settings: ["url.ssh://git@git.corp.example/.pushInsteadOf=https://git.corp.example/"],
            site: "git.corp.example", api: "git.corp.example"),
        Remote(
            url: "hephy::https://code.example/acme/api",
            settings: ["url.git@github.com:.insteadOf=https://code.example/"]),
    ]

    /// The double starts no runs by itself for a push that it does not serve.
    private static let dispatched = RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 }

    @Test(arguments: remotes) func theForgeOfTheHostIsAskedByHTTPS(_ remote: Remote) async throws {
        try await RunScene.play(Self.dispatched, plans: [.over("success")], tls: true) { scene in
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: ["acme/api": scene.bare.path]))
            try await scene.work.git("remote", "set-url", "hephy", remote.url).check()
            for setting in remote.settings {
                let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
                try await scene.work.git("config", pair[0], pair[1]).check()
            }
            // One variable of the two is for this host; the credential helper's token would do for any.
            let isPublic = remote.site == "github.com"
            var environment = server.environment
            environment["GH_TOKEN"] = isPublic ? "gho_owner" : "gho_of_github"
            environment["GH_ENTERPRISE_TOKEN"] = "ghp_of_another_host"
            let pushed = try await scene.push(
                token: isPublic ? "gho_of_git" : "gho_owner", environment: environment, proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("   https://\(remote.site)/acme/api/actions/runs/"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
            #expect(try server.connections() == 1)
            #expect(try server.commands().count == 1)
            #expect(try scene.dispatches.count == 1)

            let journal = try scene.double.journal()
            // git itself goes over ssh; which product a host is tells its challenge to an anonymous push.
            let git = journal.filter { $0.kind == "git" }
            #expect(git.map(\.token) == (isPublic || remote.site.hasSuffix(".ghe.com") ? [] : [nil]))
            let asked = journal.filter { $0.kind == "api" }
            #expect(Set(asked.map(\.host)) == [remote.api])
            // Whether a host is an enterprise server is asked without.
            #expect(Set(asked.filter { $0.path?.hasSuffix("/meta") != true }.map(\.token)) == ["owner"])
            // The store of the logs is the one other place, and gets none.
            #expect(Set(journal.filter { $0.token != nil }.map(\.host)) == [remote.api])
        }
    }

    @Test func anAliasThatLeadsToAnAddressKeepsItsName() async throws {
        try await RunScene.play(Self.dispatched, plans: [.over("success")], tls: true) { scene in
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: ["acme/api": scene.bare.path]))
            try scene.fixture.write(
                "Host git.corp.example\n  HostName 127.0.0.1\n" + scene.fixture.read("home/ssh_config"),
                to: "home/ssh_config")
            try await scene.work.git("remote", "set-url", "hephy", "hephy::git@git.corp.example:acme/api").check()
            let pushed = try await scene.push(environment: server.environment, proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try await scene.hasLanded())
            #expect(Set(try scene.apiRequests.map(\.host)) == ["git.corp.example"], "\(pushed.text)")
        }
    }
}
