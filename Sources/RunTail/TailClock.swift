/// The injected clock, measured from the moment it was taken up.
struct TailClock: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let rest: @Sendable (Duration) async throws -> Void

    init(_ clock: some Clock<Duration>) {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        rest = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    var now: Duration { elapsed() }

    /// Returns false when the task was cancelled meanwhile.
    func sleep(for duration: Duration) async -> Bool {
        do {
            try await rest(max(duration, .zero))
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}
