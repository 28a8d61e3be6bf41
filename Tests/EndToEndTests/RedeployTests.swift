import HephyTestSupport
import Testing

/// `hephy redeploy`: the same commit once more, with nothing to push.
@Suite(.timeLimit(.minutes(1)))
struct RedeployTests {
    @Test func aWorkflowOfOursIsStartedWithThePushesSettings() async throws {
        var red = GitHubScenario.Plan.over("failure")
        red.event = "push"
        try await RunScene.play(plans: [red, .over("success")]) { scene in
            #expect(try await scene.push().status == 1)
            let again = try await scene.hephy("redeploy", "--backend", "buildkit", "--platforms", "linux/amd64")
            #expect(again.status == 0, "\(again)")
            #expect(again.output == "")
            #expect(again.errors.contains("-----> buildkit for linux/amd64 "), "\(again)")
            #expect(again.errors.contains("-----> Hephy Build #2 for \(scene.tip.prefix(7))"), "\(again)")
            let inputs = try #require(try scene.dispatches.first?.inputs)
            #expect(
                inputs["backend"] == "buildkit" && inputs["sha"] == scene.tip && inputs["platforms"] == "linux/amd64")
            #expect(try scene.dispatches.count == 1)
            // It is what `watch` comes back to now.
            #expect(try await scene.hephy("watch").status == 0)
        }
    }

    @Test func anOlderCommitOfTheBranchIsBuiltAndOneThatWasNotPushedIsRefused() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            #expect(try await scene.push().status == 0)
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            #expect(try await scene.push().status == 0)
            let older = try await scene.hephy("redeploy", "HEAD~1", "--follow", "false")
            #expect(older.status == 0, "\(older)")
            #expect(older.errors.contains(" is started: http"), "\(older)")
            #expect(try scene.dispatches.map { $0.inputs?["sha"] } == [scene.tip])
            let new = try await scene.work.commit([TestCommit(["more": "y\n"])])[0]
            let refused = try await scene.hephy("redeploy")
            #expect(refused.status == 2, "\(refused)")
            #expect(refused.errors.contains("hephy: \(new.prefix(7)) is not on 'main' of 'hephy'"), "\(refused)")
            #expect(refused.errors.contains("hephy: hint: git push hephy \(new.prefix(7)):main"), "\(refused)")
            let elsewhere = try await scene.hephy("redeploy", "--ref", "no-such-branch", "HEAD~1")
            #expect(elsewhere.status == 2, "\(elsewhere)")
            #expect(try scene.dispatches.count == 1)
        }
    }

    @Test func aRunOfSomebodyElsesWorkflowIsRunOnceMore() async throws {
        let files = RunFiles.workflows(["ci.yml": RunFiles.other("CI")])
        try await RunScene.play(files, change: { $0.workflows["ci.yml"] = [.over("success")] }) { scene in
            #expect(try await scene.push().status == 0)
            let run = try #require(try scene.runs.first?.run)
            let again = try await scene.hephy("redeploy", "--json")
            #expect(again.status == 0, "\(again)")
            #expect(try scene.requests("POST", "/actions/runs/\(run)/rerun").map(\.status) == [201])
            let events = try LogsCommandTests.Event.all(in: again)
            #expect(events.first?.event == "queued" && events.last?.verdict == "succeeded", "\(again)")
            #expect(events.last?.status == 0)
            try await OutputSchema.expect(again.output.split(separator: "\n").map(String.init), scene.fixture)
            let asked = try await scene.hephy("redeploy")
            #expect(asked.errors.contains("-----> CI #1 (attempt 3) for "), "\(asked)")
        }
    }

    @Test func aCommitWithoutAnyRunHasNothingToRepeat() async throws {
        try await RunScene.play(["README": "hello\n"]) { scene in
            #expect(try await scene.push().status == 0)
            let again = try await scene.hephy("redeploy")
            #expect(again.status == 6, "\(again)")
            #expect(again.errors.contains("has no run that could be started again"), "\(again)")
        }
    }

    @Test func aGitLabMakesAnotherPipelineOfTheTip() async throws {
        let ours = GitLabScenario.Plan(jobs: [.init("plan"), .init("build (linux/amd64)"), .init("deploy")])
        try await PipelineScene.play(plans: [ours]) { scene in
            #expect(try await scene.push(options: ["logs=none"]).status == 0)
            let again = try await scene.hephy("redeploy", "--backend", "kaniko", "--logs", "none")
            #expect(again.status == 0, "\(again)")
            let made = try scene.requests("POST", "/pipeline")
            #expect(made.map(\.status) == [201])
            #expect(made.first?.inputs?["backend"] == "kaniko", "\(made)")
            #expect(try scene.pipelines.count == 2)
            let first = try await scene.work.commitID()
            let second = try await scene.work.commit([TestCommit(["more": "x\n"])])[0]
            #expect(try await scene.push(options: ["logs=none"]).status == 0)
            let older = try await scene.hephy("redeploy", first)
            #expect(older.status == 2, "\(older)")
            #expect(older.errors.contains("which is \(second.prefix(7)) by now and not \(first.prefix(7))"), "\(older)")
        }
    }

    @Test func onThisMachineTheCommitIsBuiltAgain() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            #expect(try await scene.push().status == 0)
            let again = try await scene.hephy("redeploy")
            #expect(again.status == 0, "\(again)")
            #expect(again.errors.contains("-----> Hephy Build #2 for "), "\(again)")
            #expect(try scene.runs().count == 2)
            let new = try await scene.commit("not pushed")
            let refused = try await scene.hephy("redeploy")
            #expect(refused.status == 2, "\(refused)")
            #expect(refused.errors.contains("\(new.prefix(7)) is not on 'main' of 'hephy'"), "\(refused)")
        }
    }

    @Test(arguments: [GiteaScenario.Server.gitea, .forgejo])
    func aGiteaOrForgejoStartsTheWorkflowAgain(_ server: GiteaScenario.Server) async throws {
        try await GiteaScene.play(server, plans: [.over("success")]) { scene in
            #expect(try await scene.push().status == 0)
            let again = try await scene.hephy("redeploy", "--logs", "none", "--timeout", "20s")
            #expect(again.status == 0, "\(again)")
            #expect(try scene.runs.count == 2)
        }
    }

    @Test func aForgeWithoutAWayToRepeatARunSaysSo() async throws {
        let files = RunFiles.go.merging([".forgejo/workflows/ci.yml": .text(RunFiles.other("CI"))]) { $1 }
        try await GiteaScene.play(.forgejo, files, change: { $0.workflows["ci.yml"] = [.over("success")] }) { scene in
            #expect(try await scene.push().status == 0)
            let again = try await scene.hephy("redeploy")
            #expect(again.status == 6, "\(again)")
            #expect(again.errors.contains(", whose API has no way to start run "), "\(again)")
        }
    }

    @Test func aGiteaRunsSomebodyElsesWorkflowOnceMore() async throws {
        let files = RunFiles.go.merging([".gitea/workflows/ci.yml": .text(RunFiles.other("CI"))]) { $1 }
        try await GiteaScene.play(.gitea, files, change: { $0.workflows["ci.yml"] = [.over("success")] }) { scene in
            #expect(try await scene.push().status == 0)
            let run = try #require(try scene.runs.first?.run)
            let again = try await scene.hephy("redeploy", "--timeout", "30s")
            #expect(again.status == 0, "\(again)")
            #expect(again.errors.contains(" #1 (attempt 2) for "), "\(again)")
            #expect(try scene.requests("POST", "/actions/runs/\(run)/rerun").map(\.status) == [201])
        }
    }
}
