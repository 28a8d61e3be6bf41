import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The rendered workflow, executed with real BuildKit and a real registry: from a commit to an image.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: ActScene.act.isWanted && BuildServices.areWanted))
struct ActBuildTests {
    private static let files: [String: TreeEntry] = [
        "Dockerfile": "FROM scratch\nCOPY hello /hello\n", "hello": "hello from act\n",
    ]
    /// What the machine has that runs arm64 programs, and in whose view no other run is.
    private static let emulating = [
        "unshare", "--mount", "sh", "-c",
        """
        mount -t tmpfs none /proc/sys/fs/binfmt_misc && : >/proc/sys/fs/binfmt_misc/qemu-aarch64 && exec "$@"
        """, "sh",
    ]

    /// Makes the repository ready for buildkit and an image in the locked registry, and runs its workflow.
    private func run(
        _ files: [String: TreeEntry],
        _ body: (ActScene, _ image: String, GitFixture.Ran) async throws -> Void
    ) async throws {
        let services = try await BuildServices.shared()
        let builders = try #require(BuildServices.builders)
        let image = "\(services.locked)/acme/act\(UInt32.random(in: 0...UInt32.max))"
        // The generator of SBOMs is an image of another registry.
        let config = "build_backend: buildkit\nimage: \(image)\nsbom: false\nadditional_tags: [stable]\n"
        try await ActScene.with(files, config: config) { scene in
            let fixture = scene.fixture
            let docker = fixture.path("home/.docker")
            try FileManager.default.createDirectory(atPath: docker, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: docker + "/cli-plugins", withDestinationPath: builders + "/cli-plugins")
            let machine = ["HOME": fixture.path("home"), "DOCKER_HOST": services.docker, "BUILDX_BUILDER": "tests"]
            try await fixture.run(
                builders + "/docker", "buildx", "create", "--name", "tests", "--driver", "remote",
                "unix://" + services.buildkit, environment: machine.mapValues(Optional.some)
            ).check()
            let login = ["--var", "HEPHY_REGISTRY_USER=hephy", "--secret", "HEPHY_REGISTRY_PASSWORD=s3cret"]
            let ran = try await scene.run(
                "push", login, variables: machine, programs: builders, prefix: Self.emulating)
            try fixture.write(
                #"{"auths":{"\#(services.locked)":{"auth":"aGVwaHk6czNjcmV0"}}}"#, to: "reader/config.json")
            try await body(scene, image, ran)
        }
    }

    private func crane(_ arguments: String..., in scene: ActScene) async throws -> GitFixture.Ran {
        let builders = try #require(BuildServices.builders)
        return try await scene.fixture.run(
            [builders + "/crane"] + arguments, environment: ["DOCKER_CONFIG": scene.fixture.path("reader")])
    }

    @Test func aPushBecomesATaggedImageForEveryPlatform() async throws {
        try await run(Self.files) { scene, image, ran async throws in
            #expect(ran.status == 0, "\(ran)")
            #expect(!ran.output.contains("s3cret"))
            let sha = try await scene.work.commitID()
            let tag = "sha-\(sha.prefix(7))"
            let digest = try await crane("digest", "\(image):\(tag)", in: scene).check().line
            #expect(ran.output.contains("hephy: image=\(image):\(tag)@\(digest)\n"), "\(ran)")
            for name in ["main", "stable", "latest"] {
                #expect(try await crane("digest", "\(image):\(name)", in: scene).check().line == digest)
            }
            let text = try await crane("manifest", "\(image)@\(digest)", in: scene).check()
            let index = try JSONDecoder().decode(Manifest.self, from: Data(text.standardOutput))
            #expect(index.mediaType == Manifest.ociIndex)
            #expect(index.annotations?["org.opencontainers.image.revision"] == sha)
            #expect(index.annotations?["org.opencontainers.image.source"] == "https://github.com/acme/api")
            let platforms = (index.manifests ?? []).compactMap(\.platformName).filter { $0 != "unknown/unknown" }
            #expect(platforms == ["linux/amd64", "linux/arm64"])
            for platform in platforms {
                let tar = scene.fixture.path(scene.fixture.uniqueName("image"))
                try await crane("export", "--platform", platform, "\(image):latest", tar, in: scene).check()
                #expect(try await scene.fixture.run("tar", "-xOf", tar, "hello").check().output == "hello from act\n")
            }
        }
    }

    @Test func aDockerfileThatFailsIsARedRunAndNoImage() async throws {
        try await run(["Dockerfile": "FROM scratch\nCOPY missing /missing\n"]) { scene, image, ran async throws in
            #expect(ran.status != 0)
            #expect(ran.output.contains(#""/missing": not found"#), "\(ran)")
            #expect(!ran.output.contains("hephy: image="), "\(ran)")
            #expect(try await crane("ls", image, in: scene).status != 0)
        }
    }
}
