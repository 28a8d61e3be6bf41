import HephyTestSupport
import Testing

/// Which runs of a push are found, when, and what several of them come to.
@Suite(.timeLimit(.minutes(1)))
struct RunFindingTests {
    typealias Plan = GitHubScenario.Plan

    private static let lintAndTest = RunFiles.workflows([
        "lint.yml": RunFiles.other("Lint", job: "lint"), "test.yml": RunFiles.other("Test"),
    ])

    @Test func withoutAFileOfHephysEveryWorkflowIsFollowed() async throws {
        let files = Self.lintAndTest.merging(
            RunFiles.workflows(["nightly.yml": RunFiles.other("Nightly", on: "{ schedule: [{ cron: '0 3 * * *' }] }")])
        ) { $1 }
        try await RunScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Lint #1 for \(scene.tip.prefix(7))"))
            #expect(pushed.text.contains("-----> Test #1 for \(scene.tip.prefix(7))"))
            #expect(pushed.text.contains("-----> Lint / lint\n"))
            #expect(pushed.text.contains("-----> Test: done in "))
            #expect(!pushed.text.contains("Nightly"))
        }
    }

    @Test func oneRedRunOfTwoMakesThePushRed() async throws {
        try await RunScene.play(
            Self.lintAndTest,
            change: { scenario in
                scenario.workflows["lint.yml"] = [.over("failure", job: .init("lint", steps: RunPlans.steps))]
                scenario.workflows["test.yml"] = [.over("success", job: .init("test"))]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Lint: failed after "))
            #expect(pushed.text.contains("-----> Test: done in "))
        }
    }

    @Test func ofAPushAndItsPullRequestOnlyTheRunOfThePushIsFollowed() async throws {
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI", on: "[push, pull_request]")]), before: ["README": "x\n"],
            change: { scenario in
                for (name, repository) in scenario.repositories {
                    scenario.repositories[name]?.pullRequests = [.init(head: "feature")]
                    _ = repository
                }
            }
        ) { scene in
            let pushed = try await scene.push(["hephy", "main:refs/heads/feature"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.runs.map(\.event).sorted { ($0 ?? "") < ($1 ?? "") } == ["pull_request", "push"])
            let ours = try #require(try scene.runs.first { $0.event == "push" }?.run)
            #expect(pushed.text.contains("/actions/runs/\(ours)\n"))
            #expect(pushed.text.split(separator: "\n").count { $0.contains("CI #") } == 1, "\(pushed.text)")
        }
    }

    @Test func aRunOfTheSameCommitFromAnEarlierPushIsNotTakenForThisOne() async throws {
        let files = RunFiles.workflows(["ci.yml": RunFiles.other("CI")])
        try await RunScene.play(
            files,
            change: {
                $0.workflows["ci.yml"] = [.over("failure", job: .init("test")), .over("success", job: .init("test"))]
            }
        ) { scene in
            #expect(try await scene.push(["hephy", "main:refs/heads/feature"]).status == 1)
            try await scene.bare.git("branch", "-D", "feature").check()
            let again = try await scene.push(["hephy", "main:refs/heads/feature"])
            #expect(again.status == 0, "\(again.text)")
            #expect(again.text.contains("-----> CI #2 for "))
            #expect(!again.text.contains("CI #1"))
        }
    }

    @Test(.timeLimit(.minutes(2))) func aRunThatAppearsAfterTwentySecondsIsFollowed() async throws {
        var plan = Plan.over("success")
        plan.appearAfterMs = 20_000
        try await RunScene.play(plans: [plan], time: .real) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
            let looks = try scene.requests("GET", "/runs").count
            #expect(looks <= 12, "\(looks) listings in twenty seconds")
        }
    }

    @Test func aRunThatTheListingShowsLateIsFollowed() async throws {
        try await RunScene.play(plans: [Plan(appearAfterPolls: 10)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
        }
    }

    @Test func whereNoRunAppearsThePushStandsAndTheStatusIsSix() async throws {
        try await RunScene.play(plans: [Plan(never: true)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: no run for \(scene.tip.prefix(7)) on 'main' appeared\n"))
            #expect(pushed.text.contains("hephy: hint: see whether Actions are enabled"))
            #expect(try await scene.hasLanded())
            let looks = try scene.requests("GET", "/runs").count
            #expect(looks >= 8 && looks <= 25, "\(looks) listings in a minute")
        }
    }

    @Test func aWorkflowOfTwoThatDoesNotAppearIsNamed() async throws {
        try await RunScene.play(
            Self.lintAndTest, change: { $0.workflows["lint.yml"] = [Plan(never: true)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: no run of 'lint.yml' has appeared\n"))
            #expect(pushed.text.contains("-----> Test #1 for "))
        }
    }

    @Test func aBrokenWorkflowFileIsAFailedRunWithoutJobs() async throws {
        let files = RunFiles.workflows(["ci.yml": "name: CI\non: push\njobs: [nonsense\n"])
        try await RunScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("a problem in the workflow file"))
        }
    }

    @Test func threeRefsAreFollowedSideBySide() async throws {
        try await RunScene.play(RunFiles.workflows(["ci.yml": RunFiles.other("CI")])) { scene in
            let refs = ["a", "b", "c"].map { "main:refs/heads/\($0)" }
            let pushed = try await scene.push(["hephy"] + refs)
            #expect(pushed.status == 0, "\(pushed.text)")
            for number in 1...3 { #expect(pushed.text.contains("-----> CI #\(number): done in "), "\(pushed.text)") }
        }
    }
}
