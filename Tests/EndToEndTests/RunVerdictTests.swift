import HephyTestSupport
import Testing

/// What a push says and how it ends, by the fate of its run.
@Suite(.timeLimit(.minutes(1)))
struct RunVerdictTests {
    typealias Plan = GitHubScenario.Plan
    typealias State = GitHubScenario.State

    @Test func aGreenRunIsFollowedToItsEndAsTimePasses() async throws {
        let job = GitHubScenario.Job("build", steps: RunPlans.steps)
        let plan = Plan(
            jobs: [job],
            timeline: [
                State("in_progress", jobs: ["build": "in_progress:2"], ms: 1500),
                State("success", jobs: ["build": "success"]),
            ], advance: .ms)
        try await RunScene.play(plans: [plan], time: .real) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(pushed.status == 0)
            #expect(pushed.text.contains(" * [new branch]      main -> main\n"))
            #expect(pushed.text.contains("-----> ko for linux/amd64, linux/arm64   (go.mod; one main package: "))
            let run = "\(scene.double.origin)/acme/api/actions/runs/"
            #expect(pushed.text.contains("-----> Hephy Build #1 for \(scene.tip.prefix(7))   \(run)"))
            #expect(pushed.text.contains("\n-----> build\n"))
            #expect(pushed.text.contains("-----> Done in "))
            #expect(try scene.dispatches.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aRedRunSaysWhatFailedAndWhereThereIsMore() async throws {
        try await RunScene.play(plans: [RunPlans.red], time: .virtual) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 1)
            let text = pushed.text
            let moved = try #require(text.firstRange(of: "main -> main"))
            let failed = try #require(text.firstRange(of: "-----> Failed after "))
            #expect(moved.lowerBound < failed.lowerBound)
            #expect(text.contains("failed in step 'Build it'"))
            #expect(text.contains("main.c:3: expected ';'"))
            #expect(text.contains("main.c:3: expected ';' before '}'"))
            #expect(text.contains("more: \(scene.double.origin)/acme/api/actions/runs/"))
            #expect(text.contains(": build   \(scene.double.origin)/acme/api/actions/runs/"))
            #expect(try await scene.hasLanded())
        }
    }

    /// What a finished run's push ends with.
    struct Fate: Sendable, CustomTestStringConvertible {
        var plan: Plan
        var status: Int32
        var says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        Fate(plan: .over("cancelled"), status: 7, says: "-----> Cancelled after "),
        Fate(plan: .over("timed_out"), status: 1, says: "-----> Timed out after "),
        Fate(plan: .over("neutral"), status: 0, says: "-----> Done in "),
        Fate(plan: .over("skipped"), status: 0, says: "-----> Done: the run was skipped, nothing ran"),
        Fate(
            plan: Plan(conclusion: "startup_failure"), status: 1,
            says: "-----> Failed: a problem in the workflow file   "),
        Fate(plan: Plan(conclusion: "stale"), status: 1, says: "-----> Failed: the forge gave up on the run"),
        Fate(plan: Plan(conclusion: "action_required"), status: 8, says: "-----> Waiting for a person"),
        Fate(
            plan: Plan(timeline: [State("queued"), State("cancelled")]), status: 7,
            says: "-----> Superseded before anything ran"),
        Fate(
            plan: Plan(timeline: [State("queued"), State("failure")]), status: 1,
            says: "-----> Failed: a problem in the workflow file"),
    ])
    func theStatusIsThatOfTheRunsOwnConclusion(_ fate: Fate) async throws {
        try await RunScene.play(plans: [fate.plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == fate.status, "\(pushed.text)")
            #expect(pushed.git.status == (fate.status == 0 ? 0 : 1))
            #expect(pushed.text.contains(fate.says), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aRunThatANewerOneReplacedIsSuperseded() async throws {
        var replaced = State("cancelled", jobs: ["build": "cancelled"])
        replaced.spawn = Plan()
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [State("in_progress", jobs: ["build": "in_progress:2"], times: 2), replaced])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 7, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Superseded by #2   \(scene.double.origin)/acme/api/actions/runs/"))
        }
    }

    @Test func aRunThatWaitsForApprovalIsLeftAfterTenMinutes() async throws {
        let waiting = State(
            "waiting", jobs: ["deploy": "waiting"],
            approvals: [.init("production", reviewers: ["alice", "team:ops"], canApprove: true)], times: 1000)
        let plan = Plan(jobs: [.init("deploy", steps: RunPlans.steps)], timeline: [waiting, State("success")])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 8, "\(pushed.text)")
            #expect(pushed.text.contains("waiting for approval of environment 'production' by alice, "))
            #expect(pushed.text.contains("(you may approve)"))
            #expect(pushed.text.contains("-----> Waiting for a person; the run goes on when they act"))
            let asked = try scene.requests("GET", "/jobs").count
            #expect(asked > 8 && asked < 40, "\(asked) looks at the jobs in ten minutes")
        }
    }

    @Test func aRunThatWaitsForItsGroupSaysForWhich() async throws {
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [
                State("pending", times: 4), State("in_progress", jobs: ["build": "in_progress:2"]),
                State("success", jobs: ["build": "success"]),
            ])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("waiting for another run of its concurrency group"))
        }
    }

    @Test func aRerunIsFollowedToTheVerdictOfItsNewAttempt() async throws {
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [
                State("in_progress", jobs: ["build": "in_progress:2"], times: 2),
                State("in_progress", jobs: ["build": "in_progress:3"], attempt: 2),
                State("success", jobs: ["build": "success"]),
            ])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> started again, attempt 2"))
        }
    }

    @Test func aDeletedRunIsLostAndNotFailed() async throws {
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [
                State("in_progress", jobs: ["build": "in_progress:2"], times: 2), State("in_progress", deleted: true),
            ])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 5, "\(pushed.text)")
            #expect(pushed.text.contains("its verdict is unknown: the forge no longer has the run"))
        }
    }

    @Test func theTimeoutOfAPushEndsFollowingNotTheRun() async throws {
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [State("in_progress", jobs: ["build": "in_progress:2"], times: 1000), State("success")])
        try await RunScene.play(plans: [plan], time: .real) { scene in
            let pushed = try await scene.push(options: ["timeout=2s"])
            #expect(pushed.status == 9, "\(pushed.text)")
            #expect(pushed.text.contains("; the run goes on   \(scene.double.origin)/"))
        }
    }

    @Test func aQuietPushPrintsNothingOfAGreenRunAndAllOfARedOne() async throws {
        try await RunScene.play(plans: [.over("success"), RunPlans.red]) { scene in
            let green = try await scene.push(["-q", "hephy", "main"])
            #expect(green.status == 0)
            #expect(green.text == "")
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            let red = try await scene.push(["-q", "hephy", "main"])
            #expect(red.status == 1)
            #expect(red.text.hasPrefix("-----> Hephy Build #2 for "), "\(red.text)")
            #expect(red.text.contains("failed in step 'Build it'"))
            #expect(red.text.contains("-----> Failed after "))
        }
    }
}
