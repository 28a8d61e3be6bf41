import HephyTestSupport
import Testing

/// `hephy init` for a repository of a GitHub Enterprise Server.
@Suite(.timeLimit(.minutes(1)))
struct InitEnterpriseTests {
    private static let origin = "https://git.corp.example/Acme/API.git"

    private func notes(
        _ arguments: [String] = [], files: [String: TreeEntry] = InitTests.dockerfile, config: String? = nil,
        origin: String = Self.origin
    ) async throws -> [String] {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, files, origin: origin)
            if let config { try fixture.write(config, to: "work/\(InitTests.config)") }
            let ran = try await fixture.run(
                ["hephy", "init", "--platform", "github"] + arguments, in: work.path
            ).check()
            return ran.output.split(separator: "\n").filter { $0.hasPrefix("note: ") }.map { String($0.dropFirst(6)) }
        }
    }

    @Test func whatHasToBeMirroredIsNamed() async throws {
        #expect(
            try await notes() == [
                "git.corp.example is a server of its own: what the workflow takes from elsewhere has to be there too",
                "  action actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1, by GitHub Connect or 'actions-sync push'",
                "  image ghcr.io/osscontainertools/kaniko:v1.28.3; or elsewhere: gh variable set HEPHY_KANIKO_IMAGE",
                "  image gcr.io/go-containerregistry/crane:v0.20.7, where the runner has neither crane nor docker buildx"
                    + "; or elsewhere: gh variable set HEPHY_CRANE_IMAGE",
                "jobs ask for 'ubuntu-latest'; 'runners: default: LABEL' names the runners of git.corp.example",
            ])
    }

    @Test func theRepositoryOfTheThinFormIsNamedAndNamedRunnersAreNot() async throws {
        let notes = try await notes(
            ["--component", "v1"], files: RunFiles.go, config: "build_backend: ko\nrunners: {default: own}\n")
        #expect(notes.contains("  repository Acme/hephy-builder@v1, a copy of this project"), "\(notes)")
        #expect(!notes.contains { $0.contains("ubuntu-latest") }, "\(notes)")
    }

    @Test(arguments: ["https://github.com/acme/api.git", "https://acme.ghe.com/acme/api.git"])
    func whatGitHubItselfHasIsNot(_ origin: String) async throws {
        #expect(try await notes(origin: origin) == [])
    }

    @Test func theServersOwnRegistryAndTokenAreUsed() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            try await fixture.run("hephy", "init", "--platform", "github", in: work.path).check()
            let workflow = try fixture.read("work/\(InitTests.workflow)")
            #expect(workflow.contains("HEPHY_IMAGE: \"containers.git.corp.example/acme/api\"\n"))
            #expect(workflow.contains("github.server_url == 'https://git.corp.example' && github.token"))
        }
    }
}
