#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The form of a local job's log: each line is the step's number, the time and the text, `2 2026-11-22T17:29:15.042Z text`.
package enum LocalLog {
    /// What stands before the text of a line that is written now.
    package static func stamp(step: Int) -> [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = Int(now.tv_nsec) / 1_000_000
        let fraction = String(1000 + milliseconds).dropFirst()
        return Array("\(step) \(Timestamp.iso8601(Int64(now.tv_sec)).dropLast()).\(fraction)Z ".utf8)
    }

    /// Reads the lines of a log.
    struct Decoder: LogDecoder {
        /// Longer lines are handed out in parts.
        private static let longestLine = 64 << 10
        private var rest: [UInt8] = []
        private var step: Int?
        private var time: Double?
        private var isInside = false

        mutating func lines(in piece: [UInt8]) -> [LogLine] {
            var lines: [LogLine] = []
            var start = piece.startIndex
            while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
                rest += piece[start..<end]
                lines.append(line())
                isInside = false
                start = end + 1
            }
            rest += piece[start...]
            while rest.count > Self.longestLine {
                let more = Array(rest[Self.longestLine...])
                rest.removeLast(more.count)
                lines.append(line())
                isInside = true
                rest = more
            }
            return lines
        }

        mutating func finish() -> [LogLine] {
            rest.isEmpty ? [] : [line()]
        }

        private mutating func line() -> LogLine {
            defer { rest.removeAll(keepingCapacity: true) }
            let text = isInside ? rest[...] : textAfterStamp()
            var line = LogLine(kind: .plain, text: String(decoding: text, as: UTF8.self), time: time)
            line.step = step
            return line
        }

        private mutating func textAfterStamp() -> ArraySlice<UInt8> {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), space < 8,
                let number = Int(String(decoding: rest[..<space], as: UTF8.self)),
                let end = rest[(space + 1)...].firstIndex(of: UInt8(ascii: " ")), end - space < 40
            else { return rest[...] }
            let stamp = Array(rest[(space + 1)..<end])
            guard let second = stamp.withUnsafeBufferPointer({ Timestamp.dateAndTime(in: $0)?.second }) else {
                return rest[...]
            }
            step = number
            let fraction = String(decoding: stamp.dropFirst(20).dropLast(), as: UTF8.self)
            time = Double(second) + (Double("0.\(fraction)") ?? 0)
            return rest[(end + 1)...]
        }
    }
}
