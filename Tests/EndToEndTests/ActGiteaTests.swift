import HephyTestSupport
import Testing

/// The workflow that is rendered for Gitea and Forgejo, executed by `act`, of which their runners are made: it fetches
/// the commit itself from the server that runs it, with the token of the run.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: ActScene.act.isWanted))
struct ActGiteaTests {
    private static let digest = "sha256:" + String(repeating: "1", count: 64)
    private static let crane = """
        case $1 in
        manifest) printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}' ;;
        digest) echo \(digest) ;;
        esac
        """

    @Test(arguments: [GiteaScenario.Server.gitea, .forgejo])
    func theCommitIsFetchedFromTheServerAndBuiltIntoItsRegistry(server: GiteaScenario.Server) async throws {
        try await GitFixture.with { fixture in
            let bare = try await fixture.bareRepository("api.git")
            var scenario = GiteaScenario(server, repositories: ["acme/api": .init(bare, private: true)])
            scenario.git = .init(auth: .always)
            try await GiteaDouble.with(scenario, in: fixture) { double in
                let origin = double.origin
                let work = try await InitTests.project(fixture, RunFiles.go, origin: "\(origin)/acme/api")
                let name = server.product.rawValue
                try await fixture.run("hephy", "init", "--platform", name, in: work.path).check()
                try await work.git("add", ".").check()
                try await work.git("commit", "--quiet", "-m", "build with hephy").check()
                try await work.git("push", "--quiet", bare.path, "main").check()
                let ran = try await Self.act(ActScene(work: work), ".\(name)/workflows/hephy.yml", origin)
                #expect(ran.status == 0, "\(ran)")
                let sha = try await work.commitID()
                #expect(ran.output.contains("hephy: checked out \(sha)"), "\(ran)")
                let image = "\(origin.dropFirst("http://".count))/acme/api"
                #expect(ran.output.contains("hephy: image=\(image):sha-\(sha.prefix(7))@sha256:"), "\(ran)")
                #expect(!ran.output.contains("gta_owner"), "the token is in no output")
                let commands = try ActScene(work: work).commands()
                #expect(commands.filter { $0.hasPrefix("ko build ") }.count == 2, "\(commands)")
                #expect(commands.contains { $0.hasPrefix("crane push ") || $0.hasPrefix("crane tag ") }, "\(commands)")
                // Each job has fetched with the run's own token; nobody else may.
                let fetches = try double.journal().filter { $0.kind == "git" && $0.status == 200 }
                #expect(fetches.count >= 4 && fetches.allSatisfy { $0.token == "owner" }, "\(fetches)")
            }
        }
    }

    /// Runs the workflow as a runner of the server at `origin` would.
    private static func act(_ scene: ActScene, _ workflow: String, _ origin: String) async throws -> GitFixture.Ran {
        let fixture = scene.fixture
        try scene.standIn("ko", "echo \"$KO_DOCKER_REPO@\(digest)\"")
        try scene.standIn("crane", crane)
        let act = try #require(ActScene.act.program)
        let clone = fixture.uniqueName("clone")
        try await fixture.run("git", "clone", "--quiet", scene.work.path, clone).check()
        try await fixture.run("git", "remote", "set-url", "origin", "https://github.com/acme/api", in: clone).check()
        let path = [fixture.path("stand-ins"), fixture.environment["PATH"]].compactMap(\.self)
        return try await fixture.run(
            [
                act, "push", "--workflows", workflow, "--platform", "ubuntu-latest=-self-hosted",
                "--platform", "docker=-self-hosted", "--action-offline-mode", "--container-daemon-socket", "-",
                "--defaultbranch", "main", "--no-cache-server", "--secret", "GITHUB_TOKEN=gta_owner",
                "--env", "GITEA_ACTIONS=true", "--env", "FORGEJO_ACTIONS=true", "--env", "GITHUB_SERVER_URL=\(origin)",
                "--env", "HEPHY_TEST_LOG=\(fixture.path("commands"))",
            ], in: clone, environment: ["PATH": path.joined(separator: ":")], timeout: .seconds(280))
    }
}
