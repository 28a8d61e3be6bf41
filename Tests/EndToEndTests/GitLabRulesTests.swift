import HephyTestSupport
import Testing

/// Which jobs GitLab makes of the files that hephy writes.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct GitLabRulesTests {
    private static let push = ["CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature"]
    private static let tag = ["CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"]
    private static let dispatch = ["CI_PIPELINE_SOURCE": "api", "CI_COMMIT_BRANCH": "main"]
    private static func mergeRequest(from project: String) -> [String: String] {
        [
            "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "1", "CI_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project,
        ]
    }

    private static let builds = ["plan", "build (linux/amd64)", "build (linux/arm64)"]
    private static let all = builds + ["index"]

    private func expect(
        _ wanted: [String], _ scene: GitLabScene, _ variables: [String: String], inputs: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let ran = try await scene.jobs(inputs, variables: variables).check()
        #expect(ran.output.split(separator: "\n").map(String.init) == wanted, sourceLocation: location)
    }

    @Test func aPushBuildsOnceAndAMergeRequestOnlyBuilds() async throws {
        try await GitLabScene.with(InitTests.dockerfile) { scene async throws in
            try await expect(Self.all, scene, Self.push)
            try await expect(Self.all, scene, Self.tag)
            try await expect(Self.all, scene, Self.dispatch)
            // The push of its branch has built it.
            try await expect([], scene, Self.mergeRequest(from: "1"))
            try await expect(Self.builds, scene, Self.mergeRequest(from: "2"))
            try await expect(["plan", Self.builds[2], "index"], scene, Self.push, inputs: ["platforms=linux/arm64/v8"])
            try await expect(
                ["plan", Self.builds[1], "index"], scene, Self.push.merging(["HEPHY_PLATFORMS": "linux/amd64"]) { $1 })
        }
    }

    @Test func whereADispatchAloneStartsItAPushDoesNot() async throws {
        try await GitLabScene.with(InitTests.dockerfile, initialising: ["--trigger", "dispatch"]) {
            scene async throws in
            try await expect([], scene, Self.push)
            try await expect([], scene, Self.mergeRequest(from: "2"))
            try await expect(Self.all, scene, Self.dispatch)
        }
    }

    @Test func theOtherBackendsOfARepositoryHaveTheirJobs() async throws {
        let sources = InitTests.dockerfile.merging(["spin.toml": "spin_manifest_version = 2\n"]) { $1 }
        try await GitLabScene.with(sources, config: "build_backend: kaniko\n") { scene async throws in
            let spin = ["plan", "build (wasi/wasm)", "index"]
            try await expect(spin, scene, Self.push, inputs: ["backend=spin"])
            try await expect(spin, scene, Self.push.merging(["HEPHY_BACKEND": "spin"]) { $1 })
            let both = Self.push.merging(["HEPHY_BACKEND": "spin"]) { $1 }
            try await expect(Self.all, scene, both, inputs: ["backend=buildkit"])
        }
    }

    @Test func besideAPipelineOfTheRepositoryTheSameHolds() async throws {
        let own = "stages: [check, image]\nmake:\n  stage: check\n  script: [make]\n"
        let named = Self.all.map { "hephy \($0)" }
        let sources = InitTests.dockerfile.merging([InitGitLabTests.pipeline: .text(own)]) { $1 }
        try await GitLabScene.with(sources) { scene async throws in
            try await expect(named + ["make"], scene, Self.push)
            try await expect([], scene, Self.mergeRequest(from: "1"))
            try await expect(Array(named.dropLast()), scene, Self.mergeRequest(from: "2"))
        }
        // Where a branch with a merge request has the pipelines of that alone, they build.
        let switching = """
            workflow:
              rules:
                - if: $CI_PIPELINE_SOURCE == "merge_request_event"
                - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
                  when: never
                - if: $CI_COMMIT_BRANCH

            """
        let switched = InitTests.dockerfile.merging([InitGitLabTests.pipeline: .text(switching)]) { $1 }
        try await GitLabScene.with(switched) { scene async throws in
            try await expect(named, scene, Self.push)
            try await expect([], scene, Self.push.merging(["CI_OPEN_MERGE_REQUESTS": "a!1"]) { $1 })
            try await expect(Array(named.dropLast()), scene, Self.mergeRequest(from: "1"))
        }
    }

    @Test func anUnknownInputIsRefused() async throws {
        try await GitLabScene.with(InitTests.dockerfile) { scene async throws in
            let ran = try await scene.jobs(["backned=ko"], variables: Self.push)
            #expect(ran.status == 1 && ran.errors.contains("unexpected inputs: backned"), "\(ran)")
        }
    }
}
