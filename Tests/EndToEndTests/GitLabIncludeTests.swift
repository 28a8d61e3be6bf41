import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Pipelines that include a file of hephy's, executed: the shared one, typed in by hand and by `--component`, and the one
/// beside a `.gitlab-ci.yml` of the repository's own.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: GitLabScene.engine.isWanted))
struct GitLabIncludeTests {
    private static let digest = "sha256:" + String(repeating: "1", count: 64)
    private static let sources: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n",
        "Dockerfile": "FROM scratch\nCOPY go.mod /\n",
    ]
    private static let caller = """
        include:
          - remote: https://gitlab.com/acme/hephy-builder/-/raw/main/share/gitlab/build.yml
        variables:
          HEPHY_BACKEND: ko

        """
    private static let config = """
        build_backend: kaniko
        platforms:
          - linux/amd64
          - linux/arm64
        additional_tags: [latest, ${GITHUB_REF_NAME}, "${GITHUB_REF_NAME}-edge"]

        """

    /// The engine fetches nothing and knows no `integrity`: what is included by `remote` lies in the repository instead,
    /// the same bytes but for `expand: false`, which it does not know, and whose value it takes as it stands.
    private func fetch(_ scene: GitLabScene, _ remote: String) throws {
        let main = try scene.fixture.read("work/\(InitGitLabTests.pipeline)")
        var lines = main.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let place = try #require(lines.firstIndex { $0.hasPrefix("  - remote: ") && $0.contains(remote) })
        lines[place] = "  - local: fetched.yml"
        lines.removeAll { $0.hasPrefix("    integrity: ") }
        try scene.fixture.write(lines.joined(separator: "\n"), to: "work/\(InitGitLabTests.pipeline)")
        let shared = String(
            decoding: try Data(contentsOf: URL(filePath: "\(GitFixture.share)/gitlab/build.yml")), as: UTF8.self)
        let known = shared.split(separator: "\n      expand: false").joined()
            .split(separator: ":\n      value: ").joined(separator: ": ")
        try scene.fixture.write(known, to: "work/fetched.yml")
    }

    private func standIn(_ scene: GitLabScene) throws {
        // No image of a job has hephy.
        try scene.standIn("hephy", "exit 1")
        try scene.standIn("ko", "echo \"$KO_DOCKER_REPO@\(Self.digest)\"")
        try scene.standIn(
            "crane",
            """
            case $1 in
            manifest) printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}' ;;
            digest) echo \(Self.digest) ;;
            esac
            """)
    }

    private func byHand(
        _ caller: String, _ config: String?, run variables: [String: String] = [:],
        _ body: (GitLabScene, GitFixture.Ran) async throws -> Void
    ) async throws {
        var files = Self.sources
        files[InitGitLabTests.pipeline] = .text(caller)
        if let config { files[InitTests.config] = .text(config) }
        try await GitLabScene.byHand(files) { scene in
            try fetch(scene, "hephy-builder/-/raw/main/share/gitlab/build.yml")
            try await scene.commit()
            try standIn(scene)
            try await body(scene, try await scene.run(variables: variables))
        }
    }

    @Test func aFileTypedInByHandBuildsWhatTheConfigurationBesideItSays() async throws {
        try await byHand(Self.caller, Self.config) { scene, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands()
            #expect(commands.count { $0.hasPrefix("ko build --bare --platform linux/") } == 2, "\(commands)")
            #expect(ran.output.contains("tags: main latest main-edge sha-\(sha)\n"), "\(ran)")
            #expect(ran.output.contains("hephy: image=registry.gitlab.com/acme/api:sha-\(sha)@sha256:"), "\(ran)")
            #expect(ran.output.contains("linux/arm/v7 is none of the platforms of this pipeline"), "\(ran)")
        }
    }

    @Test func aPushOfAVariableGoesBeforeTheFiles() async throws {
        let caller = Self.caller.split(separator: "HEPHY_BACKEND: ko").joined(separator: "HEPHY_BACKEND: kaniko")
        try await byHand(caller, nil, run: ["HEPHY_BACKEND": "ko"]) { scene, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            #expect(try scene.commands().contains { $0.hasPrefix("ko build ") })
        }
    }

    @Test func whereNothingNamesABackendTheConfigurationDoes() async throws {
        let caller = Self.caller.split(separator: "variables:")[0]
        try await byHand(String(caller), "build_backend: ko\n") { scene, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            #expect(try scene.commands().contains { $0.hasPrefix("ko build ") })
        }
    }

    @Test func whereNothingNamesABackendAtAllTheRunSaysSo() async throws {
        let caller = Self.caller.split(separator: "variables:")[0]
        try await byHand(String(caller), nil) { _, ran async throws in
            #expect(ran.status != 0)
            #expect(ran.output.contains("found no backend; name one as HEPHY_BACKEND"), "\(ran)")
        }
    }

    @Test func anIncludeByHephyHandsOverWhatTheConfigurationSays() async throws {
        let config =
            "build_backend: ko\nplatforms: [linux/amd64]\nadditional_tags: [stable]\nimage: r.example.com/a/b\n"
        try await GitLabScene.with(Self.sources, config: config, initialising: ["--component", "v1"]) {
            scene async throws in
            try fetch(scene, "acme/hephy-builder/-/raw/v1/share/gitlab/build.yml")
            try await scene.commit()
            try standIn(scene)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            #expect(ran.output.contains("tags: main stable latest sha-\(sha)\nplatforms: linux/amd64\n"), "\(ran)")
            #expect(ran.output.contains("hephy: image=r.example.com/a/b:sha-\(sha)@sha256:"), "\(ran)")
            // An input goes before a variable here too.
            let other = try await scene.run(inputs: ["backend=nix"], variables: ["HEPHY_BACKEND": "ko"])
            #expect(other.status != 0 && other.output.contains("the backend 'nix' is not known"), "\(other)")
        }
    }

    @Test func thePipelineOfTheRepositoryItselfRunsBesideHephys() async throws {
        let own = "test:\n  script:\n    - echo \"tested ${HEPHY_ROOT-alone}\"\n"
        let files = Self.sources.merging([InitGitLabTests.pipeline: .text(own)]) { $1 }
        try await GitLabScene.with(files, config: "build_backend: ko\n") { scene async throws in
            try standIn(scene)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("\ntested alone\n"), "\(ran)")
            #expect(ran.output.contains("===[ build: hephy build (linux/arm64) "), "\(ran)")
            #expect(ran.output.contains("hephy: image=registry.gitlab.com/acme/api:sha-"), "\(ran)")
        }
    }
}
