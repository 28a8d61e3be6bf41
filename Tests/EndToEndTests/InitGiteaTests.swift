import HephyTestSupport
import Testing

/// `hephy init` for Gitea and Forgejo: the workflow that their runners run, with nothing that only GitHub has.
@Suite(.timeLimit(.minutes(2)))
struct InitGiteaTests {
    struct Platform: Sendable, CustomTestStringConvertible {
        var name: String
        var origin: String
        var runner: String

        var workflow: String { ".\(name)/workflows/hephy.yml" }
        var testDescription: String { name }

        static let all = [
            Platform(name: "gitea", origin: "https://gitea.com/Acme/API.git", runner: "ubuntu-latest"),
            Platform(name: "forgejo", origin: "https://codeberg.org/Acme/API.git", runner: "docker"),
        ]
    }

    @Test(arguments: Platform.all)
    func theHostTellsThePlatformAndTheFolder(platform: Platform) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: platform.origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains("\n\(platform.workflow): written\n"), "\(ran)")
            #expect(ran.output.contains("git add .\(platform.name) .hephy && ") || platform.name == "gitea", "\(ran)")
            let text = try fixture.read("work/\(platform.workflow)")
            let host = platform.origin.split(separator: "/")[1]
            #expect(text.contains("HEPHY_IMAGE: \"\(host)/acme/api\"\n"), "\(text)")
            #expect(text.contains("runs-on: \(platform.runner)\n"))
            #expect(
                text.contains(
                    "secrets.HEPHY_REGISTRY_PASSWORD || github.server_url == 'https://\(host)' && github.token"))
            #expect(try fixture.read("work/\(InitTests.config)").contains("# image: \(host)/acme/api\n"))
            let checked = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(checked.output.contains("\(platform.workflow) is up to date\n"), "\(checked)")
        }
    }

    @Test(arguments: Platform.all)
    func nothingIsThereThatOnlyGitHubHas(platform: Platform) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: nil)
            try await fixture.run("hephy", "init", "--platform", platform.name, in: work.path).check()
            let text = try fixture.read("work/\(platform.workflow)")
            let keys = text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
            for key in ["uses:", "permissions:", "id-token:"] {
                #expect(!keys.contains { $0.hasPrefix(key) }, "\(key)")
            }
            for word in ["actions/checkout", "ubuntu-24.04-arm", "api.github.com", "docs.github.com"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(text.contains("\n# hephy:workflow 1\n"))
            #expect(text.contains("HEPHY_IMAGE: \"\"\n"))
            #expect(text.contains("(secrets.HEPHY_REGISTRY_PASSWORD || github.token)"))
        }
    }

    @Test func aServerWithAPortIsItsOwnRegistry() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: "http://127.0.0.1:3000/acme/api")
            try await fixture.run("hephy", "init", "--platform", "gitea", in: work.path).check()
            let text = try fixture.read("work/.gitea/workflows/hephy.yml")
            #expect(text.contains("HEPHY_IMAGE: \"127.0.0.1:3000/acme/api\"\n"))
            #expect(text.contains("github.server_url == 'http://127.0.0.1:3000' && github.token"))
        }
    }

    @Test func workflowsThatNoLongerCountAreNamed() async throws {
        try await GitFixture.with { fixture in
            let files = InitTests.dockerfile.merging([
                ".github/workflows/ci.yml": .text(RunFiles.other("CI"))
            ]) { $1 }
            let work = try await InitTests.project(fixture, files, origin: "https://codeberg.org/acme/api")
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(
                ran.output.contains(
                    "note: Forgejo reads one folder of workflows: those of '.github/workflows' run there no longer\n"),
                "\(ran)")
            let again = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(!again.output.contains("no longer"), "\(again)")
        }
    }

    @Test func theFilesOfEachPlatformAreRenderedAgainTogether() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            for platform in ["github", "gitea", "forgejo"] {
                try await fixture.run("hephy", "init", "--platform", platform, in: work.path).check()
            }
            try fixture.write("build_backend: buildkit\n", to: "work/\(InitTests.config)")
            let stale = try await fixture.run("hephy", "check", in: work.path)
            #expect(stale.status == 3, "\(stale)")
            let synced = try await fixture.run("hephy", "sync", in: work.path).check()
            for folder in ["github", "gitea", "forgejo"] {
                #expect(synced.output.contains(".\(folder)/workflows/hephy.yml: written anew\n"), "\(synced)")
                let text = try fixture.read("work/.\(folder)/workflows/hephy.yml")
                #expect(text.contains("|| 'buildkit' }}"))
                #expect(text.contains("uses: actions/checkout") == (folder == "github"))
            }
            try await fixture.run("hephy", "check", in: work.path).check()
        }
    }

    @Test func aComponentIsGitHubsOwn() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: "https://gitea.com/acme/api")
            let ran = try await fixture.run("hephy", "init", "--component", "v1", in: work.path)
            #expect(ran.status != 0)
            #expect(try await fixture.run("test", "-e", "work/.gitea").status == 1)
        }
    }

    @Test(.enabled(if: CIFileJudges.areWanted), arguments: Platform.all)
    func theJudgesOfSuchFilesFindNothing(platform: Platform) async throws {
        try await GitFixture.with { fixture in
            for backend in ["kaniko", "buildkit", "ko", "spin"] {
                let sources = RunFiles.go.merging(InitTests.dockerfile) { $1 }
                    .merging(["spin.toml": "spin_manifest_version = 2\n"]) { $1 }
                let work = try await fixture.repository("work-\(backend)", [TestCommit(sources)])
                try await work.git("remote", "add", "origin", platform.origin).check()
                try await fixture.run("hephy", "init", "--backend", backend, in: work.path).check()
                let path = "work-\(backend)/\(platform.workflow)"
                // There is no `permissions` on these servers.
                let findings = try await CIFileLintTests.findings(path, fixture, besides: ["excessive-permissions"])
                #expect(findings == [])
            }
        }
    }
}
