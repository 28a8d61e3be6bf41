import HephyTestSupport
import Testing

/// What a push says of a workflow whose configuration has changed since it was rendered.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct DriftWarningTests {
    @Test(arguments: [
        ("github", nil, InitTests.workflow), ("gitlab", nil, InitGitLabTests.pipeline),
        ("gitlab", "test: {script: [make]}\n", InitGitLabTests.attached),
    ])
    func aPushWarnsWhereThePlanStepWillFail(_ platform: String, _ pipeline: String?, _ path: String) async throws {
        try await PushScene.with { scene in
            let work = scene.work
            let fixture = work.fixture
            try await work.git("checkout", "--quiet", "--force", "main").check()
            if let pipeline { try fixture.write(pipeline, to: "work/\(InitGitLabTests.pipeline)") }
            try await fixture.run(
                "hephy", "init", "--force", "--platform", platform, in: work.path, environment: scene.environment
            ).check()
            try await work.git("add", ".").check()
            try await work.git("commit", "--quiet", "-m", "init").check()
            let options = ["-o", "hephy.follow=false", "-o", "hephy.trigger=attach"]
            let fresh = try await work.push(options, environment: scene.environment)
            #expect(!fresh.errors.contains("was rendered from another"), "\(fresh)")
            try fixture.write("build_backend: buildkit\n", to: "work/.hephy/build-config.yaml")
            try await work.git("commit", "--quiet", "-am", "change").check()
            let stale = try await work.push(options, environment: scene.environment)
            #expect(
                stale.said.contains("'\(path)' was rendered from another '.hephy/build-config.yaml'"), "\(stale)")
            #expect(stale.said.contains("hint: hephy sync"), "\(stale)")
        }
    }
}

extension TestRepository {
    fileprivate func push(_ options: [String], environment: [String: String?]) async throws -> GitFixture.Ran {
        try await fixture.run(["git", "push"] + options + ["hephy", "main"], in: path, environment: environment)
    }
}
