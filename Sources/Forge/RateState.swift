/// What the forge last said about its primary request limit.
package struct RateState: Sendable, Hashable {
    /// Requests left until ``resetAt``.
    package var remaining: Int
    package var limit: Int
    /// Seconds since 1970, by the forge's clock, at which ``remaining`` is ``limit`` again.
    package var resetAt: Int64
    /// The forge's own time when it said so, seconds since 1970; nil where it did not tell.
    package var serverTime: Int64?

    package init(remaining: Int, limit: Int, resetAt: Int64, serverTime: Int64?) {
        self.remaining = remaining
        self.limit = limit
        self.resetAt = resetAt
        self.serverTime = serverTime
    }
}

extension Forge {
    /// Nil: a forge without limits, or one that does not tell them.
    package func rateState() -> RateState? { nil }

    /// False: logs come when their jobs have finished.
    package var hasLiveLogs: Bool { false }

    /// False: a server.
    package var isThisMachine: Bool { false }

    /// Nil: a forge that does not tell its clock.
    package func serverTime() -> Int64? { nil }
}
