import HephyTestSupport
import Testing

/// What goes wrong while a pipeline is followed.
@Suite(.timeLimit(.minutes(1)))
struct GitLabTroubleTests {
    private static let long = GitLabScenario.Plan(
        jobs: [.init("build", stage: "build")],
        timeline: [
            .init("pending", jobs: ["build": "pending"]), .init(jobs: ["build": "running"], times: 20),
            .init("success", jobs: ["build": "success"]),
        ])

    @Test(arguments: [
        GitLabScenario.Fault(.status, path: "*/pipelines/*", nth: 3, count: 5, status: 502),
        .init(.reset, path: "*/pipelines/*", nth: 3, count: 2),
        .init(.malformedJSON, path: "*/pipelines/*/jobs", nth: 2, count: 2),
        .init(.html200, path: "*/pipelines/*/jobs", nth: 2, count: 2),
        .init(.empty, path: "*/pipelines/*/jobs", nth: 2, count: 2),
        .init(.cut, path: "*/pipelines/*/jobs", nth: 2, count: 2, afterBytes: 100),
        .init(.status, path: "*/pipelines", method: "GET", nth: 2, count: 2, status: 500),
    ])
    func whatPassesIsWaitedFor(_ fault: GitLabScenario.Fault) async throws {
        try await PipelineScene.play(plans: [Self.long], change: { $0.faults = [fault] }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func aLimitIsWaitedForAsLongAsItSays() async throws {
        try await PipelineScene.play(
            plans: [Self.long], time: .real,
            change: { scenario in
                scenario.faults = [.init(.retryLater, path: "*/pipelines/*/jobs", nth: 2, retryAfter: 2)]
            }
        ) { scene in
            let pushed = try await scene.push(options: ["timeout=20s"])
            #expect([0, 9].contains(pushed.status), "\(pushed.text)")
        }
    }

    @Test func aServerThatStaysAwayLeavesTheVerdictOpen() async throws {
        try await PipelineScene.play(
            plans: [Self.long],
            change: { scenario in
                scenario.faults = [.init(.gone, path: "*/pipelines/*/jobs", nth: 3)]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 5)
            #expect(pushed.text.contains("its verdict is unknown"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aPipelineThatIsDeletedIsLost() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build")],
            timeline: [.init("running", jobs: ["build": "running"], times: 3), .init(deleted: true)])
        try await PipelineScene.play(
            plans: [plan], change: { $0.expectedRefusals = [.init("no-such-job", optional: true)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 5)
        }
    }

    @Test func aTokenThatExpiresIsSaid() async throws {
        try await PipelineScene.play(
            plans: [Self.long],
            change: { scenario in
                scenario.tokens = ["owner": .init("glpat-owner", goodFor: 12)]
                scenario.expectedRefusals = [.init("expired-token")]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 4)
            #expect(pushed.text.contains("Token is expired"), "\(pushed.text)")
        }
    }

    @Test func aHostileLogCannotTouchTheTerminal() async throws {
        let plan = GitLabScenario.Plan(jobs: [
            .init("build", stage: "build", log: .init(generateMegabytes: 1, hostile: true))
        ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.text.utf8.count > 400 << 10)
            let strange = pushed.text.unicodeScalars.filter {
                $0.value < 0x20 && $0 != "\n" && $0 != "\t" && $0 != "\r" || (0x7f..<0xa0).contains($0.value)
                    || (0x202a...0x202e).contains($0.value)
            }
            #expect(strange.isEmpty)
            #expect(!pushed.text.split(separator: "\n").contains { $0.hasPrefix("-----> forged") })
        }
    }

    @Test func ctrlCDetachesAndWatchAndCancelComeBack() async throws {
        let endless = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build")],
            timeline: [.init("running", jobs: ["build": "running"], times: 100_000)], cancelTakesPolls: 2)
        try await PipelineScene.play(plans: [endless], time: .real) { scene in
            let environment = try scene.environment("glpat-owner")
            let screen = try await Terminal.run(
                ["git", "push", "hephy", "main"], in: scene.work.path, keys: [.interrupt(after: "Hephy Build #")],
                environment: environment, fixture: scene.fixture)
            #expect(screen.text.contains("detached; the run goes on: 'hephy watch' comes back to it"), "\(screen.text)")
            let cancelled = try await scene.hephy("cancel")
            #expect(cancelled.status == 0, "\(cancelled)")
            let watched = try await scene.watchAtOnce()
            #expect(watched.status == 7, "\(watched)")
            #expect(watched.errors.contains("-----> Cancelled after "))
        }
    }

    @Test func aPipelineIsFoundAgainByItsCommit() async throws {
        try await PipelineScene.play { scene in
            #expect(try await scene.push().status == 0)
            let watched = try await scene.watchAtOnce("HEAD")
            #expect(watched.status == 0, "\(watched)")
            #expect(watched.errors.contains("-----> Hephy Build #1500000101"))
        }
    }
}
