import HephyTestSupport
import Testing

/// `build_backend: auto` in GitLab's pipeline: the plan job detects the commit that it builds where it can.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: GitLabScene.engine.isWanted))
struct GitLabDetectionTests {
    /// A repository whose rendered default is kaniko and whose commit needs BuildKit by now, with `release` pinned in
    /// place of this project's own, and its plan job.
    private func plan(
        besideOwn: Bool = false, release: String = "# none", hasHephy: Bool = false, inputs: [String] = [],
        variables: [String: String] = [:], _ body: (GitFixture.Ran, _ reported: [String]) throws -> Void
    ) async throws {
        var files = InitTests.dockerfile
        if besideOwn { files[InitGitLabTests.pipeline] = "test:\n  script: [echo test]\n" }
        try await GitLabScene.with(files, config: "build_backend: auto\nplatforms: [linux/amd64]\n") { scene in
            let fixture = scene.fixture
            try await fixture.run("cp", "-R", GitFixture.share, fixture.path("share")).check()
            try fixture.write(release + "\n", to: "share/release")
            try await fixture.run(
                ["hephy", "sync"], in: scene.work.path, environment: ["HEPHY_SHARE": fixture.path("share")]
            ).check()
            try fixture.write("FROM scratch\nCOPY --exclude=x . /\n", to: "work/Dockerfile")
            try await scene.commit()
            let ran = try await scene.run(
                inputs: inputs, variables: variables, hasHephy: hasHephy, only: besideOwn ? "hephy plan" : "plan")
            try body(ran, scene.reported())
        }
    }

    @Test(arguments: [false, true]) func theRunnersOwnHephyDetects(besideOwn: Bool) async throws {
        try await plan(besideOwn: besideOwn, hasHephy: true) { ran, reported in
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.contains("backend: buildkit, detected in this commit"), "\(ran)")
            #expect(reported.contains("HEPHY_PLAN_BACKEND=buildkit"), "\(reported)")
            #expect(reported.contains("HEPHY_PLAN_JOB_IMAGE=moby/buildkit:v0.32.2-rootless"), "\(reported)")
        }
    }

    @Test func thePinnedReleaseDetects() async throws {
        try await GitFixture.with { outer in
            try await FileServer.with(in: outer) { url in
                let line = try await ReleaseArchiveTests.pack(outer, url: url)
                try await plan(release: line) { ran, reported in
                    #expect(ran.status == 0, "\(ran)")
                    #expect(ran.output.contains("backend: buildkit, detected in this commit"), "\(ran)")
                    #expect(reported.contains("HEPHY_PLAN_BACKEND=buildkit"), "\(reported)")
                }
            }
        }
    }

    @Test func withoutEitherTheRenderedBackendIsTakenWithAWarning() async throws {
        try await plan { ran, reported in
            #expect(ran.status == 0, "\(ran)")
            #expect(
                (ran.output + ran.errors).contains(
                    "hephy: backend: kaniko, as detected when the CI files were made; "
                        + "this runner has no hephy, and no release of it is pinned in the CI file"), "\(ran)")
            #expect(reported.contains("HEPHY_PLAN_BACKEND=kaniko"), "\(reported)")
        }
    }

    @Test func whatIsNamedIsNotDetected() async throws {
        for (inputs, variables) in [(["backend=kaniko"], [:]), ([], ["HEPHY_BACKEND": "kaniko"])] {
            try await plan(hasHephy: true, inputs: inputs, variables: variables) { ran, reported in
                #expect(!ran.output.contains("detected"), "\(ran)")
                #expect(reported.contains("HEPHY_PLAN_BACKEND=kaniko"), "\(reported)")
            }
        }
    }
}
