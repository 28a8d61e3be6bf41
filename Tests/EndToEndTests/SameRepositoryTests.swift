import HephyTestSupport
import Testing

/// One repository with one configuration is built alike, whichever forge it is pushed to.
@Suite(.timeLimit(.minutes(1)))
struct SameRepositoryTests {
    private static let config = """
        platforms: [linux/amd64, linux/arm64]
        additional_tags: [latest, "${GITHUB_REF_NAME}"]

        """

    /// A program with a Dockerfile, and each forge's own file.
    private static let files: [String: TreeEntry] = [
        "Dockerfile": "FROM scratch\nCOPY hello /hello\n", "hello": "hello, world\n",
        ".hephy/build-config.yaml": .text(config),
        ".github/workflows/hephy.yml": .text(RunFiles.ours(on: "")),
        ".forgejo/workflows/hephy.yml": .text(RunFiles.ours(on: "")),
        ".gitlab-ci.yml": .text(PipelineScene.ours()),
    ]

    private static let backend = "kaniko"
    private static let platforms = "linux/amd64,linux/arm64"

    @Test func itsBackendAndPlatformsReachGitHub() async throws {
        try await RunScene.play(Self.files, plans: [.over("success")]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let inputs = try #require(try scene.dispatches.first?.inputs)
            #expect(inputs["backend"] == Self.backend)
            #expect(inputs["platforms"] == Self.platforms)
        }
    }

    @Test func itsBackendAndPlatformsReachGitLab() async throws {
        try await PipelineScene.play(Self.files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let inputs = try #require(try scene.pipelines.first?.inputs)
            #expect(inputs["backend"] == Self.backend)
            #expect(inputs["platforms"] == Self.platforms)
        }
    }

    @Test func itsBackendAndPlatformsReachForgejo() async throws {
        try await GiteaScene.play(.forgejo, Self.files, plans: [RunPlans.threeJobs], before: Self.files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let inputs = try #require(try scene.requests("POST", "/dispatches").first?.inputs)
            #expect(inputs["backend"] == Self.backend)
            #expect(inputs["platforms"] == Self.platforms)
        }
    }

    @Test func itsBackendPlatformsAndTagsReachARunOnThisMachine() async throws {
        let told = """
            tags=$(printf '%s' "$HEPHY_ADDITIONAL_TAGS" | tr '\\n' ' ')
            printf 'told: %s|%s|%s\\n' "$HEPHY_BACKEND" "$HEPHY_PLATFORMS" "$tags"
            """
        let commit = TestCommit(Self.files)
        try await LocalScene.with(.steps(["plan.sh": told]), [commit]) { scene in
            let pushed = try await scene.push("-o", "hephy.logs=all", "hephy", "main")
            #expect(pushed.status == 0, "\(pushed.errors)")
            #expect(
                pushed.errors.contains("told: \(Self.backend)|\(Self.platforms)|latest ${GITHUB_REF_NAME}"),
                "\(pushed.errors)")
        }
    }
}
