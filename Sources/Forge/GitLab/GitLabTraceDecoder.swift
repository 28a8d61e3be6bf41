/// Reads the text of a job's log as GitLab's runner writes it.
///
/// Since runner 18.7 a physical line begins with 32 bytes, `2026-11-22T10:11:12.123456Z 00O `: time, stream id, `O` or
/// `E`, and `+` where the line goes on with the last one of its stream (gitlab-runner, `timestamper.go`; the server's
/// `lib/gitlab/ci/trace/stream.rb`). `section_start:TIME:NAME[OPTIONS]` and `section_end:TIME:NAME`, each with `\r` and
/// `ESC[0K` behind it, stand anywhere in a line (gitlab-runner, `build_section.go`).
package struct GitLabTraceDecoder: LogDecoder {
    /// The step of lines that the runner writes around the job's own script.
    package static let runnersOwn = 0

    /// Bytes of one line at most; what is longer comes in several lines of the same kind and time.
    package static let longestLine = GitHubLogDecoder.longestLine

    /// Sections of the runner's own; the script and what comes after it are the job's.
    private static let runnersSections: Set<String> = [
        "prepare_executor", "prepare_script", "get_sources", "restore_cache", "download_artifacts", "archive_cache",
        "archive_cache_on_failure", "upload_artifacts_on_success", "upload_artifacts_on_failure",
        "cleanup_file_variables", "clear_worktree", "clear_persistent_worktree",
    ]

    /// The bytes of a physical line whose end has not come yet.
    private var rest: [UInt8] = []
    /// By stream, the line that may still go on: nothing says so before the stream's next one begins.
    private var open: [UInt8: Line] = [:]
    private var sections: [String] = []
    /// Kind, time and step of the physical line whose first part was handed out already.
    private var cut: LogLine?

    private struct Line {
        var text: [UInt8]
        var time: Double?
    }

    package init() {}

    package mutating func lines(in piece: [UInt8]) -> [LogLine] {
        var lines: [LogLine] = []
        var start = 0
        while start < piece.count, let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest += piece[start..<end]
            takePhysical(into: &lines)
            start = end + 1
        }
        rest += piece[start...]
        while rest.count > Self.longestLine { cutRest(into: &lines) }
        return lines
    }

    package mutating func pause() -> [LogLine] {
        var lines: [LogLine] = []
        for stream in open.keys.sorted() { close(stream, into: &lines) }
        return lines
    }

    package mutating func finish() -> [LogLine] {
        var lines: [LogLine] = []
        if !rest.isEmpty { takePhysical(into: &lines) }
        return lines + pause()
    }

    // MARK: - Physical lines

    private mutating func takePhysical(into lines: inout [LogLine]) {
        while rest.count > Self.longestLine { cutRest(into: &lines) }
        let line = rest
        rest.removeAll(keepingCapacity: true)
        if let begun = cut {
            cut = nil
            if !line.isEmpty { lines.append(begun.going(on: line)) }
            return
        }
        guard let header = Header(line) else {
            // What has no header is of a runner that writes none, and whole.
            for stream in open.keys.sorted() { close(stream, into: &lines) }
            hand(out: Line(text: line, time: nil), into: &lines)
            return
        }
        let text = line.dropFirst(Header.length)
        if header.goesOn, open[header.stream] != nil {
            open[header.stream]?.text += text
            if open[header.stream]?.text.count ?? 0 > Self.longestLine { close(header.stream, into: &lines) }
            return
        }
        close(header.stream, into: &lines)
        open[header.stream] = Line(text: Array(text), time: header.time)
    }

    /// Hands out the first part of a line that is too long to be kept.
    private mutating func cutRest(into lines: inout [LogLine]) {
        var end = Self.longestLine
        // A scalar of up to four bytes stays whole.
        while end > Self.longestLine - 4, rest[end] & 0xc0 == 0x80 { end -= 1 }
        let part = Array(rest[..<end])
        rest.removeFirst(end)
        if let begun = cut {
            lines.append(begun.going(on: part))
            return
        }
        let header = Header(part)
        if let header { close(header.stream, into: &lines) }
        let text = header == nil ? part : Array(part.dropFirst(Header.length))
        let before = lines.count
        hand(out: Line(text: text, time: header?.time), into: &lines)
        cut = lines.count > before ? lines.last : LogLine(kind: .plain, text: "", time: header?.time)
    }

    private mutating func close(_ stream: UInt8, into lines: inout [LogLine]) {
        guard let line = open.removeValue(forKey: stream) else { return }
        hand(out: line, into: &lines)
    }

    // MARK: - Sections

    private mutating func hand(out line: Line, into lines: inout [LogLine]) {
        var text = line.text[...]
        if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
        var isRunners = belongsToRunner
        var isHeader = false
        var hasMarker = false
        if text.count >= Marker.shortest {
            while let marker = Marker.first(in: text) {
                hasMarker = true
                if marker.isStart {
                    sections = Array((sections + [marker.name]).suffix(64))
                    isHeader = true
                    // The script's own heading is the runner's, as all of its other sections are.
                    isRunners = belongsToRunner || marker.name == "step_script"
                } else if let index = sections.lastIndex(of: marker.name) {
                    sections.removeSubrange(index...)
                }
                text = text[..<marker.start] + text[marker.end...]
                text = Array(text)[...]
            }
        }
        if hasMarker, Self.isBlank(text) { return }
        var decoded = LogLine(kind: .plain, text: String(decoding: text, as: UTF8.self), time: line.time)
        if isHeader { decoded.kind = .groupStart }
        Self.refine(&decoded, isInSection: !sections.isEmpty)
        if isRunners { decoded.step = Self.runnersOwn }
        lines.append(decoded)
    }

    private var belongsToRunner: Bool { sections.first.map { Self.runnersSections.contains($0) } ?? false }

    /// Whether nothing of it can be seen: blanks, and sequences that clear a line or reset colours.
    private static func isBlank(_ text: ArraySlice<UInt8>) -> Bool {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == 0x1b, index + 1 < text.endIndex, text[index + 1] == UInt8(ascii: "[") {
                index += 2
                while index < text.endIndex, !(0x40...0x7e).contains(text[index]) { index += 1 }
            } else if text[index] > 0x20 {
                return false
            }
            index += 1
        }
        return true
    }

    /// Tells commands, the runner's verdict and its greeting by their form.
    private static func refine(_ line: inout LogLine, isInSection: Bool) {
        guard line.kind == .plain else { return }
        if line.text.hasPrefix("\u{1b}[32;1m$ ") {
            line.kind = .command
        } else if !isInSection {
            let bare = line.text.drop {
                $0 == "\u{1b}" || $0 == "[" || $0 == ";" || $0.isNumber || $0 == "m" || $0 == "K"
            }
            if bare.hasPrefix("ERROR: ") {
                line.kind = .error
                line.text = String(bare.dropFirst("ERROR: ".count))
            } else if bare.hasPrefix("Running with gitlab-runner ") || bare.hasPrefix("  on ")
                || bare.hasPrefix("Job succeeded")
            {
                line.step = runnersOwn
            }
        }
    }
}

extension LogLine {
    /// The next part of the same line.
    fileprivate func going(on bytes: [UInt8]) -> LogLine {
        var part = self
        part.text = String(decoding: bytes, as: UTF8.self)
        return part
    }
}

/// The 32 bytes before a line.
private struct Header {
    static let length = 32

    var time: Double
    var stream: UInt8
    var goesOn: Bool

    /// Nil where `line` does not begin with one.
    init?(_ line: [UInt8]) {
        let parsed: (Double, UInt8, Bool)? = line.withUnsafeBufferPointer { bytes in
            guard bytes.count >= Self.length, bytes[19] == UInt8(ascii: "."), bytes[26] == UInt8(ascii: "Z"),
                bytes[27] == 0x20, bytes[30] == UInt8(ascii: "O") || bytes[30] == UInt8(ascii: "E"),
                bytes[31] == 0x20 || bytes[31] == UInt8(ascii: "+"),
                let high = Self.hex(bytes[28]), let low = Self.hex(bytes[29]),
                let (second, _) = Timestamp.dateAndTime(in: bytes)
            else { return nil }
            var fraction = 0
            for index in 20..<26 {
                guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
                fraction = fraction * 10 + Int(bytes[index] - 0x30)
            }
            return (
                Double(second) + Double(fraction) / 1_000_000, high << 4 | low, bytes[31] == UInt8(ascii: "+")
            )
        }
        guard let parsed else { return nil }
        (time, stream, goesOn) = parsed
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// `section_start:1795341600:name[collapsed=true]` with `\r` and `ESC[0K` behind it.
private struct Marker {
    static let shortest = Array("section_end:1:a\r".utf8).count
    private static let starts = (Array("section_start:".utf8), Array("section_end:".utf8))

    var start: Int
    var end: Int
    var name: String
    var isStart: Bool

    /// The first well-formed marker of a line.
    static func first(in text: ArraySlice<UInt8>) -> Marker? {
        var index = text.startIndex
        while let found = text[index...].firstIndex(of: UInt8(ascii: "s")) {
            if let marker = Marker(in: text, at: found) { return marker }
            index = found + 1
        }
        return nil
    }

    private init?(in text: ArraySlice<UInt8>, at start: Int) {
        let tail = text[start...]
        if tail.starts(with: Self.starts.0) {
            isStart = true
        } else if tail.starts(with: Self.starts.1) {
            isStart = false
        } else {
            return nil
        }
        var index = start + (isStart ? Self.starts.0.count : Self.starts.1.count)
        let digits = text[index...].prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard (1...20).contains(digits.count), digits.endIndex < text.endIndex,
            text[digits.endIndex] == UInt8(ascii: ":")
        else { return nil }
        index = digits.endIndex + 1
        let name = text[index...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "[") && $0 != 0x7f }
        guard (1...200).contains(name.count) else { return nil }
        index = name.endIndex
        if index < text.endIndex, text[index] == UInt8(ascii: "[") {
            guard let close = text[index...].prefix(400).firstIndex(of: UInt8(ascii: "]")) else { return nil }
            index = close + 1
        }
        guard index < text.endIndex, text[index] == UInt8(ascii: "\r") else { return nil }
        index += 1
        let clear = Array("\u{1b}[0K".utf8)
        if text[index...].starts(with: clear) { index += clear.count }
        self.start = start
        end = index
        self.name = String(decoding: name, as: UTF8.self)
    }
}
