/// How many requests the forge may bill while one run is followed.
///
/// 20 in the first minute, 551 in the first hour, and a reserve for the end. DESIGN section 10 allows 25 and 600.
/// Answers that say "not modified" are not billed.
struct RequestBudget {
    private static let start = 4.0
    private static let most = 40.0
    /// Requests a minute, until the given age of the tail.
    private static let rates: [(until: Duration, perMinute: Double)] = [
        (.seconds(60), 16), (.seconds(300), 14), (.seconds(1800), 10), (.seconds(1_000_000_000), 7.5),
    ]
    /// What the end of a run and the details of failures may take beyond.
    static let reserve = 4.0

    private let share: Double
    private var left = Self.start
    private var age: Duration = .zero

    /// - Parameter runs: how many are followed side by side; together they get at most twice what one gets.
    init(runs: Int) {
        share = 2 / Double(max(runs, 1) + 1)
    }

    mutating func advance(to now: Duration) {
        for (until, perMinute) in Self.rates where age < until && age < now {
            let end = min(until, now)
            left = min(Self.most, left + (end - age).inSeconds / 60 * perMinute * share)
            age = end
        }
    }

    mutating func spend(_ requests: Int = 1) {
        left -= Double(requests)
    }

    /// How long until one more may be spent; `reserve` may be overdrawn.
    func wait(overdraft: Double = 0) -> Duration {
        let missing = 1 - overdraft - left
        guard missing > 0 else { return .zero }
        let rate = Self.rates.first { age < $0.until }?.perMinute ?? 7.5
        return .seconds(missing / (rate * share) * 60)
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
