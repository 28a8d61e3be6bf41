import RunTail
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite struct OutputTests {
    @Test(
        arguments: [
            (true, [:], true, true, true), (true, [:], false, true, false),
            (true, ["NO_COLOR": "1"], true, false, false),
            (true, ["NO_COLOR": ""], true, true, true), (true, ["TERM": "dumb"], true, false, false),
            (false, [:], true, false, false), (true, ["TERM": "xterm-256color"], true, true, true),
        ] as [(Bool, [String: String], Bool, Bool, Bool)])
    func coloursAndTheStatusLineAreForTerminalsThatWantThem(
        _ isTerminal: Bool, _ environment: [String: String], _ progress: Bool, _ color: Bool, _ status: Bool
    ) {
        let style = OutputStyle(isTerminal: isTerminal, environment: environment, allowsProgress: progress)
        #expect(style.usesColor == color && style.showsStatus == status)
    }

    @Test func theStatusLineStaysBelowTheLines() throws {
        let text = try written { descriptor in
            let output = TerminalOutput(descriptor: descriptor)
            output.setStatus(nil)
            output.write(Array("one\n".utf8))
            output.setStatus("running")
            output.setStatus("running")
            output.write(Array("two\n".utf8))
            output.setStatus(nil)
        }
        #expect(text == "one\n\r\u{1b}[Krunning\r\u{1b}[Ktwo\nrunning\r\u{1b}[K")
    }

    @Test func aStatusLineNeverWraps() throws {
        let text = try written { descriptor in
            TerminalOutput(descriptor: descriptor).setStatus(String(repeating: "漢", count: 200))
        }
        #expect(text == "\r\u{1b}[K" + String(repeating: "漢", count: 39))
    }

    @Test func aReaderThatHasGoneIsNoError() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        PlainOutput(descriptor: ends[1]).write(Array("x\n".utf8))
        close(ends[1])
    }

    private func written(_ body: (Int32) -> Void) throws -> String {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        body(ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
