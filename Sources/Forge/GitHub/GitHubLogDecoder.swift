/// Reads the text of a job's log.
///
/// The runner (`PagingLogger`, actions/runner) writes each message as `<28 characters of time> <message>`, and a byte
/// order mark wherever it begins a block, in the middle of the file too. A message with line feeds has one stamp.
package struct GitHubLogDecoder: LogDecoder {
    /// Bytes of one line at most; what is longer comes in several lines of the same kind and time.
    package static let longestLine = 64 << 10

    /// The beginning of a line whose end has not come yet.
    private var rest: [UInt8] = []
    /// Kind and time of the line whose first part was handed out already.
    private var cut: (kind: LogLine.Kind, time: Double?)?
    /// Whether the rest of the current line is dropped, because its beginning said so.
    private var isDropping = false

    package init() {}

    package mutating func lines(in piece: [UInt8]) -> [LogLine] {
        var lines: [LogLine] = []
        lines.reserveCapacity(piece.count / 80 + 1)
        piece.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                guard let end = Self.lineFeed(in: bytes, from: start) else {
                    rest.append(contentsOf: bytes[start...])
                    break
                }
                if rest.isEmpty {
                    takeLine(UnsafeBufferPointer(rebasing: bytes[start..<end]), into: &lines)
                } else {
                    rest.append(contentsOf: bytes[start..<end])
                    takeRest(into: &lines)
                }
                start = end + 1
            }
        }
        if rest.count > Self.longestLine { cutRest(into: &lines) }
        return lines
    }

    package mutating func finish() -> [LogLine] {
        var lines: [LogLine] = []
        if !rest.isEmpty { takeRest(into: &lines) }
        return lines
    }

    private mutating func takeRest(into lines: inout [LogLine]) {
        let line = rest
        rest.removeAll(keepingCapacity: true)
        line.withUnsafeBufferPointer { takeLine($0, into: &lines) }
    }

    /// Hands out all of the unfinished line but its last part.
    private mutating func cutRest(into lines: inout [LogLine]) {
        let line = rest
        let taken = line.withUnsafeBufferPointer { bytes in
            var start = 0
            while bytes.count - start > Self.longestLine {
                start += takePart(UnsafeBufferPointer(rebasing: bytes[start...]), into: &lines)
            }
            return start
        }
        rest = Array(line[taken...])
    }

    /// Takes a whole line, without its line feed, in as many parts as its length asks for.
    private mutating func takeLine(_ line: UnsafeBufferPointer<UInt8>, into lines: inout [LogLine]) {
        var end = line.count
        while end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var start = 0
        while end - start > Self.longestLine {
            start += takePart(UnsafeBufferPointer(rebasing: line[start..<end]), into: &lines)
        }
        if start < end || cut == nil { takeText(UnsafeBufferPointer(rebasing: line[start..<end]), into: &lines) }
        cut = nil
        isDropping = false
    }

    /// Takes the first part of a line that is too long; returns how many bytes that was.
    private mutating func takePart(_ line: UnsafeBufferPointer<UInt8>, into lines: inout [LogLine]) -> Int {
        var end = Self.longestLine
        // A scalar of up to four bytes stays whole.
        while end > Self.longestLine - 4, line[end] & 0xc0 == 0x80 { end -= 1 }
        takeText(UnsafeBufferPointer(rebasing: line[..<end]), into: &lines)
        return end
    }

    private mutating func takeText(_ text: UnsafeBufferPointer<UInt8>, into lines: inout [LogLine]) {
        if isDropping { return }
        if let cut {
            lines.append(LogLine(kind: cut.kind, text: String(decoding: text, as: UTF8.self), time: cut.time))
            return
        }
        var start = 0
        while text.count - start >= 3, text[start] == 0xef, text[start + 1] == 0xbb, text[start + 2] == 0xbf {
            start += 3
        }
        let time = Self.stamp(in: UnsafeBufferPointer(rebasing: text[start...]))
        if time != nil { start += min(29, text.count - start) }
        let marker = Self.marker(at: start, in: text)
        cut = (marker.kind, time)
        guard marker.isShown else {
            isDropping = true
            return
        }
        let message = UnsafeBufferPointer(rebasing: text[marker.end...])
        lines.append(LogLine(kind: marker.kind, text: String(decoding: message, as: UTF8.self), time: time))
    }

    private static func lineFeed(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x0a { return index }
            index += 1
        }
        return nil
    }

    /// The time that `2026-08-17T12:29:15.1234567Z` at the start of `line` names; a space or nothing follows it.
    private static func stamp(in line: UnsafeBufferPointer<UInt8>) -> Double? {
        guard line.count >= 28, line[27] == UInt8(ascii: "Z"), line[19] == UInt8(ascii: "."),
            line.count == 28 || line[28] == UInt8(ascii: " "), let (second, _) = Timestamp.dateAndTime(in: line)
        else { return nil }
        var fraction = 0
        for index in 20..<27 {
            guard line[index] >= 0x30, line[index] <= 0x39 else { return nil }
            fraction = fraction * 10 + Int(line[index] - 0x30)
        }
        return Double(second) + Double(fraction) / 10_000_000
    }

    /// What the runner puts before a message (`ExecutionContext.WellKnownTags`); `[command]` is the toolkit's.
    private static let markers: [(word: StaticString, kind: LogLine.Kind)] = [
        ("##[group]", .groupStart), ("##[endgroup]", .groupEnd), ("##[error]", .error), ("##[warning]", .warning),
        ("##[notice]", .notice), ("##[debug]", .debug), ("##[command]", .command), ("##[section]", .plain),
        ("[command]", .command),
    ]

    /// The marker at `start`, and where the message behind it begins.
    ///
    /// Composite actions write `##[start-action ...]` and `##[end-action ...]` for programs; what a build forges of
    /// these comes with a backslash and is text.
    private static func marker(
        at start: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (kind: LogLine.Kind, end: Int, isShown: Bool) {
        guard start < text.count, text[start] == UInt8(ascii: "#") || text[start] == UInt8(ascii: "[") else {
            return (.plain, start, true)
        }
        for (word, kind) in markers where begins(text, at: start, with: word) {
            return (kind, start + word.utf8CodeUnitCount, true)
        }
        for word: StaticString in ["##[start-action", "##[end-action"] where begins(text, at: start, with: word) {
            let end = start + word.utf8CodeUnitCount
            let isWhole = end < text.count && (text[end] == UInt8(ascii: " ") || text[end] == UInt8(ascii: "]"))
            if isWhole { return (.plain, end, false) }
        }
        return (.plain, start, true)
    }

    private static func begins(_ text: UnsafeBufferPointer<UInt8>, at start: Int, with word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            text.count - start >= word.count && (0..<word.count).allSatisfy { text[start + $0] == word[$0] }
        }
    }
}
