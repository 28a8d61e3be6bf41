import HephyTestSupport
import Testing

/// The rendered pipeline, executed: what each backend is called with, and what comes of it.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: GitLabScene.engine.isWanted))
struct GitLabRunTests {
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
    private static let executor = """
        while [ $# -gt 0 ]; do [ "$1" != --digest-file ] || printf '\(digest)' >"$2"; shift; done
        """
    private static let image = "registry.gitlab.com/acme/api"

    /// The tags that crane gave, one name each.
    private static func tags(_ commands: [String]) -> Set<String> {
        Set(
            commands.filter { $0.hasPrefix("crane push ") || $0.hasPrefix("crane tag ") }
                .compactMap { $0.split(separator: " ").last?.split(separator: ":").last.map(String.init) })
    }

    @Test func koBuildsEachPlatformAndTheIndexHasTheTags() async throws {
        let tags = "[stable, \"v${GITHUB_RUN_NUMBER}\", \"${GITHUB_REF_NAME}-x\"]"
        let config = "build_backend: ko\nadditional_tags: \(tags)\n"
        try await GitLabScene.with(Self.go, config: config) { scene async throws in
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
                #expect(line.contains("org.opencontainers.image.created=2026-11-22T10:11:12Z"), "\(line)")
            }
            #expect(Self.tags(commands) == ["main", "stable", "v7", "main-x", "latest", "sha-\(sha)"], "\(commands)")
            #expect(ran.output.contains("hephy: image=\(Self.image):sha-\(sha)@sha256:"), "\(ran)")
            #expect(ran.output.contains("tags: main stable v7 main-x latest sha-\(sha)\n"), "\(ran)")
            #expect(try scene.reported().contains("HEPHY_PLAN_JOB_IMAGE=golang:1"))
            #expect(try await scene.leftovers() == "", "what after_script takes away")
        }
    }

    @Test func kanikoIsCalledForEachPlatformInItsOwnImage() async throws {
        try await GitLabScene.with(InitTests.dockerfile) { scene async throws in
            try scene.standIn("executor", Self.executor)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run(
                variables: ["HEPHY_KANIKO_EXECUTOR": scene.fixture.path("stand-ins/executor")])
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID()
            let builds = try scene.commands().filter { $0.hasPrefix("executor ") }
            #expect(builds.count == 2)
            for (line, platform) in zip(builds, ["linux/amd64", "linux/arm64"]) {
                let words = line.split(separator: " ").map(String.init)
                let tag = "sha-\(sha.prefix(7))-\(platform.split(separator: "/").joined(separator: "-"))"
                #expect(words[1] == "--context" && words[2].hasPrefix("dir:///"), "\(line)")
                #expect(line.contains(" --custom-platform \(platform) --digest-file "), "\(line)")
                #expect(
                    line.contains(
                        " --destination \(Self.image):\(tag) --push-retry 3 --cache=true --cache-repo \(Self.image)/cache "
                    ), "\(line)")
                #expect(line.contains(" --label org.opencontainers.image.revision=\(sha) "), "\(line)")
            }
            // No process of a job registers an emulator: the log says what that means.
            #expect(ran.output.contains("a RUN of the Dockerfile needs linux/arm64 itself"), "\(ran)")
            #expect(
                try scene.reported().contains("HEPHY_PLAN_JOB_IMAGE=ghcr.io/osscontainertools/kaniko:v1.28.3-debug"))
        }
    }

    @Test func spinPushesOneArtifactWithEveryTag() async throws {
        try await GitLabScene.with(["spin.toml": "spin_manifest_version = 2\n"]) { scene async throws in
            try scene.standIn("spin", "[ $1 != registry ] || echo 'Pushed with digest \(Self.digest)'")
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            let commands = try scene.commands()
            #expect(commands.first == "spin build --from spin.toml", "\(commands)")
            #expect(commands.contains { $0.hasPrefix("spin registry push --from spin.toml --annotation ") })
            #expect(commands.contains("crane tag \(Self.image)@\(Self.digest) main"), "\(commands)")
            #expect(ran.output.contains("hephy: image=\(Self.image):sha-\(sha)@\(Self.digest)"), "\(ran)")
            #expect(try scene.reported().contains("HEPHY_IMAGE_REF=\(Self.image):sha-\(sha)@\(Self.digest)"))
        }
    }

    @Test func rootlessBuildKitIsCalledInItsOwnImage() async throws {
        try await GitLabScene.with(InitTests.dockerfile, config: "build_backend: buildkit\n") { scene async throws in
            try scene.standIn("docker", "exit 1")
            try scene.standIn("buildctl", "exit 1")
            try scene.standIn(
                "buildctl-daemonless.sh",
                """
                printf '%s\\n' "flags $BUILDKITD_FLAGS" >>"$HEPHY_TEST_LOG"
                while [ $# -gt 0 ]; do
                  [ "$1" != --metadata-file ] || printf '{"containerimage.digest": "\(Self.digest)"}' >"$2"
                  shift
                done
                """)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status == 0, "\(ran)")
            let commands = try scene.commands()
            let start = "buildctl-daemonless.sh build --progress plain --frontend dockerfile.v0 --local context=. "
            let builds = commands.filter { $0.hasPrefix(start) }
            #expect(builds.count == 2 && builds[1].contains(" --opt platform=linux/arm64 "), "\(commands)")
            #expect(builds.allSatisfy { $0.contains(",push=true,push-by-digest=true,") })
            #expect(commands.contains("flags --oci-worker-no-process-sandbox"))
            #expect(try scene.reported().contains("HEPHY_PLAN_JOB_IMAGE=moby/buildkit:v0.32.2-rootless"))
        }
    }

    @Test func aRedBuildIsARedPipelineWithoutAnIndex() async throws {
        try await GitLabScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", "echo './main.go:3: undefined: x' >&2; exit 1")
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run()
            #expect(ran.status != 0)
            #expect(try await scene.leftovers() == "", "what after_script takes away")
            #expect(ran.output.contains("./main.go:3: undefined: x"), "\(ran)")
            #expect(try scene.commands().allSatisfy { $0.hasPrefix("ko ") })
        }
    }

    @Test func aMergeRequestBuildsAndPushesNothing() async throws {
        try await GitLabScene.with(Self.go) { scene async throws in
            let seen = "${HEPHY_REGISTRY_PASSWORD-no}${CI_REGISTRY_PASSWORD-login}${CI_JOB_TOKEN-here}"
            try scene.standIn("ko", "echo \"password=\(seen)\" >&2\n" + Self.ko)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run(variables: [
                "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "12", "CI_JOB_TOKEN": "t0ken",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_PROJECT_ID": "1",
                "HEPHY_REGISTRY_USER": "u", "HEPHY_REGISTRY_PASSWORD": "p",
            ])
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("password=nologinhere\n"), "\(ran)")
            let commands = try scene.commands()
            #expect(commands.count == 2 && commands.allSatisfy { $0.contains(" --push=false ") }, "\(commands)")
            #expect(try scene.reported().contains { $0.hasPrefix("HEPHY_PLAN_TAGS=pr-12,") })
        }
    }

    @Test func aTagHasTheTagsOfItsVersion() async throws {
        try await GitLabScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", Self.ko)
            try scene.standIn("crane", Self.crane)
            let ran = try await scene.run(variables: ["CI_COMMIT_TAG": "v1.2.3", "CI_COMMIT_REF_NAME": "v1.2.3"])
            #expect(ran.status == 0, "\(ran)")
            let sha = try await scene.work.commitID().prefix(7)
            #expect(ran.output.contains("tags: 1.2.3 1.2 1 v1.2.3 sha-\(sha) latest\n"), "\(ran)")
        }
    }

    @Test func theInputGoesBeforeTheVariableAndThatBeforeWhatWasRendered() async throws {
        try await GitLabScene.with(Self.go.merging(InitTests.dockerfile) { $1 }, config: "build_backend: kaniko\n") {
            scene async throws in
            try scene.standIn("ko", Self.ko)
            try scene.standIn("crane", Self.crane)
            try scene.standIn("executor", Self.executor)
            let kaniko = ["HEPHY_KANIKO_EXECUTOR": scene.fixture.path("stand-ins/executor")]
            for (input, variable, wanted) in [
                (nil, nil, "kaniko"), (nil, "ko", "ko"), ("ko", "kaniko", "ko"), ("kaniko", "ko", "kaniko"),
            ] {
                let ran = try await scene.run(
                    inputs: input.map { ["backend=\($0)"] } ?? [],
                    variables: kaniko.merging(variable.map { ["HEPHY_BACKEND": $0] } ?? [:]) { $1 })
                #expect(ran.status == 0, "\(ran)")
                #expect(ran.output.contains("backend: \(wanted)\n"), "\(input ?? "") \(variable ?? "") \(ran)")
            }
            let ran = try await scene.run(inputs: ["platforms=linux/arm64"], variables: kaniko)
            #expect(ran.status == 0, "\(ran)")
            #expect(
                ran.output.contains("\nplatforms: linux/arm64\n") && !ran.output.contains("for linux/amd64"), "\(ran)")
        }
    }

    @Test func aPipelineOfAnotherCommitThanTheOneThatWasMeantIsRed() async throws {
        try await GitLabScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", Self.ko)
            let other = String(repeating: "1", count: 40)
            let ran = try await scene.run(inputs: ["sha=\(other)"])
            #expect(ran.status != 0)
            #expect(ran.output.contains("and \(other) was meant: the ref has moved on"), "\(ran)")
            #expect(try scene.commands() == [])
        }
    }

    @Test func aConfigurationThatChangedSinceIsARedPlan() async throws {
        try await GitLabScene.with(Self.go) { scene async throws in
            try scene.standIn("ko", Self.ko)
            try scene.fixture.write("build_backend: kaniko\n", to: "work/\(InitTests.config)")
            try await scene.commit()
            let ran = try await scene.run()
            #expect(ran.status != 0 && ran.output.contains("run hephy sync"), "\(ran)")
            #expect(try scene.commands() == [])
        }
    }
}
