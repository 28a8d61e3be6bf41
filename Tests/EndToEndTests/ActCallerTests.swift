import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files that somebody typed in: a caller of the reusable workflow beside a configuration, executed.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: ActScene.act.isWanted))
struct ActCallerTests {
    private static let digest = "sha256:" + String(repeating: "1", count: 64)
    private static let caller = """
        on: push
        jobs:
          build:
            uses: acme/hephy-builder/.github/workflows/build.yml@main
            with:
              backend: ko

        """
    private static let config = """
        build_backend: kaniko
        platforms:
          - linux/amd64
          - linux/arm64
        additional_tags: [latest, "${GITHUB_REF_NAME}-edge", ${GITHUB_REF_NAME}]

        """

    private func run(
        _ caller: String, _ config: String, _ body: (ActScene, GitFixture.Ran) async throws -> Void
    ) async throws {
        let files: [String: TreeEntry] = [
            "go.mod": "module example.com/api\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n",
            InitTests.workflow: .text(caller), InitTests.config: .text(config),
        ]
        let own = "\(GitFixture.share)/../.github/workflows/build.yml"
        let reusable = try #require(FileManager.default.contents(atPath: own))
        try await ActScene.byHand(files) { scene in
            try scene.fixture.write(
                String(decoding: reusable, as: UTF8.self), to: "hephy-builder/.github/workflows/build.yml")
            try scene.standIn("ko", "echo \"$KO_DOCKER_REPO@\(Self.digest)\"")
            try scene.standIn(
                "crane",
                """
                case $1 in
                manifest) printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}' ;;
                digest) echo \(Self.digest) ;;
                esac
                """)
            let builder = "acme/hephy-builder@main=\(scene.fixture.path("hephy-builder"))"
            try await body(scene, try await scene.run("push", ["--local-repository", builder]))
        }
    }

    @Test func aCallerWithABackendBuildsWhatTheConfigurationBesideItSays() async throws {
        try await run(Self.caller, Self.config) { scene, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands()
            // The caller's own word goes before the file's.
            let built = commands.filter { $0.hasPrefix("ko build --bare --platform linux/") }
            #expect(built.count == 2, "\(commands)")
            let tagged = commands.filter { $0.hasPrefix("crane push ") || $0.hasPrefix("crane tag ") }
                .compactMap { $0.split(separator: " ").last?.split(separator: ":").last }
            #expect(Set(tagged) == ["main", "latest", "main-edge", "sha-\(sha)"], "\(commands)")
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/api:sha-\(sha)@sha256:"), "\(ran)")
        }
    }

    @Test func aCallerWithoutABackendTakesTheFiles() async throws {
        let caller = Self.caller.replacing("    with:\n      backend: ko\n", with: "")
        let config = "build_backend: ko\nplatforms: [linux/arm64]\nimage: ghcr.io/acme/other\n"
        try await run(caller, config) { scene, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let built = try scene.commands().filter { $0.hasPrefix("ko ") }
            #expect(built.count == 1 && built[0].contains("--platform linux/arm64 "), "\(built)")
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/other:sha-\(sha)@sha256:"), "\(ran)")
        }
    }

    @Test func aKeyThatARunCannotCarryEndsItInThePlan() async throws {
        try await run(Self.caller, Self.config + "context: app\n") { scene, ran async throws in
            #expect(ran.status != 0)
            #expect(
                ran.output.contains(
                    ".hephy/build-config.yaml:6: 'context' is not read by a run; "
                        + "`hephy init` renders a workflow that carries it"), "\(ran)")
            #expect(try scene.commands().isEmpty)
        }
    }
}
