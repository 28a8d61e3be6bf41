import HephyTestSupport
import Testing

/// The rendered workflow, executed: what each backend is called with, and what comes of it.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: ActScene.act.isWanted))
struct ActTests {
    private static let go: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n", "cmd/api/main.go": "package main\n\nfunc main() {}\n",
    ]
    private static let digest = "sha256:" + String(repeating: "1", count: 64)
    private static let ko = "echo \"$KO_DOCKER_REPO@\(digest)\""
    private static let crane = """
        case $1 in
        manifest) printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{}}' ;;
        digest) echo \(digest) ;;
        esac
        """

    @Test func koBuildsEachPlatformAndTheIndexHasTheTags() async throws {
        try await ActScene.with(
            Self.go, config: "build_backend: ko\nadditional_tags: [stable, v${GITHUB_RUN_NUMBER}]\n"
        ) {
            scene async throws in
            try scene.standIn("ko", Self.ko)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands()
            for platform in ["amd64", "arm64"] {
                let start =
                    "ko build --bare --platform linux/\(platform) --tags sha-\(sha)-linux-\(platform) --sbom spdx "
                let line = try #require(commands.first { $0.hasPrefix(start) }, "\(commands)")
                #expect(line.hasSuffix(" ./cmd/api") || line.hasSuffix(" cmd/api"), "\(line)")
            }
            // An index is pushed under one tag, and gets the others by name.
            let tagged = commands.filter { $0.hasPrefix("crane push ") || $0.hasPrefix("crane tag ") }
                .compactMap { $0.split(separator: " ").last?.split(separator: ":").last }
            #expect(Set(tagged) == ["main", "stable", "v1", "latest", "sha-\(sha)"], "\(commands)")
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/api:sha-\(sha)@sha256:"), "\(ran)")
            #expect(ran.output.contains("| tags | `main` `stable` `v1` `latest` `sha-\(sha)` |"), "\(ran)")
        }
    }

    @Test func runnersOfOnesOwnAreFoundByAllTheirLabels() async throws {
        let config =
            "build_backend: ko\nplatforms: [linux/amd64, linux/arm64]\nrunners: {default: [own, big], linux/arm64: own-arm}\n"
        try await ActScene.with(Self.go, config: config) { scene async throws in
            try scene.standIn("ko", Self.ko)
            try scene.standIn("crane", Self.crane)
            let labels = ["own=-self-hosted", "big=-self-hosted", "own-arm=-self-hosted"]
            let ran = try await scene.run("push", labels.flatMap { ["--platform", $0] })
            #expect(ran.status == 0, "\(ran)")
            #expect(try scene.commands().filter { $0.hasPrefix("ko ") }.count == 2)
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/api:sha-"), "\(ran)")
        }
    }

    @Test func aRedBuildIsARedRunWithoutAnIndex() async throws {
        try await ActScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", "echo './main.go:3: undefined: x' >&2; exit 1")
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status != 0)
            #expect(ran.output.contains("./main.go:3: undefined: x"), "\(ran)")
            #expect(try scene.commands().allSatisfy { $0.hasPrefix("ko ") })
        }
    }

    @Test func aPullRequestBuildsAndPushesNothing() async throws {
        try await ActScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", "echo \"password=${HEPHY_REGISTRY_PASSWORD-unset}\" >&2\n" + Self.ko)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run("pull_request")
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("password=\n") || ran.output.contains("password=unset\n"), "\(ran)")
            let commands = try scene.commands()
            #expect(commands.count == 2 && commands.allSatisfy { $0.contains(" --push=false ") }, "\(commands)")
        }
    }

    @Test func aConfigurationThatChangedSinceEndsTheRunInItsPlan() async throws {
        try await ActScene.with(Self.go) { scene async throws in
            try scene.fixture.write("build_backend: buildkit\n", to: "work/\(InitTests.config)")
            try await scene.work.git("commit", "--quiet", "-am", "change").check()
            try scene.standIn("ko", Self.ko)
            let ran = try await scene.run()
            #expect(ran.status != 0)
            #expect(ran.output.contains("run hephy sync"), "\(ran)")
            #expect(try scene.commands().isEmpty)
        }
    }

    @Test func aDispatchChoosesBackendPlatformsAndCommit() async throws {
        try await ActScene.with(Self.go.merging(InitTests.dockerfile) { $1 }) { scene async throws in
            let older = try await scene.work.commitID()
            try await scene.work.git("commit", "--quiet", "--allow-empty", "-m", "newer").check()
            try scene.standIn("ko", Self.ko)
            try scene.standIn("crane", Self.crane)
            let inputs = ["backend=ko", "platforms=linux/arm64", "sha=\(older)", "hephy_id=x"]
            let ran = try await scene.run("workflow_dispatch", inputs.flatMap { ["--input", $0] })
            #expect(ran.status == 0, "\(ran)")
            let built = try scene.commands().filter { $0.hasPrefix("ko ") }
            #expect(built.count == 1)
            #expect(built.first?.contains("--tags sha-\(older.prefix(7))-linux-arm64 ") == true, "\(built)")
            let absent = try await scene.run("workflow_dispatch", ["--input", "platforms=linux/s390x"])
            #expect(absent.status != 0)
            #expect(absent.output.contains("the CI file has no job for linux/s390x"), "\(absent)")
        }
    }

    @Test func spinIsPushedOnceWithoutAnIndex() async throws {
        let files: [String: TreeEntry] = ["spin.toml": "spin_manifest_version = 2\n[application]\nname = \"x\"\n"]
        try await ActScene.with(files) { scene async throws in
            try scene.standIn("spin", "case $1 in registry) echo 'Pushed with digest \(Self.digest)' ;; esac")
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands()
            #expect(commands.contains("spin build --from spin.toml"), "\(commands)")
            let pushes = commands.filter { $0.hasPrefix("spin registry push --from spin.toml ") }
            #expect(pushes.count == 1 && pushes[0].hasSuffix(" ghcr.io/acme/api:sha-\(sha)"), "\(commands)")
            #expect(!ran.output.contains("/index"), "\(ran)")
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/api:sha-\(sha)@\(Self.digest)"), "\(ran)")
        }
    }

    /// kaniko's image cannot be had here; docker stands in for what would start it.
    @Test func kanikoRunsInItsImageForEachPlatform() async throws {
        let config = "build_backend: kaniko\nplatforms: [linux/amd64, linux/386]\nbuild_args: {A: b c}\n"
        try await ActScene.with(InitTests.dockerfile, config: config) { scene async throws in
            try scene.standIn(
                "docker",
                """
                case $1 in version) exit 0 ;; run) ;; *) exit 97 ;; esac
                for word in "$@"; do
                    case $word in *:/hephy) printf '\(Self.digest)' >"${word%:/hephy}/digest" ;; esac
                done
                """)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands().filter { $0.hasPrefix("docker run ") }
            #expect(commands.count == 2, "\(commands)")
            for platform in ["amd64", "386"] {
                let wanted =
                    " ghcr.io/osscontainertools/kaniko:v1.28.3 --context dir:///workspace/."
                    + " --dockerfile /workspace/Dockerfile --custom-platform linux/\(platform)"
                    + " --digest-file /hephy/digest --log-format text"
                    + " --destination ghcr.io/acme/api:sha-\(sha)-linux-\(platform) --push-retry 3"
                    + " --cache=true --cache-repo ghcr.io/acme/api/cache --label "
                let line = try #require(commands.first { $0.contains("-linux-\(platform) ") }, "\(commands)")
                #expect(line.hasPrefix("docker run --rm --volume "), "\(line)")
                #expect(line.contains(":/kaniko/.docker/config.json:ro "), "\(line)")
                #expect(line.contains(wanted), "\(line)")
                #expect(line.hasSuffix(" --build-arg A=b c"), "\(line)")
                #expect(!line.contains("t0ken"), "\(line)")
            }
            #expect(ran.output.contains("hephy: image=ghcr.io/acme/api:sha-\(sha)@sha256:"), "\(ran)")
        }
    }
}
