import Synchronization

/// Receivers of a log's bytes that stand before the caller's own.
enum LogBytes {
    /// A receiver that keeps the first `count` bytes from `receive`.
    static func dropping(
        _ count: Int, before receive: @escaping @Sendable ([UInt8]) -> Bool
    ) -> @Sendable ([UInt8]) -> Bool {
        guard count > 0 else { return receive }
        let left = Remaining(count)
        return { piece in
            let skipped = left.take(piece.count)
            if skipped == 0 { return receive(piece) }
            return skipped == piece.count ? true : receive(Array(piece[skipped...]))
        }
    }

    /// Keeps what comes, up to a limit at which it stops the transfer.
    final class Collected: Sendable {
        private let limit: Int
        private let kept = Mutex<[UInt8]>([])

        init(limit: Int) { self.limit = limit }

        var bytes: [UInt8] { kept.withLock { $0 } }
        /// Whether more came than the limit.
        var isTooMuch: Bool { kept.withLock { $0.count > limit } }

        func take(_ piece: [UInt8]) -> Bool {
            kept.withLock { kept in
                kept += piece
                return kept.count <= limit
            }
        }
    }

    private final class Remaining: Sendable {
        private let count: Mutex<Int>

        init(_ count: Int) { self.count = Mutex(count) }

        func take(_ available: Int) -> Int {
            count.withLock { left in
                let taken = min(left, available)
                left -= taken
                return taken
            }
        }
    }
}
