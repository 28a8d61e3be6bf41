import Forge
import RunTail
import Synchronization
import Testing

/// Time that passed while nobody was there does not count.
struct AwakeClockTests {
    /// A clock whose sleeps end at once, and which once jumps on in the middle of one.
    private final class JumpingClock: Clock {
        struct Instant: InstantProtocol {
            var offset: Duration
            func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            func duration(to other: Instant) -> Duration { other.offset - offset }
            static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
        }

        private struct State {
            var now: Duration = .zero
            var jump: (at: Duration, by: Duration)?
        }

        private let state: Mutex<State>
        let minimumResolution: Duration = .nanoseconds(1)
        var now: Instant { Instant(offset: state.withLock { $0.now }) }

        init(at moment: Duration, jumpingBy gap: Duration) {
            state = Mutex(State(jump: (moment, gap)))
        }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            try Task.checkCancellation()
            state.withLock { state in
                state.now = max(state.now, deadline.offset)
                guard let jump = state.jump, state.now >= jump.at else { return }
                state.now += jump.by
                state.jump = nil
            }
        }
    }

    @Test func aNightDoesNotUseUpAMinute() async throws {
        let clock = AwakeClock(base: JumpingClock(at: .seconds(10), jumpingBy: .seconds(8 * 3600)))
        let start = clock.now
        try await clock.sleep(until: start.advanced(by: .seconds(60)), tolerance: nil)
        #expect(start.duration(to: clock.now) == .seconds(60))
    }

    @Test func aBusyMachineIsNoSleepingOne() async throws {
        let clock = AwakeClock(base: JumpingClock(at: .seconds(10), jumpingBy: .seconds(2)))
        let start = clock.now
        try await clock.sleep(until: start.advanced(by: .seconds(60)), tolerance: nil)
        #expect(start.duration(to: clock.now) == .seconds(60))
        try await clock.sleep(until: start.advanced(by: .seconds(11)), tolerance: nil)
        #expect(start.duration(to: clock.now) == .seconds(60))
    }

    /// A forge that is away when the machine falls asleep, and back some minutes after it wakes.
    @Test func anOutageThatBeganBeforeTheNightIsNotTakenForOneOfHours() async {
        let base = JumpingClock(at: .seconds(100), jumpingBy: .seconds(8 * 3600))
        let clock = AwakeClock(base: base)
        let start = clock.now
        let forge = AwayForge(from: .seconds(60), until: .seconds(400)) { start.duration(to: clock.now) }
        let output = MemoryOutput()
        var options = TailOptions()
        options.jitter = { 0 }
        options.timeout = .seconds(3600)
        let tail = RunTail(forge: forge, output: output, clock: clock, options: options)
        let results = await tail.follow([Sample.run(.inProgress)])
        #expect(results.first?.verdict == .succeeded, "\(output.text)")
        #expect(output.lines.contains("       the forge answers again"))
        #expect(start.duration(to: clock.now) < .seconds(500))
    }

    /// A run that succeeds when the forge is back.
    private struct AwayForge: Forge {
        let product = "Away"
        let hasLiveLogs = false
        let isThisMachine = false
        let from: Duration
        let until: Duration
        let now: @Sendable () -> Duration

        init(from: Duration, until: Duration, now: @escaping @Sendable () -> Duration) {
            self.from = from
            self.until = until
            self.now = now
        }

        private func check() throws(ForgeError) {
            if now() >= from, now() < until { throw .unavailable(host: "forge.test", detail: "no route to host") }
        }

        func runs(matching query: RunQuery) throws(ForgeError) -> [Run] { [] }
        func dispatch(_ dispatch: Dispatch) throws(ForgeError) -> DispatchAnswer { throw .cancelled }
        func run(_ id: String) throws(ForgeError) -> Run {
            try check()
            return Sample.run(now() < until ? .inProgress : .completed(.success), updated: 9)
        }
        func jobs(of run: Run) throws(ForgeError) -> [Job] {
            try check()
            return [Sample.job("1", "build", run.state, 0...9)]
        }
        func log(
            of job: Job, in run: Run, from offset: Int, receive: @escaping @Sendable ([UInt8]) -> Bool
        ) throws(ForgeError) -> LogAnswer { .complete }
        func logDecoder(for job: Job) -> any LogDecoder { StampedDecoder() }
        func annotations(of job: Job, in run: Run) throws(ForgeError) -> [Annotation] { [] }
        func pendingApprovals(of run: Run) throws(ForgeError) -> [PendingApproval] { [] }
        func cancel(_ run: Run) throws(ForgeError) {}
        func rights() throws(ForgeError) -> TokenRights? { nil }
        func rateState() -> RateState? { nil }
        func serverTime() -> Int64? { nil }
    }
}
