import HephyTestSupport
import Testing

/// `hephy init` in every kind of repository, and with every kind of remote.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct InitPlaceTests {
    private static let config = InitTests.config
    private static let workflow = InitTests.workflow

    @Test(arguments: [
        ("git@github.com:acme/api.git", "hephy::git@github.com:acme/api.git"),
        ("ssh://git@github.com/acme/api", "hephy::ssh://git@github.com/acme/api"),
        ("https://acme.ghe.com/acme/api", "https://acme.ghe.com/acme/api"),
    ])
    func theRemoteGoesWhereOriginGoes(_ origin: String, _ url: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: origin)
            try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try await work.git("config", "remote.hephy.url").check().line == url)
            #expect(try await work.git("config", "remote.hephy.vcs").status == (url.hasPrefix("hephy::") ? 1 : 0))
        }
    }

    @Test func aRewrittenAddressIsStillThatOfItsForge() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            try await work.git("config", "url./srv/mirror/.insteadOf", "https://github.com/").check()
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains("remote hephy: added for https://github.com/Acme/API.git\n"), "\(ran)")
            #expect(try await work.git("config", "remote.hephy.url").check().line == "https://github.com/Acme/API.git")
        }
    }

    @Test(arguments: [nil, "https://user:pass@github.com/acme/api"])
    func whereNoRemoteTellsTheCommandIsNamed(_ origin: String?) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(
                ran.output.hasSuffix("next:\n    git remote add hephy hephy::github.com/OWNER/REPOSITORY\n"), "\(ran)")
            #expect(!ran.output.contains("pass@"))
            #expect(try await work.git("config", "remote.hephy.url").status == 1)
            #expect(try fixture.read("work/\(Self.workflow)").contains("# hephy:workflow 1"))
        }
    }

    @Test func theConfigurationsUpstreamStandsInForOrigin() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: nil)
            try fixture.write("upstream_repo: github.com/acme/api\n", to: "work/\(Self.config)")
            try await fixture.run("hephy", "init", in: work.path).check()
            let url = try await work.git("config", "remote.hephy.url").check().line
            #expect(url == "hephy::github.com/acme/api")
        }
    }

    @Test func anOriginThatGoesThroughHephyNeedsNoOther() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: "hephy::github.com/acme/api")
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains("remote origin: unchanged\n"), "\(ran)")
            #expect(ran.output.hasSuffix("&& git push origin main\n"))
            #expect(try await work.git("remote").check().output == "origin\n")
        }
    }

    @Test func aRepositoryWithoutCommitsIsJudgedByItsFiles() async throws {
        try await GitFixture.with { fixture in
            try await fixture.run("git", "init", "--quiet", "--initial-branch", "trunk", "new").check()
            try fixture.write("module x\n", to: "new/go.mod")
            try fixture.write("package main\n\nfunc main() {}\n", to: "new/main.go")
            try fixture.write("FROM scratch\n", to: "new/Dockerfile")
            try fixture.write("Dockerfile\n", to: "new/.gitignore")
            let ran = try await fixture.run("hephy", "init", in: "new").check()
            #expect(ran.output.hasPrefix("ko for linux/amd64, linux/arm64   (go.mod; one main package: ."), "\(ran)")
            #expect(try fixture.read("new/\(Self.workflow)").contains("branches: [\"trunk\"]"))
        }
    }

    @Test func nothingToBuildIsSaidAndNothingIsWritten() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, ["README": "x\n"])
            let ran = try await fixture.run("hephy", "init", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said.first?.hasPrefix("no build backend recognised in ") == true, "\(ran)")
            #expect(try await work.git("status", "--porcelain").check().output == "")
            try await fixture.run("hephy", "init", "--backend", "buildkit", in: work.path).check()
        }
    }

    @Test func subdirectoriesAndLinkedWorkTreesAreTheirRepository() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, InitTests.dockerfile.merging(["sub/x": "x\n"]) { $1 })
            try await fixture.run("hephy", "init", in: work.path + "/sub").check()
            #expect(try fixture.read("work/\(Self.config)").contains("build_backend: kaniko"))
            try await work.git("worktree", "add", "--quiet", "-b", "other", fixture.path("linked")).check()
            try await fixture.run("hephy", "init", in: "linked").check()
            #expect(try fixture.read("linked/\(Self.workflow)").contains("# hephy:workflow 1"))
        }
    }

    @Test func aBareRepositoryHasNoPlaceForFiles() async throws {
        try await GitFixture.with { fixture in
            let bare = try await fixture.bareRepository("bare.git", [TestCommit(InitTests.dockerfile)])
            for command in ["init", "sync"] {
                let ran = try await fixture.run("hephy", command, in: bare.path)
                #expect(ran.status == 2)
                #expect(ran.said.first == "this repository has no work tree to write files into", "\(ran)")
            }
            let ceiling = ["GIT_CEILING_DIRECTORIES": fixture.scratch]
            let nowhere = try await fixture.run("hephy", "init", in: "home", environment: ceiling)
            #expect(nowhere.status == 128, "\(nowhere)")
        }
    }

    @Test(arguments: [
        ".hephy", ".github", ".github/workflows", ".github/workflows/hephy.yml", ".hephy/build-config.yaml",
    ])
    func aLinkIsNeverFollowedOutOfTheWorkTree(_ link: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            let script = "mkdir -p outside $(dirname work/\(link)); ln -s \(fixture.path("outside")) work/\(link)"
            try await fixture.run("sh", "-c", script).check()
            let ran = try await fixture.run("hephy", "init", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said.first == "'\(link)' is a symbolic link", "\(ran)")
            #expect(try await fixture.run("ls", "-A", "outside").check().output == "")
        }
    }

    @Test func aConfigurationWithMistakesIsShownAndNothingIsWritten() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            try fixture.write("build_backend: kanko\n", to: "work/\(Self.config)")
            let ran = try await fixture.run("hephy", "init", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.errors.contains("\(Self.config):1:16: error: "), "\(ran)")
            #expect(try await fixture.run("test", "-e", "work/.github").status == 1)
            try fixture.write([UInt8](repeating: 0xff, count: 100_000), to: "work/\(Self.config)")
            #expect(try await fixture.run("hephy", "init", in: work.path).status == 3)
        }
    }

    @Test func aFolderThatMayNotBeWrittenIsNamed() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            // root writes everywhere, so what stands in the way is a file.
            try fixture.write("x", to: "work/.github")
            let ran = try await fixture.run("hephy", "init", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said.first == "'.github' is a file and no directory", "\(ran)")
        }
    }

    @Test func theFilesThatHephyIsInstalledWithAreMissed() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            let elsewhere = ["HEPHY_SHARE": fixture.path("home")]
            let ran = try await fixture.run("hephy", "init", in: work.path, environment: elsewhere)
            #expect(ran.status == 2, "\(ran)")
            let sentence = "'release' is missing among the files that hephy is installed with"
            #expect(ran.said.first == sentence, "\(ran)")
            #expect(try await work.git("status", "--porcelain").check().output == "")
        }
    }
}
