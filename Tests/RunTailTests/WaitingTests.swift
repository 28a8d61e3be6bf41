import Forge
import RunTail
import Testing

/// Runs that wait, are replaced, start again, or come several at once.
@Suite struct WaitingTests {
    @Test func anApprovalIsNamedAndAfterTenMinutesLeft() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, Sample.run(.inProgress)), (5, Sample.run(.waiting))]
        let build = Sample.job("1", "build", .completed(.success), 0...4)
        script.jobs["4711"] = [
            (0, [Sample.job("1", "build", .inProgress, 0...0)]),
            (5, [build, Sample.job("2", "deploy", .waiting, runner: nil)]),
        ]
        script.approvals = [
            PendingApproval(
                environment: "production", reviewers: ["alice", "ops"], mayApprove: true, url: "https://forge.test/e")
        ]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .waitingForPerson)
        #expect(
            stage.output.lines.contains(
                "       waiting for approval of environment 'production' by alice, ops (you may approve)"
                    + "   https://forge.test/e"))
        #expect(stage.forge.count(.approvals) == 1)
        #expect(stage.clock.time > .seconds(600) && stage.clock.time < .seconds(680))
    }

    @Test func anApprovalThatIsGivenLetsTheTailGoOn() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [
            (0, Sample.run(.waiting)), (100, Sample.run(.inProgress)),
            (150, Sample.run(.completed(.success), updated: 150)),
        ]
        script.jobs["4711"] = [
            (0, [Sample.job("2", "deploy", .waiting, runner: nil)]),
            (100, [Sample.job("2", "deploy", .inProgress, 100...100)]),
            (150, [Sample.job("2", "deploy", .completed(.success), 100...149)]),
        ]
        script.approvals = []
        let stage = Stage(script)
        #expect(await stage.follow(Sample.run(.waiting)).verdict == .succeeded)
        #expect(stage.output.lines.contains("       waiting for approval   https://forge.test/acme/api/runs/4711"))
    }

    @Test func aRunBehindAnotherSaysBehindWhich() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, Sample.run(.pending)), (40, Sample.run(.completed(.success), updated: 40))]
        script.jobs["4711"] = [(0, []), (40, [Sample.job("1", "build", .completed(.success), 1...2)])]
        script.lists = [(0, [Sample.run(.pending), Sample.run(.inProgress, id: "4700", number: 41)])]
        let stage = Stage(script)
        #expect(await stage.follow(Sample.run(.pending)).verdict == .succeeded)
        #expect(stage.output.lines.contains("       waiting for #41   https://forge.test/acme/api/runs/4700"))
        #expect(stage.forge.count(.runs) == 1)
    }

    @Test func aMissingRunnerIsNamedByItsLabels() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, Sample.run(.queued)), (200, Sample.run(.completed(.success), updated: 200))]
        script.jobs["4711"] = [
            (0, [Sample.job("1", "build", .queued, labels: ["self-hosted", "arm64"], runner: nil)]),
            (200, [Sample.job("1", "build", .completed(.success), 190...199)]),
        ]
        let stage = Stage(script)
        _ = await stage.follow(Sample.run(.queued))
        let line = "       waiting for a runner with labels [self-hosted, arm64]: build   https://forge.test/job/1"
        #expect(stage.output.lines.count { $0 == line } == 1)
        #expect(stage.output.lines.contains { $0.hasPrefix("       still queued  ") })
        #expect(stage.output.lines.contains { $0.hasPrefix("       still waiting for a runner with labels ") })
    }

    @Test func aNewerRunSupersedes() async {
        let newer = Sample.run(.inProgress, id: "4712", number: 43)
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [Sample.job("1", "build", .completed(.cancelled), 0...1)])]
        script.lists = [
            (0, [newer, Sample.run(.completed(.cancelled)), Sample.run(.completed(.success), id: "1", number: 41)])
        ]
        script.logs["1"] = [.notYet]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.completed(.cancelled), updated: 2))
        #expect(result.verdict == .superseded(by: newer))
        #expect(stage.output.lines.last == "-----> Superseded by #43   https://forge.test/acme/api/runs/4712")
    }

    @Test func aRunCancelledBeforeAnyJobIsSuperseded() async {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [])]
        script.lists = [(0, [])]
        let result = await Stage(script).follow(Sample.run(.completed(.cancelled), updated: 2))
        #expect(result.verdict == .superseded(by: nil))
    }

    @Test func aNewAttemptIsAnnouncedAndFollowed() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [
            (0, Sample.run(.inProgress)), (10, Sample.run(.queued, attempt: 2)),
            (20, Sample.run(.inProgress, attempt: 2)),
            (40, Sample.run(.completed(.success), attempt: 2, started: 10, updated: 40)),
        ]
        script.jobs["4711"] = [(0, [Sample.job("1", "build", .inProgress, 0...0)])]
        script.jobs["4711/2"] = [
            (0, [Sample.job("9", "build", .inProgress, 20...20)]),
            (40, [Sample.job("9", "build", .completed(.success), 20...39)]),
        ]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .succeeded && result.run.attempt == 2)
        #expect(
            stage.output.lines.dropFirst().filter { !$0.contains("still") } == [
                "-----> build", "-----> started again, attempt 2", "-----> build", "-----> build  19s",
                "-----> Done in 30s",
            ])
    }

    @Test func severalRunsGetAPrefixEach() async {
        var script = TimelineForge.Script()
        let names = [("1", "CI"), ("2", "Lint"), ("3", "Lint")]
        func run(_ id: String, _ name: String, _ state: RunState) -> Run {
            Sample.run(state, id: id, number: 40 + (Int(id) ?? 0), name: name, updated: 20)
        }
        for (id, name) in names {
            script.run[id] = [
                (0, run(id, name, .inProgress)), (20, run(id, name, .completed(id == "2" ? .failure : .success))),
            ]
            script.jobs[id] = [
                (0, [Sample.job("j\(id)", "test", .inProgress, 0...0)]),
                (20, [Sample.job("j\(id)", "test", .completed(id == "2" ? .failure : .success), 0...19)]),
            ]
        }
        script.logs["j2"] = [.whole("boom\n")]
        let stage = Stage(script)
        let results = await stage.follow(names.map { run($0.0, $0.1, .inProgress) })
        #expect(results.map(\.verdict) == [.succeeded, .failed, .succeeded])
        let lines = stage.output.lines
        #expect(lines.contains("-----> CI / test") && lines.contains("-----> CI: done in 20s"))
        #expect(lines.contains("       Lint #42 / test | boom"))
        #expect(lines.contains { $0.hasPrefix("-----> Lint #42: failed after 20s: test   https://") })
    }

    @Test func aTerminalGetsAStatusLineAndNoSignsOfLife() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [(0, Sample.run(.inProgress)), (90, Sample.run(.completed(.success), updated: 90))]
        let step = Sample.step(2, "ko build", .inProgress, 0...0)
        script.jobs["4711"] = [
            (0, [Sample.job("1", "build", .inProgress, 0...0, steps: [step])]),
            (90, [Sample.job("1", "build", .completed(.success), 0...89)]),
        ]
        let terminal = Stage(script, output: MemoryOutput(usesColor: true, showsStatus: true))
        _ = await terminal.follow(Sample.run(.inProgress))
        #expect(terminal.output.statuses.contains("       running: build | ko build  30s"))
        #expect(terminal.output.statuses.last == .some(nil))
        #expect(!terminal.output.text.contains("still"))
        #expect(terminal.output.lines.last == "\u{1b}[32m-----> Done in 1m30s\u{1b}[0m")
        let pipe = Stage(script)
        _ = await pipe.follow(Sample.run(.inProgress))
        #expect(pipe.output.lines.count { $0.hasPrefix("       still running: build | ko build  ") } == 3)
        #expect(pipe.output.statuses.isEmpty)
    }
}
