import HephyTestSupport
import Testing

/// A push over ssh to a Gitea or Forgejo: its run is asked for and followed over https, with a token of its own.
@Suite(.timeLimit(.minutes(1)))
struct GiteaSSHTests {
    static let remotes = [
        "hephy::git@git.corp.example:acme/api", "hephy::ssh://git@git.corp.example:2222/acme/api.git",
        "hephy::https://git.corp.example/acme/api",
    ]

    @Test(arguments: [GiteaScenario.Server.gitea, .forgejo], remotes)
    func theForgeOfTheHostIsAskedByHTTPS(_ server: GiteaScenario.Server, _ url: String) async throws {
        // The double starts no runs by itself for a push that it does not serve.
        let workflow = "\(GiteaScene.folder(server.product))/hephy.yml"
        let app = RunFiles.go.merging([workflow: .text(RunFiles.ours(on: ""))]) { $1 }
        try await GiteaScene.play(server, app, plans: [RunPlans.threeJobs], tls: true) { scene in
            let ssh = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: ["acme/api": scene.bare.path]))
            try await scene.work.git("remote", "set-url", "hephy", url).check()
            for (key, value) in [
                ("hephy.https://git.corp.example.forge", server.product.rawValue),
                ("url.git@git.corp.example:.pushInsteadOf", "https://git.corp.example/"),
            ] {
                try await scene.work.git("config", key, value).check()
            }
            let pushed = try await scene.push(environment: ssh.environment, proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("https://git.corp.example/acme/api/actions/runs/"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
            #expect(try ssh.connections() == 1)
            #expect(try scene.runs.map(\.event) == ["workflow_dispatch"])
            let journal = try scene.double.journal()
            #expect(journal.allSatisfy { $0.kind != "git" || $0.token == nil })
            #expect(Set(journal.filter { $0.token != nil }.map(\.host)) == ["git.corp.example"])
        }
    }
}
