import HephyTestSupport
import Testing

/// `hephy init` and `hephy sync` where GitLab builds.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct InitGitLabTests {
    static let pipeline = ".gitlab-ci.yml"
    static let attached = ".gitlab/hephy.yml"
    static let origin = "https://gitlab.com/Acme/Tools/API.git"

    @Test func oneCommandMakesARepositoryReadyAndASecondChangesNothing() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(
                ran.output == """
                    kaniko for linux/amd64, linux/arm64   (Dockerfile; nothing in it needs BuildKit)
                    .hephy/build-config.yaml: written
                    .gitlab-ci.yml: written
                    remote hephy: added for https://gitlab.com/Acme/Tools/API.git

                    next:
                        git add .gitlab-ci.yml .hephy && git commit -m 'build with hephy' && git push hephy main

                    """)
            #expect(
                try fixture.read("work/\(InitTests.config)").contains("# image: registry.gitlab.com/acme/tools/api\n"))
            let before = try await InitTests.state(of: work)
            let again = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(again.output.hasSuffix("remote hephy: unchanged\n\nnext:\n    git push hephy main\n"), "\(again)")
            #expect(try await InitTests.state(of: work) == before)
            let checked = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(checked.output == "\(InitTests.config) is valid\n\(Self.pipeline) is up to date\n")
        }
    }

    @Test func thePlatformCanBeNamedAndADryRunDoesNothing() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: "https://git.corp.example/a/b.git")
            let before = try await InitTests.state(of: work)
            let ran = try await fixture.run("hephy", "init", "--platform", "gitlab", "--dry-run", in: work.path).check()
            #expect(ran.output.contains("\(Self.pipeline): would be written\n"), "\(ran)")
            #expect(try await InitTests.state(of: work) == before)
        }
    }

    @Test func aChangedConfigurationIsRenderedAgainAndOwnEditsStay() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            try await fixture.run("hephy", "init", in: work.path).check()
            let own = "\nnotify:\n  stage: deploy\n  needs: [index]\n  script: [\"echo $HEPHY_IMAGE_REF\"]\n"
            let edited =
                try fixture.read("work/\(Self.pipeline)")
                .split(separator: "stages: [plan,").joined(separator: "stages: [first, plan,") + own
            try fixture.write(edited, to: "work/\(Self.pipeline)")
            try await fixture.run("hephy", "check", in: work.path).check()
            try fixture.write("build_backend: buildkit\nplatforms: [linux/s390x]\n", to: "work/\(InitTests.config)")
            let changed = try await fixture.run("hephy", "check", in: work.path)
            #expect(changed.status == 3)
            #expect(changed.said.first == "'\(Self.pipeline)' was rendered from another '\(InitTests.config)'")
            let ran = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(ran.output == "\(Self.pipeline): written anew\n")
            let renewed = try fixture.read("work/\(Self.pipeline)")
            #expect(renewed.contains("stages: [first, plan,") && renewed.hasSuffix(own))
            #expect(renewed.contains("\nbuild (linux/s390x):\n") && !renewed.contains("build (linux/amd64)"))
            #expect(renewed.contains("${HEPHY_BACKEND:-buildkit}"))
            #expect(try await fixture.run("hephy", "sync", in: work.path).check().output.hasSuffix(": unchanged\n"))
            let forced = try await fixture.run("hephy", "init", "--force", in: work.path).check()
            #expect(forced.output.contains("\(Self.pipeline): written anew\n"))
            #expect(try !fixture.read("work/\(Self.pipeline)").contains("notify"))
        }
    }

    @Test func filesOfTwoForgesAreRenderedAgainTogether() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            try await fixture.run("hephy", "init", in: work.path).check()
            try await fixture.run("hephy", "init", "--platform", "github", in: work.path).check()
            try fixture.write("build_backend: ko\n", to: "work/\(InitTests.config)")
            #expect(try await fixture.run("hephy", "check", in: work.path).status == 3)
            let ran = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(ran.output == "\(InitTests.workflow): written anew\n\(Self.pipeline): written anew\n")
            try await fixture.run("hephy", "check", in: work.path).check()
        }
    }

    @Test func theRepositorysOwnPipelineGetsOneInclude() async throws {
        try await GitFixture.with { fixture in
            let own = "# mine\nstages: [.pre, test, image]\n\ntest:\n  stage: test\n  script:\n    - make  # all\n"
            let work = try await InitTests.project(
                fixture, InitTests.dockerfile.merging([Self.pipeline: .text(own)]) { $1 }, origin: Self.origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains("\(Self.attached): written\n\(Self.pipeline): edited: "), "\(ran)")
            #expect(ran.output.contains("git add .gitlab .gitlab-ci.yml .hephy && "), "\(ran)")
            #expect(
                try fixture.read("work/\(Self.pipeline)") == own + "\ninclude:\n  - local: .gitlab/hephy.yml\n")
            #expect(try fixture.read("work/\(Self.attached)").contains("\n  stage: \"test\"\n"))
            let before = try await InitTests.state(of: work)
            let again = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(again.output.contains("\(Self.attached): unchanged\n\(Self.pipeline): unchanged\n"), "\(again)")
            #expect(try await InitTests.state(of: work) == before)
            try await fixture.run("hephy", "check", in: work.path).check()
            try fixture.write("build_backend: buildkit\n", to: "work/\(InitTests.config)")
            let renewed = try await fixture.run("hephy", "sync", in: work.path).check()
            #expect(renewed.output == "\(Self.attached): written anew\n")
        }
    }

    @Test func checkNoticesThatThePipelineIncludesHephysFileNoLonger() async throws {
        try await GitFixture.with { fixture in
            let own = "test:\n  script: [make]\n"
            let work = try await InitTests.project(
                fixture, InitTests.dockerfile.merging([Self.pipeline: .text(own)]) { $1 }, origin: Self.origin)
            try await fixture.run("hephy", "init", in: work.path).check()
            for include in ["/.gitlab/hephy.yml", ".gitlab/*.yml"] {
                try fixture.write(own + "include:\n  - local: \(include)\n", to: "work/\(Self.pipeline)")
                try await fixture.run("hephy", "check", in: work.path).check()
            }
            for text in [own, own + "include:\n  - local: other.yml\n", nil] {
                if let text {
                    try fixture.write(text, to: "work/\(Self.pipeline)")
                } else {
                    try await fixture.run("rm", Self.pipeline, in: work.path).check()
                }
                let checked = try await fixture.run("hephy", "check", in: work.path)
                #expect(checked.status == 3, "\(checked)")
                #expect(
                    checked.errors.contains(
                        "hephy: '\(Self.pipeline)' does not include '\(Self.attached)', so none of its jobs run\n"
                            + "hephy: hint: hephy init\n"), "\(checked)")
            }
        }
    }

    @Test func whereNoLineCanBeAddedItIsPrintedAndTheFileStays() async throws {
        try await GitFixture.with { fixture in
            let own = "include: &mine\n  - local: a.yml\ntest: {script: [make]}\n...\n"
            let work = try await InitTests.project(
                fixture, InitTests.dockerfile.merging([Self.pipeline: .text(own)]) { $1 }, origin: Self.origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try fixture.read("work/\(Self.pipeline)") == own)
            #expect(ran.output.contains("\(Self.pipeline): left as it is: "), "\(ran)")
            #expect(ran.output.contains("note: include:\nnote:   - local: .gitlab/hephy.yml\n"), "\(ran)")
        }
    }

    @Test func aPipelineThatIncludesTheSharedFileIsLeftAsItIs() async throws {
        try await GitFixture.with { fixture in
            let own = """
                include:
                  - remote: https://gitlab.com/acme/hephy-builder/-/raw/main/share/gitlab/build.yml
                variables:
                  HEPHY_BACKEND: kaniko

                """
            let work = try await InitTests.project(
                fixture, InitTests.dockerfile.merging([Self.pipeline: .text(own)]) { $1 }, origin: Self.origin)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains("\(Self.pipeline): left as it is: it includes hephy's shared"), "\(ran)")
            #expect(try fixture.read("work/\(Self.pipeline)") == own)
            #expect(try await fixture.run("test", "-e", "work/\(Self.attached)").status == 1)
        }
    }

    @Test(arguments: [
        ("v1", "remote: \"https://gitlab.com/Acme/Tools/hephy-builder/-/raw/v1/share/gitlab/build.yml\""),
        ("o/hephy-builder@v1", "remote: \"https://gitlab.com/o/hephy-builder/-/raw/v1/share/gitlab/build.yml\""),
        ("https://x.example/b.yml", "remote: \"https://x.example/b.yml\""),
        ("gitlab.com/o/hephy-builder/build@1.2", "component: \"gitlab.com/o/hephy-builder/build@1.2\""),
        ("$CI_SERVER_FQDN/o/hephy-builder/build@1", "component: \"$CI_SERVER_FQDN/o/hephy-builder/build@1\""),
    ])
    func aSharedFileCanBeIncluded(_ typed: String, _ include: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            try await fixture.run("hephy", "init", "--component", typed, in: work.path).check()
            let text = try fixture.read("work/\(Self.pipeline)")
            #expect(text.contains("\ninclude:\n  - \(include)\n"))
            let digest = try await fixture.run(
                "sh", "-c", "openssl dgst -sha256 -binary \"$1/gitlab/build.yml\" | base64", "sh", GitFixture.share
            ).check().line
            #expect(text.contains("\n    integrity: sha256-\(digest)\n") == include.hasPrefix("remote"))
            try fixture.write("build_backend: ko\n", to: "work/\(InitTests.config)")
            try await fixture.run("hephy", "sync", in: work.path).check()
            let renewed = try fixture.read("work/\(Self.pipeline)")
            #expect(renewed.contains("\n  - \(include)\n") && renewed.contains("      default_backend: ko\n"))
            #expect(try await fixture.run("hephy", "init", in: work.path).check().output.contains("yml: unchanged\n"))
        }
    }

    @Test(arguments: ["a/b@c", "hephy-builder@", "@v1", "x y", "http://x.example/b.yml", "gitlab.com/a@1", "$X"])
    func whatIsNoComponentIsSaid(_ typed: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: Self.origin)
            let ran = try await fixture.run("hephy", "init", "--component", typed, in: work.path)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.said.first == "'\(typed)' names no component", "\(ran)")
        }
    }
}
