import Synchronization

/// The time that this machine is awake and this program runs.
///
/// What a closed laptop sleeps, and what a stopped program (Ctrl-Z) misses, does not count: a patience of ten minutes is not
/// used up by a night. The machine's sleep is what `SuspendingClock` leaves out by itself; a stop shows while somebody
/// waits, as nobody then looks at the clock for longer than a moment.
package final class AwakeClock<Base: Clock<Duration>>: Clock, Sendable {
    package struct Instant: InstantProtocol {
        fileprivate var offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    private struct State {
        /// How many wait now; while there are any, somebody looks at the clock at least once a slice.
        var sleepers = 0
        var lastSeen: Base.Instant
        var missed: Duration = .zero

        /// Takes note that it is `now`.
        mutating func look(at now: Base.Instant) {
            let gap = lastSeen.duration(to: now)
            if sleepers > 0, gap > AwakeClock.slice + AwakeClock.tolerance { missed += gap - AwakeClock.slice }
            lastSeen = max(lastSeen, now)
        }
    }

    /// How long is waited at once.
    private static var slice: Duration { .seconds(1) }
    /// Gaps that are longer than they should by more than this are a stop; by less, a busy machine.
    private static var tolerance: Duration { .seconds(3) }

    private let base: Base
    private let origin: Base.Instant
    private let state: Mutex<State>

    package init(base: Base) {
        self.base = base
        origin = base.now
        state = Mutex(State(lastSeen: origin))
    }

    package var now: Instant {
        state.withLock { state in
            let now = base.now
            state.look(at: now)
            return Instant(offset: origin.duration(to: now) - state.missed)
        }
    }

    package var minimumResolution: Duration { base.minimumResolution }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        state.withLock { state in
            state.look(at: base.now)
            state.sleepers += 1
        }
        defer { state.withLock { $0.sleepers -= 1 } }
        while true {
            let left = now.duration(to: deadline)
            guard left > .zero else { return try Task.checkCancellation() }
            try await base.sleep(until: base.now.advanced(by: min(left, Self.slice)), tolerance: tolerance)
        }
    }
}

/// A clock that notices what it missed only while somebody waits for it.
protocol WatchedClock: Sendable {
    /// Waits, so that nothing is missed, until the task is cancelled.
    func keepWatch() async
}

extension AwakeClock: WatchedClock where Base == SuspendingClock {
    func keepWatch() async {
        while !Task.isCancelled { try? await sleep(until: now.advanced(by: .seconds(3600)), tolerance: nil) }
    }
}

extension AwakeClock where Base == SuspendingClock {
    package convenience init() {
        self.init(base: SuspendingClock())
    }
}
