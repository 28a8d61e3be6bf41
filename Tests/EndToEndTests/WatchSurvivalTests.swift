import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What `hephy watch` goes through on a laptop: servers out of reach, connections that break, and sleep.
@Suite(.timeLimit(.minutes(2)))
struct WatchSurvivalTests {
    typealias State = GitLabScenario.State

    /// Five hundred lines, which come in four parts while the job runs.
    private static let lines = (1...500).map { "line \($0) of five hundred" }

    private static func growing() -> GitLabScenario.Plan {
        GitLabScenario.Plan(
            jobs: [.init("build", log: .init(lines: lines))],
            timeline: [
                State("running", jobs: ["build": "running:20"], times: 3),
                State("running", jobs: ["build": "running:50"], times: 3),
                State("running", jobs: ["build": "running:80"], times: 3),
                State("success", jobs: ["build": "success"]),
            ])
    }

    private static func shown(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.contains(" of five hundred") }.map { line in
            String(line.drop { $0 == " " })
        }
    }

    @Test func aServerThatGoesAwayInTheMiddleOfALogCostsNoLineAndRepeatsNone() async throws {
        let faults: [GitLabScenario.Fault] = [
            .init(.cut, path: "*/trace*", nth: 2, count: 1, afterBytes: 1500),
            // Then nobody answers for a while.
            .init(.reset, path: "/api/*", method: "GET", nth: 20, count: 6),
            .init(.cut, path: "*/trace*", nth: 4, count: 2, afterBytes: 700),
        ]
        try await PipelineScene.play(plans: [Self.growing()], change: { $0.faults = faults }) { scene in
            let pushed = try await scene.push(options: ["timeout=1s", "logs=none"])
            #expect(pushed.status == 9, "\(pushed.text)")
            let watched = try await scene.fixture.run(
                ["\(GitFixture.builtPrograms)/hephy-virtual-helper", "watch"], in: scene.work.path,
                environment: scene.environment("glpat-owner", ["HEPHY_LOGS": "all"]))
            #expect(watched.status == 0, "\(watched)")
            #expect(Self.shown(watched.errors) == Self.lines, "\(watched)")
            #expect(watched.errors.contains("-----> Done in "))
        }
    }

    /// The time of a stop is what this is about, so it has to pass: longer than all that the watch may take awake.
    @Test(.enabled(if: Processes.areKnown)) func aSleepIsNoTimeThatCounts() async throws {
        let plan = GitHubScenario.Plan(
            jobs: [.init("build", steps: RunPlans.steps, log: .init(lines: Self.lines))],
            timeline: [
                .init("in_progress", jobs: ["build": "in_progress:3"], times: 2),
                .init("success", jobs: ["build": "success"]),
            ])
        try await RunScene.play(plans: [plan], time: .real) { scene in
            #expect(try await scene.push(options: ["timeout=1s", "logs=none"]).status == 9)
            let looks = try scene.requests("GET", "/jobs").count
            async let watching = scene.hephy("watch", "--timeout", "20s", "--logs", "all")
            let processes = Processes(fixture: scene.fixture)
            let watch = try await processes.appearance(of: "hephy watch")
            _ = try await eventually("a look at the run") {
                try scene.requests("GET", "/jobs").count > looks ? true : nil
            }
            kill(watch.id, SIGSTOP)
            try await scene.fixture.run("sleep", "22").check()
            kill(watch.id, SIGCONT)
            let watched = try await watching
            #expect(watched.status == 0, "\(watched)")
            #expect(Self.shown(watched.errors) == Self.lines)
        }
    }

    @Test func aTerminalGetsASummaryOfTheJobs() async throws {
        try await RunScene.play(plans: [RunPlans.red]) { scene in
            #expect(try await scene.push().status == 1)
            let screen = try await Terminal.run(
                ["\(GitFixture.builtPrograms)/hephy", "watch"], in: scene.work.path,
                environment: scene.environment("gho_owner", ["TERM": "xterm"]), fixture: scene.fixture)
            #expect(screen.status == 1, "\(screen.text)")
            let plain = screen.lines.map { line in
                line.replacing("\u{1b}[31m", with: "").replacing("\u{1b}[0m", with: "")
            }
            let start = try #require(
                plain.firstIndex { $0.hasSuffix("       plan   3s     succeeded") }, "\(screen.text)")
            #expect(plain[start + 1].contains("       build  "), "\(screen.text)")
            #expect(plain[start + 1].hasSuffix("failed"), "\(screen.text)")
            #expect(plain[start + 2].contains("-----> Failed after "), "\(screen.text)")
            let piped = try await scene.hephy("watch")
            #expect(!piped.errors.contains("       plan   "), "\(piped)")
        }
    }
}
