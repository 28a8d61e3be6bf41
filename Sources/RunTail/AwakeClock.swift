import Synchronization

/// The time that this machine is awake and this program runs.
///
/// What a closed laptop sleeps, and what a stopped program (Ctrl-Z) misses, does not count: a patience of ten minutes is not
/// used up by a night. The machine's sleep is what `SuspendingClock` leaves out by itself; a stop shows in a wait that
/// took longer than it should.
package final class AwakeClock<Base: Clock<Duration>>: Clock, Sendable {
    package struct Instant: InstantProtocol {
        fileprivate var offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }

    /// How long is waited at once.
    private static var slice: Duration { .seconds(1) }
    /// Waits that are longer than they should by more than this are a stop; by less, a busy machine.
    private static var tolerance: Duration { .seconds(3) }

    private let base: Base
    private let origin: Base.Instant
    private let missed = Mutex<Duration>(.zero)

    package init(base: Base) {
        self.base = base
        origin = base.now
    }

    package var now: Instant { Instant(offset: origin.duration(to: base.now) - missed.withLock { $0 }) }
    package var minimumResolution: Duration { base.minimumResolution }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while true {
            let left = now.duration(to: deadline)
            guard left > .zero else { return try Task.checkCancellation() }
            let start = base.now
            let end = start.advanced(by: min(left, Self.slice))
            try await base.sleep(until: end, tolerance: tolerance)
            let excess = end.duration(to: base.now)
            if excess > Self.tolerance { missed.withLock { $0 += excess } }
        }
    }
}

extension AwakeClock where Base == SuspendingClock {
    package convenience init() {
        self.init(base: SuspendingClock())
    }
}
