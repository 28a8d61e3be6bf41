import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy watch` and `hephy cancel`, and the records by which they know what was pushed.
@Suite(.timeLimit(.minutes(1)))
struct RunWatchTests {
    typealias State = GitHubScenario.State

    /// A run that takes more looks than a push with a timeout of three seconds has time for.
    private static let slow = GitHubScenario.Plan(
        jobs: [.init("build", steps: RunPlans.steps)],
        timeline: [
            State("in_progress", jobs: ["build": "in_progress:3"], times: 12),
            State("success", jobs: ["build": "success"]),
        ])

    private struct Record: Decodable {
        var run: String
        var remoteName: String?
        var remote: String
        var ref: String
        var sha: String
        var isOurs: Bool
        var status: Int32?
    }

    private func records(_ scene: RunScene) throws -> [Record] {
        try scene.fixture.read("work/.git/hephy/runs.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Record.self, from: Data($0.utf8))
        }
    }

    @Test func aFinishedRunIsToldAgain() async throws {
        try await RunScene.play(plans: [.over("success"), .over("failure")]) { scene in
            #expect(try await scene.push().status == 0)
            let run = try #require(try scene.runs.first?.run)
            for arguments in [[], ["\(run)"], ["HEAD"], [String(scene.tip.prefix(10))], ["--remote", "hephy", "main"]] {
                let watched = try await scene.fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy", "watch"] + arguments, in: scene.work.path,
                    environment: scene.environment("gho_owner"))
                #expect(watched.status == 0, "\(watched)")
                #expect(watched.output == "")
                #expect(watched.errors.contains("-----> Hephy Build #1 for \(scene.tip.prefix(7))"))
                #expect(watched.errors.contains("output of Build it"), "the log of a run of ours, as in the push")
                #expect(watched.errors.contains("-----> Done in "))
            }
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            #expect(try await scene.push().status == 1)
            let newest = try await scene.hephy("watch")
            #expect(newest.status == 1, "\(newest)")
            #expect(newest.errors.contains("-----> Hephy Build #2 for "))
            let first = try await scene.hephy("watch", "\(run)")
            #expect(first.status == 0, "\(first)")
            let quiet = try await scene.hephy("watch", "-q", "\(run)")
            #expect(quiet.errors == "")
        }
    }

    @Test func everyFollowedRunIsRecordedWithItsEnd() async throws {
        try await RunScene.play(plans: [.over("failure")]) { scene in
            #expect(try await scene.push().status == 1)
            let records = try records(scene)
            #expect(records.map(\.status) == [nil, 1])
            #expect(Set(records.map(\.sha)) == [scene.tip])
            #expect(Set(records.map(\.ref)) == ["refs/heads/main"])
            #expect(Set(records.map(\.remoteName)) == ["hephy"])
            #expect(Set(records.map(\.remote)) == [scene.double.url("acme/api")])
            #expect(records.map(\.isOurs) == [true, true])
            #expect(try Set(records.map(\.run)) == Set(scene.runs.compactMap { $0.run.map(String.init) }))
        }
    }

    @Test func aRunThatGoesOnIsFollowedFromWhereItIs() async throws {
        try await RunScene.play(plans: [Self.slow]) { scene in
            #expect(try await scene.push(options: ["timeout=3s"]).status == 9)
            let watched = try await scene.watchAtOnce()
            #expect(watched.status == 0, "\(watched)")
            #expect(watched.errors.contains("-----> Done in "))
            #expect(try records(scene).map(\.status) == [nil, 9, nil, 0])
        }
    }

    @Test func aWatchIsLimitedInTimeToo() async throws {
        var plan = Self.slow
        plan.timeline = [State("in_progress", jobs: ["build": "in_progress:3"], times: 1000), State("success")]
        try await RunScene.play(plans: [plan]) { scene in
            #expect(try await scene.push(options: ["timeout=3s"]).status == 9)
            let watched = try await scene.hephy("watch", "--timeout", "1s")
            #expect(watched.status == 9, "\(watched)")
        }
    }

    @Test func whereThereIsNothingToWatchTheStatusIsNeverZero() async throws {
        try await RunScene.play(
            change: { $0.expectedRefusals = [.init("no-such-run", optional: true)] }
        ) { scene in
            let none = try await scene.hephy("watch")
            #expect(none.status == 6, "\(none)")
            #expect(none.errors.contains("hephy: this repository has not pushed any run yet"))
            let commit = try await scene.hephy("watch", "main")
            #expect(commit.status == 6, "\(commit)")
            let run = try await scene.hephy("watch", "12345")
            #expect(run.status != 0, "\(run)")
            let nonsense = try await scene.hephy("watch", "no-such-branch")
            #expect(nonsense.status == 2, "\(nonsense)")
        }
    }

    @Test func bothRunsOfACommitAreWatchedTogether() async throws {
        let files = RunFiles.workflows([
            "lint.yml": RunFiles.other("Lint", job: "lint"), "test.yml": RunFiles.other("Test"),
        ])
        try await RunScene.play(
            files, change: { $0.workflows["lint.yml"] = [.over("failure", job: .init("lint", steps: RunPlans.steps))] }
        ) { scene in
            #expect(try await scene.push().status == 1)
            let watched = try await scene.hephy("watch", "HEAD")
            #expect(watched.status == 1, "\(watched)")
            #expect(watched.errors.contains("-----> Lint: failed after "))
            #expect(watched.errors.contains("-----> Test: done in "))
        }
    }

    @Test func theRunsOfACommitOnTwoBranchesAreBothWatched() async throws {
        var red = GitHubScenario.Plan.over("failure")
        red.branch = "main"
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]),
            change: { [red] in $0.workflows["ci.yml"] = [red, .over("success")] }
        ) { scene in
            #expect(try await scene.push().status == 1)
            let second = try await scene.push(["hephy", "main:refs/heads/two"])
            #expect(second.status == 0, "\(second)")
            let watched = try await scene.hephy("watch", "HEAD")
            #expect(watched.status == 1, "\(watched)")
        }
    }

    @Test func aRunIsCancelledOnceAndItsWatchSaysSo() async throws {
        var plan = Self.slow
        plan.timeline = [State("in_progress", jobs: ["build": "in_progress:3"], times: 1000), State("success")]
        try await RunScene.play(plans: [plan]) { scene in
            #expect(try await scene.push(options: ["timeout=3s"]).status == 9)
            let cancelled = try await scene.hephy("cancel")
            #expect(cancelled.status == 0, "\(cancelled)")
            #expect(cancelled.errors.contains(" is being cancelled"))
            let watched = try await scene.watchAtOnce()
            #expect(watched.status == 7, "\(watched)")
            #expect(watched.errors.contains("-----> Cancelled after "))
            let again = try await scene.hephy("cancel")
            #expect(again.status == 0, "\(again)")
            #expect(again.errors.contains("nothing to cancel"))
            #expect(try scene.requests("POST", "/cancel").map(\.status) == [202])
        }
    }
}
