import Forge

/// How long to wait between two looks at the same thing.
///
/// Where unchanged answers cost nothing (`If-None-Match`), the run itself is asked often, for its end to be noticed at
/// once, and only ``RequestBudget`` limits what is billed. Elsewhere one look at the jobs tells most, at the intervals
/// that keep a busy hour below 600 requests.
struct Cadence {
    enum Mode: Equatable {
        /// Jobs run.
        case running
        /// All known jobs are finished or about to be: the run's end is near.
        case settling
        case queued
        /// Waits for a person, a rule, or another run.
        case held
    }

    /// GitHub's limit an hour for requests without a token; a forge that tells such a limit knows no token of ours.
    static let anonymousLimit = 60

    private static let anonymousPause: Duration = .seconds(70)
    private static let pauseHere: Duration = .milliseconds(200)

    var isAnonymous = false
    /// Whether a look is no more than reading a file.
    var isThisMachine = false
    /// The shortest pause that the forge is to be asked at.
    var leastPause: Duration = .zero
    /// Whether the forge bills nothing for unchanged answers.
    var unchangedIsFree = true

    /// How long after one look at the run the next is due; `age` is how long it has been in `mode`.
    func runPause(_ mode: Mode, age: Duration) -> Duration {
        max(usualRunPause(mode, age: age), leastPause)
    }

    func jobsPause(_ mode: Mode, age: Duration) -> Duration {
        max(usualJobsPause(mode, age: age), leastPause)
    }

    private func usualRunPause(_ mode: Mode, age: Duration) -> Duration {
        if isThisMachine { return Self.pauseHere }
        if isAnonymous { return Self.anonymousRunPause(mode) }
        switch mode {
        case .settling:
            if age < .seconds(10) { return .milliseconds(700) }
            return age < .seconds(60) ? .milliseconds(1500) : .seconds(5)
        case .running:
            guard unchangedIsFree else { return .seconds(15) }
            return Self.step(age, [(300, 1.5), (1800, 2), (3600, 3)], then: 5)
        case .queued:
            return Self.step(age, [(60, unchangedIsFree ? 2 : 3), (600, unchangedIsFree ? 3 : 10)], then: 10)
        case .held:
            return Self.step(age, [(60, 15), (180, 30)], then: 60)
        }
    }

    private func usualJobsPause(_ mode: Mode, age: Duration) -> Duration {
        if isThisMachine { return Self.pauseHere }
        if isAnonymous { return mode == .running || mode == .settling ? Self.anonymousPause : .seconds(600) }
        switch mode {
        case .running:
            return unchangedIsFree
                ? Self.step(age, [(300, 2.5), (1800, 5)], then: 10)
                : Self.step(age, [(60, 3), (300, 5), (1800, 10)], then: 20)
        case .settling: return .seconds(3)
        case .queued: return Self.step(age, [(60, 3)], then: 10)
        case .held: return Self.step(age, [(60, 15), (180, 30)], then: 60)
        }
    }

    /// About once a minute one of the two is asked: the jobs while they run, else the run.
    private static func anonymousRunPause(_ mode: Mode) -> Duration {
        switch mode {
        case .running: .seconds(600)
        case .settling: .seconds(30)
        case .queued, .held: anonymousPause
        }
    }

    /// The pause that makes what is left of the limit last, where less than a fifth of it is.
    static func pause(for rate: RateState?) -> Duration {
        guard let rate, rate.limit > 0, rate.remaining < rate.limit / 5, let left = secondsToReset(rate) else {
            return .zero
        }
        return .seconds(min(120, Double(left) / (Double(max(rate.remaining, 1)) / 2)))
    }

    /// Nil where the reset has passed or the forge's time is not known.
    static func secondsToReset(_ rate: RateState) -> Int64? {
        guard let now = rate.serverTime else { return nil }
        let (left, overflow) = rate.resetAt.subtractingReportingOverflow(now)
        return overflow || left <= 0 ? nil : min(left, 3700)
    }

    private static func step(_ age: Duration, _ steps: [(until: Int, pause: Double)], then last: Double) -> Duration {
        .seconds(steps.first { age < .seconds($0.until) }?.pause ?? last)
    }
}
