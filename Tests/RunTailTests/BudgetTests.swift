import Forge
import RunTail
import Synchronization
import Testing

/// DESIGN section 10: at most 25 billed requests in the first minute, 600 in the first hour, and at most 1.2 s (median)
/// from the run's end to the tail's.
@Suite struct BudgetTests {
    /// Three jobs side by side whose steps change every `pace` seconds, until `end`.
    private func busy(until end: Double, pace: Double) -> TimelineForge.Script {
        var script = TimelineForge.Script()
        let last = Int64(end)
        script.run["4711"] = [
            (0, Sample.run(.queued)), (3, Sample.run(.inProgress)),
            (end, Sample.run(.completed(.success), updated: last)),
        ]
        var states: [(from: Double, jobs: [Job])] = [(0, [])]
        var at = 3.0
        var count = 1
        while at < end {
            let steps = (max(1, count - 9)...count).map {
                Sample.step($0, "step \($0)", $0 < count ? .completed(.success) : .inProgress, 3...4)
            }
            states.append((at, (1...3).map { Sample.job("\($0)", "job \($0)", .inProgress, 3...3, steps: steps) }))
            at += pace
            count += 1
        }
        states.append((end, (1...3).map { Sample.job("\($0)", "job \($0)", .completed(.success), 3...last) }))
        script.jobs["4711"] = states
        return script
    }

    private func follow(_ script: TimelineForge.Script, seed: UInt64 = 1, isAnonymous: Bool = false) async -> Stage {
        var stage = Stage(script)
        let random = SeededJitter(seed)
        stage.options.jitter = { random.next() }
        stage.options.isAnonymous = isAnonymous
        let result = await stage.follow(Sample.run(.queued))
        #expect(result.verdict == .succeeded)
        return stage
    }

    private func billed(_ stage: Stage, before seconds: Double) -> Int {
        stage.forge.requests.count { $0.isBilled && $0.time < .seconds(seconds) }
    }

    @Test(arguments: [0.5, 3, 10, 30], [true, false])
    func theFirstMinuteAndHourStayInTheBudget(_ pace: Double, _ knowsETags: Bool) async {
        var script = busy(until: 3700, pace: pace)
        script.knowsETags = knowsETags
        script.rate = { now, billed in
            RateState(remaining: 5000 - billed, limit: 5000, resetAt: 4000, serverTime: now.components.seconds)
        }
        let stage = await follow(script)
        let (minute, hour) = (billed(stage, before: 60), billed(stage, before: 3600))
        #expect(minute <= 25, "\(minute)")
        #expect(hour <= 600, "\(hour)")
        let perMinute = (0..<60).map { m in
            stage.forge.requests.count { $0.time >= .seconds(m * 60) && $0.time < .seconds(m * 60 + 60) }
        }
        #expect((perMinute.max() ?? 0) <= 90)
    }

    @Test func aWholeShortRunStaysInTheBudget() async {
        let stage = await follow(busy(until: 55, pace: 1))
        #expect(billed(stage, before: 60) <= 25)
    }

    @Test func jobsAreSeenThoughTheRunsOwnRecordChangesAtEveryLook() async {
        var script = busy(until: 600, pace: 5)
        let changing = (0..<2400).map { look in
            (from: 3 + Double(look) / 4, run: Optional(Sample.run(.inProgress, updated: Int64(look))))
        }
        script.run["4711"] =
            [(0, Sample.run(.queued))] + changing.filter { $0.from < 600 }
            + [(600, Sample.run(.completed(.success), updated: 600))]
        let stage = await follow(script)
        #expect(billed(stage, before: 60) <= 25)
        let looks = stage.forge.requests.filter { $0.call == .jobs }.map(\.time)
        let gaps = zip(looks, looks.dropFirst()).map { $1 - $0 }
        #expect((gaps.max() ?? .zero) <= .seconds(15), "\(gaps.max() ?? .zero)")
    }

    @Test(arguments: [40.0, 200, 1000], [true, false])
    func theEndIsNoticedSoon(_ length: Double, _ knowsETags: Bool) async {
        var delays: [Double] = []
        for seed in 0..<41 {
            let end = length + Double(seed) * 0.37
            var script = busy(until: end, pace: 4)
            script.knowsETags = knowsETags
            script.rate = { now, billed in
                RateState(remaining: 5000 - billed, limit: 5000, resetAt: 4000, serverTime: now.components.seconds)
            }
            let stage = await follow(script, seed: UInt64(seed))
            let (seconds, attoseconds) = stage.clock.time.components
            delays.append(Double(seconds) + Double(attoseconds) / 1e18 - end)
        }
        let median = delays.sorted()[delays.count / 2]
        #expect(median <= (knowsETags ? 1.2 : 6))
    }

    @Test func withoutATokenTheStateIsAskedForOnceAMinute() async {
        let stage = await follow(busy(until: 3700, pace: 30), isAnonymous: true)
        #expect(stage.forge.requests.count { $0.time < .seconds(3600) } <= 58)
    }

    @Test func aLimitOfSixtyMeansThatThereIsNoToken() async {
        var script = busy(until: 1700, pace: 30)
        script.knowsETags = false
        script.rate = { now, billed in
            RateState(remaining: 60 - billed, limit: 60, resetAt: 3600, serverTime: now.components.seconds)
        }
        let stage = await follow(script)
        #expect(stage.forge.requests.count < 32)
    }

    @Test func aLimitThatRunsLowIsStretched() async {
        var script = busy(until: 1700, pace: 2)
        script.rate = { now, billed in
            RateState(remaining: max(0, 60 - billed), limit: 5000, resetAt: 1800, serverTime: now.components.seconds)
        }
        let stage = await follow(script)
        #expect(stage.forge.requests.count { $0.isBilled } < 60)
        #expect(!stage.output.text.contains("request limit reached"))
    }
}

private final class SeededJitter: Sendable {
    private let state: Mutex<SplitMix>

    init(_ seed: UInt64) { state = Mutex(SplitMix(state: seed)) }

    func next() -> Double { state.withLock { Double.random(in: -1...1, using: &$0) } }
}
