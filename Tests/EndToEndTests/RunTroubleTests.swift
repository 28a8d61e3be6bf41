import HephyTestSupport
import Testing

/// A forge that stutters, limits, or goes away while its run is followed.
@Suite(.timeLimit(.minutes(1)))
struct RunTroubleTests {
    typealias Fault = GitHubScenario.Fault

    struct Trouble: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var faults: [Fault]
        var time = RunScene.Time.virtual
        var says: String?
    }

    @Test(arguments: [
        Trouble(
            testDescription: "502 while looking for the run",
            faults: [Fault(.status, path: "*/hephy.yml/runs", nth: 1, count: 3, status: 502)]),
        Trouble(
            testDescription: "502 while following",
            faults: [Fault(.status, path: "*/jobs", nth: 2, count: 3, status: 502)],
            says: "no usable answer"),
        Trouble(
            testDescription: "503 and 504 for the run itself",
            faults: [
                Fault(.status, path: "*/actions/runs/*1", method: "GET", count: 1, status: 503),
                Fault(.status, path: "*/actions/runs/*1", method: "GET", count: 1, status: 504),
            ]),
        Trouble(testDescription: "resets", faults: [Fault(.reset, path: "*/jobs", nth: 2, count: 2)]),
        Trouble(
            testDescription: "truncated answers",
            faults: [Fault(.cut, path: "*/jobs", nth: 2, count: 2, afterBytes: 40)]),
        Trouble(testDescription: "malformed JSON", faults: [Fault(.malformedJSON, path: "*/jobs", nth: 2, count: 2)]),
        Trouble(testDescription: "empty answers", faults: [Fault(.empty, path: "*/jobs", nth: 2, count: 2)]),
        Trouble(
            testDescription: "a proxy's page", faults: [Fault(.html200, path: "*/jobs", nth: 2, count: 4)],
            says: "no usable answer"),
        Trouble(
            testDescription: "404 for a moment",
            faults: [Fault(.status, path: "*/jobs", nth: 2, count: 1, status: 404, body: "{\"message\":\"Not Found\"}")]
        ),
        Trouble(
            testDescription: "a secondary limit with its pause",
            faults: [Fault(.secondaryLimit, path: "*/jobs", nth: 2, status: 403, retryAfter: 2)], time: .real),
        Trouble(
            testDescription: "429 with its pause",
            faults: [Fault(.secondaryLimit, path: "*/jobs", nth: 2, status: 429, retryAfter: 2)], time: .real),
        Trouble(
            testDescription: "a secondary limit that names no pause",
            faults: [Fault(.secondaryLimit, path: "*/jobs", nth: 2, status: 403)],
            says: "request limit reached; going on in 1m"),
        Trouble(
            testDescription: "the primary limit until its reset",
            faults: [Fault(.rateLimit, path: "*/jobs", nth: 2, resetInSeconds: 2)], time: .real),
    ])
    func aForgeInTroubleIsAskedAgain(_ trouble: Trouble) async throws {
        let plan =
            trouble.time == .real
            ? GitHubScenario.Plan(
                jobs: [.init("build", steps: RunPlans.steps)],
                timeline: [
                    .init("in_progress", jobs: ["build": "in_progress:2"]),
                    .init("success", jobs: ["build": "success"]),
                ])
            : RunPlans.threeJobs
        try await RunScene.play(plans: [plan], time: trouble.time, change: { $0.faults = trouble.faults }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
            if let says = trouble.says { #expect(pushed.text.contains(says), "\(pushed.text)") }
        }
    }

    @Test func aForgeThatGoesAwayForGoodLeavesTheVerdictUnknown() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs], change: { $0.faults = [Fault(.gone, path: "*/jobs", nth: 3)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 5, "\(pushed.text)")
            #expect(pushed.text.contains("trying again for 10m"))
            #expect(pushed.text.contains("-----> Lost sight of the run, its verdict is unknown: "))
            #expect(!pushed.text.contains("-----> Failed"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aForgeThatIsAwayBeforeThePushDoesNotHinderIt() async throws {
        try await RunScene.play(
            plans: [.over("success")],
            change: { $0.faults = [Fault(.status, path: "/api/v3/meta", nth: 1, count: 1, status: 502)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(try await scene.hasLanded())
            #expect(pushed.text.contains("main -> main"))
            #expect(pushed.status == 0, "\(pushed.text)")
        }
    }

    @Test func theFirstMinuteOfARunOfThreeJobsCostsAtMostTwentyFiveRequests() async throws {
        // A state a look: every answer is new, and so billed.
        let jobs = ["plan", "build", "deploy"].map { GitHubScenario.Job($0, steps: (1...40).map { "step \($0)" }) }
        let timeline = (1...40).map { step in
            GitHubScenario.State(
                "in_progress",
                jobs: ["plan": "in_progress:\(step)", "build": "in_progress:\(step)", "deploy": "in_progress:\(step)"])
        }
        let plan = GitHubScenario.Plan(jobs: jobs, timeline: timeline + [.init("success")])
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push(options: ["timeout=60s"])
            #expect(pushed.status == 9, "\(pushed.text)")
            let following = try scene.requests().filter { request in
                let path = request.path ?? ""
                return path.contains("/actions/runs/") && request.billed == true
            }
            #expect(following.count <= 25, "\(following.count) billed requests")
            #expect(following.count >= 10)
        }
    }
}
