import HephyTestSupport
import Testing

/// What scenarios make of runs, logs, faults and names.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct DoubleRunTests {
    typealias Plan = GitHubScenario.Plan
    typealias State = GitHubScenario.State

    /// Pushes the scene's commit and gives the path of the run that it started.
    static func push(_ scene: DoubleScene, to double: GitHubDouble) async throws -> String {
        let git = try double.environment(token: "gho_owner")
        try await scene.work.git("push", "--quiet", double.url("acme/api"), "main", environment: git).check()
        let id = try #require(try double.journal().last { $0.kind == "run" }?.run)
        return "/repos/acme/api/actions/runs/\(id)"
    }

    /// Words of `"status":"x","conclusion":y` of a run after each of so many polls.
    static func states(of run: String, polls: Int, _ double: GitHubDouble) async throws -> [String] {
        var seen: [String] = []
        for _ in 0..<polls {
            _ = try await double.curl(run + "/jobs")
            let body = try await double.curl(run).body
            seen.append(Self.text("status", in: body) + "/" + Self.text("conclusion", in: body))
        }
        return seen
    }

    /// The first value of a key in JSON, without its quotes.
    static func text(_ key: String, in json: String) -> String {
        guard let start = json.firstRange(of: "\"\(key)\":")?.upperBound else { return "" }
        return String(json[start...].prefix { $0 != "," && $0 != "}" }).replacing("\"", with: "")
    }

    struct Course: Sendable {
        var plan: Plan
        var states: [String]
    }

    static let courses: [Course] = [
        Course(
            plan: .green,
            states: [
                "queued/null", "in_progress/null", "in_progress/null", "in_progress/null", "completed/success",
            ]),
        Course(
            plan: Plan(jobs: [.init("a", conclusion: "failure"), .init("b", needs: ["a"])]),
            states: ["queued/null", "in_progress/null", "in_progress/null", "completed/failure"]),
        Course(plan: Plan(conclusion: "startup_failure"), states: ["queued/null", "completed/startup_failure"]),
        Course(
            plan: Plan(timeline: [State("pending", times: 2), State("cancelled")]),
            states: ["pending/null", "pending/null", "completed/cancelled"]),
        Course(
            plan: Plan(
                jobs: [.init("a")],
                timeline: [
                    State("failure", jobs: ["a": "failure"]), State("queued", attempt: 2),
                    State("success", jobs: ["a": "success"]),
                ]),
            states: ["completed/failure", "queued/null", "completed/success"]),
    ]

    @Test(arguments: courses.indices) func aRunAdvancesByPolls(index: Int) async throws {
        let course = Self.courses[index]
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario([course.plan]), in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                #expect(try await Self.states(of: run, polls: course.states.count, double) == course.states)
            }
        }
    }

    @Test func aLateRunAppearsAfterSomeListings() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario([Plan(appearAfterPolls: 2)]), in: fixture) { double in
                _ = try await Self.push(scene, to: double)
                var counts: [String] = []
                for _ in 0..<3 {
                    let body = try await double.curl("/repos/acme/api/actions/runs?head_sha=\(scene.tip)").body
                    counts.append(Self.text("total_count", in: body))
                }
                #expect(counts == ["0", "0", "1"])
            }
        }
    }

    @Test func aSupersededRunIsCancelledWithoutJobsForANewerOne() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            let raw = """
                {"repositories": {"acme/api": {"bare": "\(scene.bare.path)"}},
                 "tokens": {"owner": {"value": "gho_owner"}},
                 "workflows": {"hephy.yml": {"timeline": [{"run": "pending"}, {"run": "cancelled", "spawn": {}}]}}}
                """
            try await GitHubDouble.with(GitHubScenario(json: raw), in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                #expect(try await Self.states(of: run, polls: 2, double) == ["pending/null", "completed/cancelled"])
                #expect(try await double.curl(run + "/jobs").body == #"{"total_count":0,"jobs":[]}"#)
                let started = try double.journal().filter { $0.kind == "run" }
                #expect(started.map(\.sha) == [scene.tip, scene.tip])
            }
        }
    }

    @Test func aConcurrencyGroupCancelsTheRunThatItReplaces() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            let group = "concurrency: { group: '${{ github.ref }}-${{ github.sha }}', cancel-in-progress: true }\njobs:"
            let text = DoubleScene.workflow.replacing("jobs:", with: group)
            try await scene.work.commit([TestCommit([".github/workflows/hephy.yml": .text(text)])])
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                #expect(try await Self.states(of: run, polls: 2, double) == ["queued/null", "in_progress/null"])
                _ = try await double.curl(DoubleAPITests.dispatches, ["-d", #"{"ref":"main"}"#])
                #expect(try await Self.states(of: run, polls: 1, double) == ["completed/cancelled"])
            }
        }
    }

    @Test func anExpiredLogLinkIsRefusedByTheStore() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            let plan = Plan(jobs: [.init("a")], timeline: [State("success", jobs: ["a": "success"])])
            let scenario = scene.scenario([plan], faults: [.init(.expiredLink, path: "*/logs")])
            try await GitHubDouble.with(scenario, in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                let jobs = try await double.curl(run + "/jobs").body
                let logs = "/repos/acme/api/actions/jobs/" + Self.text("id", in: String(jobs.dropFirst(10))) + "/logs"
                for status in [403, 200] {
                    let link = try #require(try await double.curl(logs).header("location"))
                    #expect(try await double.curl(link, credential: false).status == status)
                }
            }
        }
    }

    @Test func anApprovalNamesItsReviewersWhileTheRunWaits() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            let plan = Plan(timeline: [
                State("waiting", approvals: [.init("production", reviewers: ["mona", "team:ops"])]),
                State("success"),
            ])
            try await GitHubDouble.with(scene.scenario([plan]), in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                let waiting = try await double.curl(run + "/pending_deployments").body
                #expect(waiting.contains(#""name":"production""#) && waiting.contains(#""slug":"ops""#))
                _ = try await Self.states(of: run, polls: 2, double)
                #expect(try await double.curl(run + "/pending_deployments").body == "[]")
            }
        }
    }

    @Test func cancellingEndsARunAndIsRefusedAfterwards() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario([.green]), in: fixture) { double in
                let run = try await Self.push(scene, to: double)
                _ = try await double.curl(run + "/jobs")
                #expect(try await double.curl(run + "/cancel", ["-X", "POST"]).status == 202)
                #expect(try await Self.states(of: run, polls: 1, double) == ["completed/cancelled"])
                #expect(try await double.curl(run + "/cancel", ["-X", "POST"]).status == 409)
            }
        }
    }

    @Test func logsLieOnAnotherPortAndACredentialThereFails() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            let plan = Plan(
                jobs: [.init("build", log: .init(generateMegabytes: 4.5, hostile: true, blobMissingTimes: 1))],
                timeline: [State("success", jobs: ["build": "success"])])
            let failures = try await GitHubDouble.failures(
                scene.scenario([plan], expecting: ["bad-signature"]), in: fixture
            ) { double in
                let run = try await Self.push(scene, to: double)
                let job = try #require(
                    try await double.curl(run + "/jobs").body.firstRange(of: "/actions/jobs/")?.upperBound)
                let jobs = try await double.curl(run + "/jobs").body
                let id = jobs[job...].prefix { $0.isNumber }
                let redirect = try await double.curl("/repos/acme/api/actions/jobs/\(id)/logs")
                let link = try #require(redirect.header("location"))
                #expect(redirect.status == 302)
                #expect(link.hasPrefix(double.logOrigin + "/"))
                #expect(try await double.curl(link, credential: false).body.contains("<Code>BlobNotFound</Code>"))
                let whole = try await fixture.run(["curl", "-sS", link]).standardOutput
                #expect(whole.count > 4_700_000)
                #expect(whole.starts(with: [0xEF, 0xBB, 0xBF]))
                #expect(try await double.curl(link + "x", credential: false).status == 403)
                #expect(try await double.curl(link).status == 200)
            }
            #expect(failures.count == 1)
            #expect(failures.first?.hasPrefix("credential-at-log-store:") == true)
        }
    }

    @Test func faultsHitTheRequestsThatTheyName() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            let faults: [GitHubScenario.Fault] = [
                .init(.status, path: "*/runs", nth: 1, status: 502), .init(.reset, path: "*/runs", nth: 1),
                .init(.cut, path: "*/runs", nth: 1), .init(.html200, path: "*/runs", nth: 1),
                .init(.malformedJSON, path: "*/runs", nth: 1), .init(.empty, path: "*/runs", nth: 1),
                .init(.stall, path: "*/runs", nth: 1), .init(.gone, path: "*/runs", nth: 2),
            ]
            try await GitHubDouble.with(scene.scenario(faults: faults), in: fixture) { double in
                var seen: [String] = []
                for _ in 0..<10 {
                    let answer = try await double.curl("/repos/acme/api/actions/runs", ["--max-time", "1"])
                    seen.append("\(answer.exit)/\(answer.status)")
                }
                #expect(
                    seen == [
                        "0/502", "56/0", "18/200", "0/200", "0/200", "0/200", "28/0", "0/200", "56/0", "7/0",
                    ])
            }
        }
    }

    @Test func aTokenWithoutTheWorkflowScopeCannotPushWorkflowFiles() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            var scenario = scene.scenario()
            scenario.tokens = ["gh": .init("gho_plain", scopes: ["repo", "gist"])]
            try await GitHubDouble.with(scenario, in: fixture) { double in
                let git = try double.environment(token: "gho_plain")
                let pushed = try await scene.work.git("push", double.url("acme/api"), "main", environment: git)
                #expect(pushed.status == 1)
                let words = "(refusing to allow an OAuth App to create or update workflow"
                #expect(pushed.errors.contains("! [remote rejected] main -> main \(words) `.github/workflows/"))
                let started = try double.journal().filter { $0.kind == "run" }
                #expect(started.isEmpty)
            }
        }
    }

    @Test func theProxyPlaysGitHubAndItsAPIWithTLS() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            try await GitHubDouble.with(scene.scenario(), in: fixture, tls: true) { double in
                let git = try double.environment(token: nil, proxied: true)
                let refs = try await fixture.run("git", "ls-remote", "https://github.com/acme/api", environment: git)
                #expect(try refs.check().output.contains("\(scene.tip)\trefs/heads/main"))
                let authority = try #require(double.authority)
                let through = ["-x", double.proxy, "--cacert", authority]
                let runs = try await double.curl("https://api.github.com/repos/acme/api/actions/runs", through)
                #expect(runs.body.contains(#""total_count":0"#))
                let direct = try #require(double.secureOrigin)
                let meta = try await double.curl(direct + "/api/v3/meta", ["--cacert", authority])
                #expect(meta.body.contains("installed_version"))
            }
        }
    }

    @Test func aTerminalDeliversControlCToAllOfTheCommand() async throws {
        try await GitFixture.with { fixture in
            let script = "trap 'echo stopped; exit 7' INT; printf 'ready\\n'; while :; do read -r line; done"
            let screen = try await Terminal.run(
                ["sh", "-c", script], keys: [.interrupt(after: "ready")], fixture: fixture)
            #expect(screen.status == 7)
            #expect(screen.text.contains("stopped"))
            #expect(screen.unsent == 0)
        }
    }
}
