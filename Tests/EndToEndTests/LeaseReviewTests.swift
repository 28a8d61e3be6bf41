import HephyTestSupport
import Testing

/// A lease holds although the ref moves while hephy still asks the forge what there is already.
@Suite(.timeLimit(.minutes(1)))
struct LeaseReviewTests {
    @Test(arguments: [[], ["--atomic"]]) func theRefMovesWhileTheForgeDoesNotAnswer(_ options: [String]) async throws {
        let faults = [GitHubScenario.Fault(.stall, path: "*/runs", method: "GET")]
        try await PushScene.with(plans: [PushScene.endless], faults: faults) { scene in
            try await scene.git("push", scene.bare.path, "main").check()
            try await scene.git("fetch", "hephy").check()
            let theirs = try await scene.git(
                "commit-tree", "-m", "theirs", "-p", "main", "main^{tree}", environment: ["GIT_DIR": scene.bare.path]
            ).check().line
            try await scene.git("commit", "--quiet", "--amend", "-m", "ours").check()
            let words = ["push", "--force-with-lease"] + options + ["hephy", "main"]
            async let pushing = scene.fixture.run(
                ["git"] + words, in: scene.work.path, environment: scene.environment)
            try await eventually("the question") {
                try scene.double.journal().contains { $0.kind == "stalled" } ? () : nil
            }
            try await scene.bare.git("update-ref", "refs/heads/main", theirs).check()
            let ran = try await pushing
            #expect(ran.status == 1, "\(ran)")
            #expect(ran.errors.contains("! [remote rejected] main -> main"), "\(ran)")
            #expect(try await scene.bare.commitID("main") == theirs)
            #expect(try scene.requests().allSatisfy { $0.method != "POST" })
        }
    }
}
