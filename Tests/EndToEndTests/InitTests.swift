import HephyTestSupport
import Testing

/// `hephy init`: what it writes, and what it leaves alone.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct InitTests {
    static let dockerfile: [String: TreeEntry] = ["Dockerfile": "FROM scratch\nCOPY a /a\n", "a": "a\n"]
    static let config = ".hephy/build-config.yaml"
    static let workflow = ".github/workflows/hephy.yml"

    /// A work tree with one commit, whose `origin` is at this URL.
    static func project(
        _ fixture: GitFixture, _ files: [String: TreeEntry] = dockerfile,
        origin: String? = "https://github.com/Acme/API.git"
    ) async throws -> TestRepository {
        let work = try await fixture.repository("work", [TestCommit(files)])
        if let origin { try await work.git("remote", "add", "origin", origin).check() }
        return work
    }

    @Test func oneCommandMakesARepositoryReady() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(
                ran.output == """
                    kaniko for linux/amd64, linux/arm64   (Dockerfile; nothing in it needs BuildKit)
                    .hephy/build-config.yaml: written
                    .github/workflows/hephy.yml: written
                    remote hephy: added for https://github.com/Acme/API.git

                    next:
                        git add .github .hephy && git commit -m 'build with hephy' && git push hephy main

                    """)
            #expect(ran.errors == "")
            let config = try fixture.read("work/\(Self.config)")
            #expect(config.contains("# kaniko: Dockerfile; nothing in it needs BuildKit\nbuild_backend: kaniko\n"))
            #expect(config.contains("# image: ghcr.io/acme/api\n"))
            #expect(try fixture.read("work/\(Self.workflow)").contains("branches: [\"main\"]"))
            #expect(try await work.git("config", "remote.hephy.url").check().line == "https://github.com/Acme/API.git")
            #expect(try await work.git("config", "remote.hephy.vcs").check().line == "hephy")
            let next = try #require(ran.output.split(separator: "\n").last)
            let commit = next.split(separator: " && ").dropLast().joined(separator: " && ")
            try await fixture.run("sh", "-c", commit, in: work.path).check()
            #expect(try await work.git("status", "--porcelain").check().output == "")
            #expect(try await fixture.run("hephy", "check", in: work.path).status == 0)
        }
    }

    @Test func aSecondTimeNothingChanges() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            try await fixture.run("hephy", "init", in: work.path).check()
            let before = try await Self.state(of: work)
            let again = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try await Self.state(of: work) == before)
            #expect(again.output.hasSuffix("remote hephy: unchanged\n\nnext:\n    git push hephy main\n"), "\(again)")
            #expect(!again.output.contains("written"))
        }
    }

    @Test func aDryRunDoesNothing() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            let before = try await Self.state(of: work)
            let ran = try await fixture.run("hephy", "init", "--dry-run", in: work.path).check()
            #expect(try await Self.state(of: work) == before)
            #expect(ran.output.contains("\(Self.workflow): would be written\n"), "\(ran)")
            #expect(ran.output.contains("remote hephy: would be added for "))
        }
    }

    @Test func ownFilesAreKeptUnlessForced() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            try fixture.write("build_backend: buildkit\n", to: "work/\(Self.config)")
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try fixture.read("work/\(Self.config)") == "build_backend: buildkit\n")
            #expect(ran.output.hasPrefix("buildkit for linux/amd64, linux/arm64   (buildkit was chosen by "), "\(ran)")
            let rendered = try fixture.read("work/\(Self.workflow)")
            #expect(rendered.contains("HEPHY_BACKEND: ${{ inputs.backend || 'buildkit' }}"))
            try fixture.write(rendered + "  mine: {}\n", to: "work/\(Self.workflow)")
            try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try fixture.read("work/\(Self.workflow)").hasSuffix("  mine: {}\n"))
            let forced = try await fixture.run("hephy", "init", "--force", in: work.path).check()
            #expect(forced.output.contains("\(Self.config): written anew\n\(Self.workflow): written anew\n"))
            #expect(try fixture.read("work/\(Self.config)").contains("build_backend: kaniko\n"))
            #expect(try !fixture.read("work/\(Self.workflow)").contains("mine"))
        }
    }

    @Test func aWorkflowOfSomebodyElseIsInTheWay() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            try fixture.write(RunFiles.other("mine"), to: "work/\(Self.workflow)")
            let ran = try await fixture.run("hephy", "init", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.said.first == "'\(Self.workflow)' is there already, and it is none of hephy's workflows")
            #expect(try fixture.read("work/\(Self.workflow)") == RunFiles.other("mine"))
            #expect(try await fixture.run("test", "-e", "work/.hephy").status == 1)
            #expect(try await work.git("config", "remote.hephy.url").status == 1)
        }
    }

    @Test func theVisionsOwnCallerIsLeftAsItIs() async throws {
        try await GitFixture.with { fixture in
            let caller = """
                name: build
                on: push
                jobs:
                  build:
                    uses: acme/hephy-builder/.github/workflows/build.yml@main
                    with:
                      backend: ko

                """
            let work = try await Self.project(
                fixture, Self.dockerfile.merging([".github/workflows/ci.yml": .text(caller)]) { $1 })
            let ran = try await fixture.run("hephy", "init", in: work.path).check()
            #expect(ran.output.contains(".github/workflows/ci.yml: left as it is: "), "\(ran)")
            #expect(try fixture.read("work/.github/workflows/ci.yml") == caller)
            #expect(try await fixture.run("test", "-e", "work/\(Self.workflow)").status == 1)
        }
    }

    @Test(arguments: [
        ["--backend", "cargo"], ["--platform", "jenkins"], ["--trigger", "never"], ["--component"], ["extra"],
    ])
    func wrongArgumentsAreTwo(_ arguments: [String]) async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            let ran = try await fixture.run(["hephy", "init"] + arguments, in: work.path)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.errors.contains("Usage: hephy init"), "\(ran)")
        }
    }

    @Test func theBackendCanBeChosen() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            try await fixture.run("hephy", "init", "--backend", "buildkit", in: work.path).check()
            #expect(try fixture.read("work/\(Self.config)").contains("build_backend: buildkit\n"))
            let other = try await fixture.run("hephy", "init", "--backend", "ko", in: work.path)
            #expect(other.status == 2)
            #expect(other.said.first == "--backend ko: .hephy/build-config.yaml says 'build_backend: buildkit'")
        }
    }

    @Test func aDispatchAloneStartsItWhereThatIsAskedFor() async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            try await fixture.run("hephy", "init", "--trigger", "dispatch", in: work.path).check()
            let text = try fixture.read("work/\(Self.workflow)")
            #expect(!text.contains("  push:\n") && text.contains("on:\n  # hephy:begin\n  workflow_dispatch:\n"))
        }
    }

    @Test(arguments: [
        ("main", "acme/hephy-builder/.github/workflows/build.yml@main"),
        ("tools/hephy-builder@v1", "tools/hephy-builder/.github/workflows/build.yml@v1"),
        ("t/hephy-builder/.github/workflows/build.yml@v1", "t/hephy-builder/.github/workflows/build.yml@v1"),
    ])
    func aSharedComponentCanBeCalled(_ typed: String, _ uses: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture, origin: "https://github.com/acme/api")
            try await fixture.run("hephy", "init", "--component", typed, in: work.path).check()
            #expect(try fixture.read("work/\(Self.workflow)").contains("\n    uses: \(uses)\n"))
            try fixture.write("build_backend: ko\n", to: "work/\(Self.config)")
            try await fixture.run("hephy", "sync", in: work.path).check()
            let renewed = try fixture.read("work/\(Self.workflow)")
            #expect(renewed.contains("\n    uses: \(uses)\n") && renewed.contains("inputs.backend || 'ko'"))
        }
    }

    @Test(arguments: ["a/b@c", "a/hephy-builder@", "@", "x y", "a/hephy-builder/x@1", "a/hephy-builder@${{ x }}"])
    func whatIsNoComponentIsSaid(_ typed: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await Self.project(fixture)
            let ran = try await fixture.run("hephy", "init", "--component", typed, in: work.path)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.said.first == "'\(typed)' names no component", "\(ran)")
        }
    }

    /// All files, git's own configuration among them, with their contents.
    static func state(of work: TestRepository) async throws -> String {
        let script = "find . -path ./.git -prune -o -type f -print | sort | xargs cksum; cksum .git/config; ls -a"
        return try await work.fixture.run("sh", "-c", script, in: work.path).check().output
    }
}
