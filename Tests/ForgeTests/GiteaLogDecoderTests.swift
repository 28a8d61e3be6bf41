import Forge
import Testing

struct GiteaLogDecoderTests {
    private func decoded(_ text: String, by size: Int = .max) -> [LogLine] {
        var decoder = GiteaLogDecoder()
        var lines: [LogLine] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += decoder.lines(in: Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return lines + decoder.finish()
    }

    @Test(arguments: [1, 3, 28, 29, .max])
    func stampsAreTakenOff(size: Int) {
        let lines = decoded(
            "2026-11-22T10:11:12.1234567Z hello\n2026-11-22T10:11:13.0000000Z \n", by: size)
        #expect(lines.map(\.text) == ["hello", ""])
        #expect(lines.map(\.time) == [1_795_342_272.1234567, 1_795_342_273])
    }

    @Test(arguments: [
        ("##[group]Run make", LogLine.Kind.groupStart, "Run make"), ("##[endgroup]", .groupEnd, ""),
        ("::error file=a.go,line=3::boom", .error, "boom"), ("::error::boom", .error, "boom"),
        ("::warning::careful :: here", .warning, "careful :: here"), ("::notice title=x::said", .notice, "said"),
        ("::debug::deep", .debug, "deep"), ("::errors::no", .plain, "::errors::no"),
        ("::error without an end", .plain, "::error without an end"),
        ("::set-output name=a::b", .plain, "::set-output name=a::b"),
        (" ::error::not at the start", .plain, " ::error::not at the start"), ("plain", .plain, "plain"),
    ])
    func commandsAreRead(text: String, kind: LogLine.Kind, message: String) {
        let lines = decoded("2026-11-22T10:11:12.1234567Z \(text)\n")
        #expect(lines.map(\.kind) == [kind])
        #expect(lines.map(\.text) == [message])
    }

    @Test func noPartOfALongLineIsACommand() {
        let long = String(repeating: "x", count: GitHubLogDecoder.longestLine) + "::error::forged"
        let lines = decoded("2026-11-22T10:11:12.1234567Z \(long)\n")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.kind == .plain })
    }
}
