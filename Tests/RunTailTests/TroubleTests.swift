import Forge
import RunTail
import Testing

/// What goes wrong between us and the forge.
@Suite struct TroubleTests {
    /// A run of one job that takes thirty seconds.
    private func script() -> TimelineForge.Script {
        var script = TimelineForge.Script()
        script.run["4711"] = [
            (0, Sample.run(.inProgress)), (30, Sample.run(.completed(.success), updated: 30)),
        ]
        script.jobs["4711"] = [
            (0, [Sample.job("1", "plan", .inProgress, 0...0)]),
            (30, [Sample.job("1", "plan", .completed(.success), 0...30)]),
        ]
        return script
    }

    @Test func aFewBadAnswersChangeNothing() async {
        var script = script()
        script.fault = { call, count, _ in
            (call == .run && (2...6).contains(count)) || (call == .jobs && count == 2)
                ? .unavailable(host: "forge.test", detail: "502") : nil
        }
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .succeeded)
        #expect(stage.output.text.contains("no usable answer (forge.test: 502); trying again for 10m00s"))
        #expect(stage.output.text.contains("the forge answers again"))
    }

    @Test func tenMinutesOfSilenceLoseTheRunButDoNotFailIt() async {
        var script = script()
        script.fault = { call, _, now in now > .seconds(10) ? .intercepted(host: "forge.test", detail: "HTML") : nil }
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .lost(reason: "forge.test: HTML"))
        #expect(stage.clock.time > .seconds(610) && stage.clock.time < .seconds(680))
        #expect(
            stage.output.lines.last == "-----> Lost sight of the run, its verdict is unknown: forge.test: HTML"
                + "   https://forge.test/acme/api/runs/4711")
    }

    @Test func aRunThatIsCompletedWithoutAConclusionIsLostAfterTenMinutes() async {
        var script = script()
        script.run["4711"] = [(0, Sample.run(.inProgress)), (30, Sample.run(.unknown("completed"), updated: 30))]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(
            result.verdict == .lost(reason: "the forge calls it completed and does not say how it ended"))
        #expect(stage.clock.time > .seconds(630) && stage.clock.time < .seconds(700))
    }

    @Test func aConclusionThatComesLateIsTheVerdict() async {
        var script = script()
        script.run["4711"] = [
            (0, Sample.run(.unknown("completed"))), (500, Sample.run(.completed(.success), updated: 500)),
        ]
        #expect(await Stage(script).follow(Sample.run(.inProgress)).verdict == .succeeded)
    }

    @Test func aRateLimitIsWaitedOutAndSaid() async {
        var script = script()
        script.fault = { _, _, now in
            now > .seconds(10) && now < .seconds(700)
                ? .rateLimited(host: "forge.test", retryAfter: .seconds(700), resetAt: nil) : nil
        }
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .succeeded)
        #expect(stage.output.text.contains("request limit reached; going on in 11m40s"))
        #expect(
            stage.forge.requests.filter { $0.time > .seconds(10) }.allSatisfy {
                $0.time < .seconds(12) || $0.time > .seconds(700)
            })
    }

    @Test func aSpentLimitIsWaitedOutBeforeTheForgeHasToRefuse() async {
        var script = script()
        script.rate = { now, billed in
            let isSpent = now > .seconds(5) && now < .seconds(900)
            return RateState(
                remaining: isSpent ? 0 : 5000 - billed, limit: 5000, resetAt: 900, serverTime: now.components.seconds)
        }
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .succeeded)
        #expect(stage.forge.requests.count { $0.time > .seconds(7) && $0.time < .seconds(900) } == 0)
        #expect(stage.output.text.contains("request limit reached; going on in 14m"))
    }

    @Test func aTokenThatIsNoLongerTakenEndsTheTail() async {
        var script = script()
        let error = ForgeError.unauthorized(host: "forge.test", detail: "Bad credentials")
        script.fault = { _, _, now in now > .seconds(10) ? error : nil }
        let result = await Stage(script).follow(Sample.run(.inProgress))
        #expect(result.verdict == .credentials(error))
    }

    @Test func aRunThatIsGoneIsLost() async {
        var script = script()
        script.run["4711"] = [(0, Sample.run(.inProgress)), (10, nil)]
        let result = await Stage(script).follow(Sample.run(.inProgress))
        #expect(result.verdict == .lost(reason: "the forge no longer has the run"))
    }

    @Test func theTimeoutEndsTheTailNotTheRun() async {
        var stage = Stage(script())
        stage.options.timeout = .seconds(12)
        let result = await stage.follow(Sample.run(.inProgress))
        #expect(result.verdict == .timedOut)
        #expect(stage.clock.time < .seconds(13))
        #expect(stage.output.lines.last?.hasPrefix("-----> Not followed any longer after 12s; the run goes on") == true)
    }

    @Test func aCancelledTaskDetaches() async {
        let stage = Stage(script())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await stage.follow(Sample.run(.inProgress))
        }
        #expect(await task.value.verdict == .detached)
        #expect(stage.forge.requests.isEmpty)
    }

    @Test func cancellingASleepingTailEndsIt() async {
        let forge = TimelineForge(clock: VirtualClock(), script: script())
        let output = MemoryOutput()
        let tail = RunTail(forge: forge, output: output, clock: ContinuousClock())
        let task = Task { await tail.follow([Sample.run(.inProgress)]) }
        while forge.count(.jobs) == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value.map(\.verdict) == [.detached])
        #expect(output.lines.last?.hasPrefix("----->") == true && !output.text.contains("Lost"))
    }

    @Test func anErrorThatStaysWhileClosingKeepsTheVerdict() async {
        var script = script()
        script.fault = { call, _, now in
            call == .jobs && now > .seconds(28) ? .forbidden(host: "forge.test", detail: "", permission: nil) : nil
        }
        script.run["4711"] = [(0, Sample.run(.inProgress)), (27, Sample.run(.completed(.failure), updated: 27))]
        let result = await Stage(script).follow(Sample.run(.inProgress))
        #expect(result.verdict == .failed)
    }
}
