import Forge
import Testing

/// The runner's log format: headers, streams, continuations, sections.
struct GitLabTraceDecoderTests {
    private static let stamp = "2026-11-22T10:11:12.123456Z "

    private func decode(_ text: String, pieces size: Int = .max) -> [LogLine] {
        var decoder = GitLabTraceDecoder()
        var rest = Array(text.utf8)[...]
        var lines: [LogLine] = []
        while !rest.isEmpty {
            lines += decoder.lines(in: Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return lines + decoder.finish()
    }

    @Test(arguments: [1, 7, 31, 32, 33, 1000])
    func headersBecomeTimes(size: Int) {
        let lines = decode("\(Self.stamp)00O one\n\(Self.stamp)00O two\n", pieces: size)
        #expect(lines.map(\.text) == ["one", "two"])
        #expect(lines.map(\.time) == [1_795_342_272.123456, 1_795_342_272.123456])
    }

    @Test func aContinuationGoesOnWithTheLastLineOfItsStream() {
        let lines = decode(
            "\(Self.stamp)00O begun \n\(Self.stamp)01E other\n\(Self.stamp)00O+and ended\n\(Self.stamp)01E more\n")
        #expect(lines.map(\.text) == ["other", "begun and ended", "more"])
    }

    @Test func aLineThatMayGoOnIsHandedOutWhenNothingComes() {
        var decoder = GitLabTraceDecoder()
        #expect(decoder.lines(in: Array("\(Self.stamp)00O waiting\n".utf8)).isEmpty)
        #expect(decoder.pause().map(\.text) == ["waiting"])
        #expect(decoder.lines(in: Array("\(Self.stamp)00O+ still\n".utf8)).isEmpty)
        #expect(decoder.finish().map(\.text) == [" still"])
    }

    @Test func linesOfOlderRunnersHaveNoHeader() {
        let lines = decode("one\ntwo\r\nthree")
        #expect(lines.map(\.text) == ["one", "two", "three"])
        #expect(lines.allSatisfy { $0.time == nil })
    }

    @Test func whatOnlyLooksLikeAHeaderIsText() {
        let text = "2026-11-22T10:11:12.12345xZ 00O no header"
        #expect(decode(text).map(\.text) == [text])
    }

    @Test func sectionsOfTheRunnerAreTheRunnersOwn() {
        let lines = decode(
            "section_start:1795342272:get_sources\r\u{1b}[0KGetting source\nChecking out 5d6e7f8\n"
                + "section_end:1795342273:get_sources\r\u{1b}[0K\n"
                + "section_start:1795342273:step_script\r\u{1b}[0KExecuting\n\u{1b}[32;1m$ make\u{1b}[0;m\nbuilt\n"
                + "section_end:1795342275:step_script\r\u{1b}[0K\nJob succeeded\n")
        #expect(
            lines.map(\.text) == [
                "Getting source", "Checking out 5d6e7f8", "Executing", "\u{1b}[32;1m$ make\u{1b}[0;m", "built",
                "Job succeeded",
            ])
        #expect(lines.map(\.step) == [0, 0, 0, nil, nil, 0])
        #expect(lines.map(\.kind) == [.groupStart, .plain, .groupStart, .command, .plain, .plain])
    }

    @Test func aSectionOfTheScriptsOwnIsAHeading() {
        let lines = decode(
            "section_start:1:step_script\r\u{1b}[0KExecuting\n"
                + "before section_start:2:tests[collapsed=true]\r\u{1b}[0KTests\nok\nsection_end:3:tests\r\u{1b}[0Kafter\n"
        )
        #expect(lines.map(\.text) == ["Executing", "before Tests", "ok", "after"])
        #expect(lines.map(\.step) == [0, nil, nil, nil])
    }

    @Test func aMarkerThatCameInTwoEntriesIsStillOne() {
        let lines = decode(
            "\(Self.stamp)00O section_start:1:step_script\r\n\(Self.stamp)00O+\u{1b}[0KExecuting\n\(Self.stamp)00O x\n")
        #expect(lines.map(\.text) == ["Executing", "x"])
    }

    @Test(arguments: [
        "section_start:1:\r\u{1b}[0Kno name", "section_start:x:name\rtext", "section_end:1:name", "section_start::a\rb",
        "section_start:1:name[open\rtext", "the section_start function",
    ])
    func whatIsNoMarkerIsText(line: String) {
        #expect(decode(line + "\n").map(\.text) == [line])
    }

    @Test func theRunnersVerdictIsAnError() {
        let lines = decode("\u{1b}[31;1mERROR: Job failed: exit code 1\u{1b}[0;m\n")
        #expect(lines.map(\.kind) == [.error])
        #expect(lines.first?.text.hasPrefix("Job failed: exit code 1") == true)
    }

    @Test func aLineThatIsTooLongComesInParts() {
        let long = String(repeating: "a", count: GitLabTraceDecoder.longestLine * 2 + 10)
        let lines = decode("\(Self.stamp)00O \(long)\n\(Self.stamp)00O next\n", pieces: 5000)
        #expect(lines.map(\.text).joined() == long + "next")
        #expect(lines.count == 4)
        #expect(Set(lines.prefix(3).map(\.time)).count == 1)
    }

    @Test func bytesThatAreNoTextDoNotEndAnything() {
        var decoder = GitLabTraceDecoder()
        let lines = decoder.lines(in: [0xff, 0xfe, 0x0a, 0x00, 0x0a] + Array("ok\n".utf8)) + decoder.finish()
        #expect(lines.last?.text == "ok")
        #expect(lines.count == 3)
    }
}
