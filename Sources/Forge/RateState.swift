/// What the forge last told about how much may still be asked of it.
package struct RateState: Sendable, Hashable {
    /// Requests per window; nil where the forge counts none.
    package var limit: Int?
    /// Requests left in this window.
    package var remaining: Int?
    /// When the window ends, seconds since 1970 by the forge's clock.
    package var resetAt: Int64?
    /// The forge's own clock at its last answer, seconds since 1970.
    package var serverDate: Int64?

    package init(limit: Int? = nil, remaining: Int? = nil, resetAt: Int64? = nil, serverDate: Int64? = nil) {
        self.limit = limit
        self.remaining = remaining
        self.resetAt = resetAt
        self.serverDate = serverDate
    }

    /// The pause between two polls that `interval` should become: longer once less than a fifth of the window's
    /// requests is left, so that half of the rest lasts until the window ends; never more than two minutes.
    package func stretched(_ interval: Duration) -> Duration {
        guard let limit, let remaining, let resetAt, let serverDate, limit > 0, remaining >= 0, remaining < limit / 5
        else { return interval }
        let (left, overflow) = resetAt.subtractingReportingOverflow(serverDate)
        guard !overflow, left > 0 else { return interval }
        let spread = Duration.seconds(Double(min(left, 86_400)) / max(1, Double(remaining) / 2))
        return max(interval, min(spread, .seconds(120)))
    }
}
