import Forge

/// The thirty lines of a log that tell most: around the first error, else the last ones.
struct ErrorExcerpt {
    static let length = 30
    private static let lengthBehind = 9
    /// Bytes kept of one line.
    private static let lineLimit = 4096

    private var ring: [LogLine] = []
    private var oldest = 0
    private var behind: [LogLine] = []
    private var hasError = false
    private(set) var lineCount = 0

    mutating func take(_ line: LogLine) {
        guard line.kind != .groupEnd else { return }
        lineCount += 1
        if hasError {
            if behind.count < Self.lengthBehind { behind.append(Self.shortened(line)) }
            return
        }
        if ring.count < Self.length {
            ring.append(Self.shortened(line))
        } else {
            ring[oldest] = Self.shortened(line)
            oldest = (oldest + 1) % Self.length
        }
        hasError = line.kind == .error
    }

    var lines: [LogLine] {
        let before = ring[oldest...] + ring[..<oldest]
        return Array(before.suffix(Self.length - behind.count)) + behind
    }

    private static func shortened(_ line: LogLine) -> LogLine {
        guard line.text.utf8.count > lineLimit else { return line }
        var short = line
        short.text = String(decoding: line.text.utf8.prefix(lineLimit), as: UTF8.self)
        return short
    }
}
