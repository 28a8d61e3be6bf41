/// A span of time as people read it: `3s`, `1m12s`, `1h02m`.
package struct Elapsed: Sendable, Hashable, CustomStringConvertible {
    private let seconds: Int64

    /// Whole seconds; a negative number counts as none.
    package init(seconds: Int64) {
        self.seconds = max(0, seconds)
    }

    /// Parts of a second are dropped.
    package init(_ duration: Duration) {
        self.init(seconds: duration.components.seconds)
    }

    /// From one second of the forge's clock to another; nil unless both are known.
    package init?(from start: Int64?, to end: Int64?) {
        guard let start, let end else { return nil }
        let (span, overflow) = end.subtractingReportingOverflow(start)
        self.init(seconds: overflow ? 0 : span)
    }

    package var duration: Duration { .seconds(seconds) }

    package var description: String {
        let minutes = seconds / 60
        if minutes == 0 { return "\(seconds)s" }
        if minutes < 60 { return "\(minutes)m\(Self.padded(seconds % 60))s" }
        return "\(minutes / 60)h\(Self.padded(minutes % 60))m"
    }

    private static func padded(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
