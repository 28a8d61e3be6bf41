import Forge
import Testing

struct GitHubLogDecoderTests {
    private static let stamp = "2026-08-17T12:29:15.1234567Z"
    private static let time = 1_786_969_755.1234567

    private func lines(_ text: String, pieces size: Int = .max) -> [LogLine] {
        lines(Array(text.utf8), pieces: size)
    }

    private func lines(_ bytes: [UInt8], pieces size: Int = .max) -> [LogLine] {
        var decoder = GitHubLogDecoder()
        var found: [LogLine] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            found += decoder.lines(in: Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return found + decoder.finish()
    }

    @Test(arguments: [
        ("hello", LogLine.Kind.plain, "hello"), ("", .plain, ""), ("  indented ", .plain, "  indented "),
        ("##[group]Run make", .groupStart, "Run make"), ("##[endgroup]", .groupEnd, ""),
        ("##[error]no such file", .error, "no such file"), ("##[warning]old", .warning, "old"),
        ("##[notice]n", .notice, "n"), ("##[debug]d", .debug, "d"), ("##[command]git version", .command, "git version"),
        ("[command]/usr/bin/git version", .command, "/usr/bin/git version"),
        ("##[section]Starting: x", .plain, "Starting: x"),
        ("##[\\start-action display=x]", .plain, "##[\\start-action display=x]"),
        ("##[start-actions]", .plain, "##[start-actions]"), ("##[other]x", .plain, "##[other]x"),
        (" ##[error]x", .plain, " ##[error]x"), ("[error]x", .plain, "[error]x"), ("##[group", .plain, "##[group"),
        ("\u{1b}[36;1mecho\u{1b}[0m", .plain, "\u{1b}[36;1mecho\u{1b}[0m"),
    ])
    func aMessageIsReadByItsMarker(message: String, kind: LogLine.Kind, text: String) {
        let expected = [LogLine(kind: kind, text: text, time: Self.time)]
        #expect(lines("\(Self.stamp) \(message)\n") == expected)
        #expect(lines("\u{feff}\(Self.stamp) \(message)\r\n", pieces: 1) == expected)
    }

    @Test(arguments: [
        "##[start-action display=Set up;id=__x.1]",
        "##[end-action id=x;outcome=success;conclusion=success;duration_ms=3]",
        "##[start-action]",
    ])
    func marksOfCompositeActionsAreLeftOut(message: String) {
        #expect(lines("\(Self.stamp) \(message)\n\(Self.stamp) next\n").map(\.text) == ["next"])
        let long = lines("\(Self.stamp) \(message + String(repeating: "x", count: 70_000))\nnext", pieces: 50_000)
        #expect(long.map(\.text) == ["next"])
    }

    @Test func aLineFeedWithinAMessageGivesALineWithoutTime() {
        #expect(
            lines("\(Self.stamp) one\ntwo\n\n\(Self.stamp) three") == [
                LogLine(kind: .plain, text: "one", time: Self.time), LogLine(kind: .plain, text: "two", time: nil),
                LogLine(kind: .plain, text: "", time: nil), LogLine(kind: .plain, text: "three", time: Self.time),
            ])
    }

    @Test func byteOrderMarksAreStrippedAtEveryLine() {
        let text = "\u{feff}\(Self.stamp) a\n\u{feff}\(Self.stamp) b\n\u{feff}\u{feff}c\nd\u{feff}\n"
        #expect(lines(text).map(\.text) == ["a", "b", "c", "d\u{feff}"])
    }

    @Test(arguments: [
        "2026-08-17T12:29:15.123456Z x", "2026-08-17T12:29:15.1234567 x", "2026-08-17T12:29:15.123456xZ x",
        "2026-18-17T12:29:15.1234567Z x", "2026-08-17T12:29:15.1234567Zx", "x",
    ])
    func whatIsNoStampIsText(line: String) {
        #expect(lines(line) == [LogLine(kind: .plain, text: line, time: nil)])
    }

    @Test func aStampAloneIsAnEmptyMessage() {
        #expect(lines(Self.stamp) == [LogLine(kind: .plain, text: "", time: Self.time)])
        #expect(lines("\(Self.stamp)\r\n") == [LogLine(kind: .plain, text: "", time: Self.time)])
    }

    @Test func nothingGivesNoLine() {
        #expect(lines("").isEmpty)
        #expect(lines("\n").map(\.text) == [""])
    }

    @Test func everyWayOfCuttingThePiecesGivesTheSameLines() {
        let start = "\u{feff}\(Self.stamp) ##[group]Run é\r\n\(Self.stamp) 日本語\n"
        let text = "\(start)more\n##[endgroup]\n\n\(Self.stamp) end"
        let whole = lines(text)
        #expect(whole.count == 6)
        for size in 1...text.utf8.count { #expect(lines(text, pieces: size) == whole) }
    }

    @Test func invalidBytesAreReplaced() {
        #expect(
            lines([0x61, 0xff, 0xfe, 0x62, 0xc3, 0x0a, 0xe2, 0x82]).map(\.text) == [
                "a\u{fffd}\u{fffd}b\u{fffd}", "\u{fffd}",
            ])
    }

    @Test(arguments: [1000, 65_536, 65_537, .max])
    func aLineBeyondTheLimitComesInParts(size: Int) {
        let body = String(repeating: "日", count: 50_000)
        let found = lines("\(Self.stamp) ##[error]\(body)\r\nnext\n", pieces: size)
        #expect(found.dropLast().map(\.text).joined() == body)
        #expect(found.count == 4)
        #expect(found.dropLast().allSatisfy { $0.kind == .error && $0.time == Self.time })
        #expect(found.allSatisfy { $0.text.utf8.count <= GitHubLogDecoder.longestLine })
        #expect(found.last == LogLine(kind: .plain, text: "next", time: nil))
    }

    @Test func aLongLineOfInvalidBytesEndsSoon() {
        let found = lines([UInt8](repeating: 0xff, count: 100_000), pieces: 4096)
        #expect(found.map(\.text.unicodeScalars.count).reduce(0, +) == 100_000)
    }

    @Test func aLongLineOfContinuationBytesIsCutToo() {
        let found = lines([UInt8](repeating: 0x80, count: 100_000), pieces: 4096)
        #expect(found.map(\.text.unicodeScalars.count).reduce(0, +) == 100_000)
    }
}
