import RunTail
import Testing

@Suite struct LogSanitizerTests {
    private func clean(_ text: String, color: Bool = true, masks: [String] = [], limit: Int = 8192) -> String {
        var buffer: [UInt8] = []
        LogSanitizer(keepsColor: color, masks: masks, lineLimit: limit).append(text, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain text\twith tab", "plain text\twith tab"),
        ("grün 漢字 🙂", "grün 漢字 🙂"),
        ("\u{1b}[31mred\u{1b}[0m", "\u{1b}[31mred\u{1b}[0m"),
        ("\u{1b}[1;38:5:9mopen", "\u{1b}[1;38:5:9mopen\u{1b}[0m"),
        ("\u{1b}[mempty", "\u{1b}[mempty"),
        ("a\u{1b}[2Jb\u{1b}[1Gc", "abc"),
        ("a\u{1b}[?25lb\u{1b}[>4mc\u{1b}[ mq", "abcq"),
        ("a\u{1b}]0;title\u{7}b", "ab"),
        ("a\u{1b}]8;;http://x/\u{1b}\\link\u{1b}]8;;\u{1b}\\b", "alinkb"),
        ("a\u{1b}]52;c;aGk=\u{7}b", "ab"),
        ("a\u{1b}P1$q\u{1b}\\b\u{1b}_app\u{1b}\\c\u{1b}^pm\u{1b}\\d\u{1b}Xsos\u{1b}\\e", "abcde"),
        ("a\u{1b}]0;never ends", "a"),
        ("a\u{1b}[12", "a"),
        ("a\u{1b}", "a"),
        ("a\u{1b}(0b\u{1b}cc\u{1b}7d", "abcd"),
        ("a\u{9b}2Jb\u{9d}0;t\u{9c}c\u{85}d\u{90}q\u{7}e", "abc de"),
        ("a\u{0}b\u{8}c\u{7f}d\u{e}e", "abcde"),
        ("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e\u{feff}f\u{200b}g\u{e0041}h", "abcdefgh"),
        ("\u{feff}stripped", "stripped"),
        ("10%\r50%\r100%", "100%"),
        ("done\r", "done"),
        ("done\r\r", "done"),
        ("a\nb\u{b}c\u{2028}d", "a b c d"),
        ("a\u{1b}[31\u{1b}[32mb", "a\u{1b}[32mb\u{1b}[0m"),
        ("", ""),
    ])
    func whatATerminalWouldObeyIsDropped(_ text: String, _ safe: String) {
        #expect(clean(text) == safe)
    }

    @Test func coloursGoWhereNoneAreWanted() {
        #expect(clean("\u{1b}[31mred\u{1b}[0m", color: false) == "red")
    }

    @Test(arguments: [
        ("token ghp_secret!", "token ***!"),
        ("ghp_secretghp_secret", "******"),
        ("ghp\u{1b}[31m_sec\u{1b}[0mret", "***\u{1b}[31m\u{1b}[0m"),
        ("ghp\u{1b}[2K_sec\u{200b}ret", "***"),
        ("g\rhp_secret", "***"),
        ("x\rghp_secret", "***"),
        ("ghp_secre", "ghp_secre"),
        ("grün ghp_secret", "grün ***"),
        ("long-ghp_secret-word", "***"),
    ])
    func maskedWordsAreFoundAlsoWhenSplit(_ text: String, _ safe: String) {
        #expect(clean(text, masks: ["ghp_secret", "long-ghp_secret-word", "", "abc"]) == safe)
    }

    @Test func longLinesAreCutBetweenCharacters() {
        #expect(clean(String(repeating: "x", count: 30), limit: 10) == "xxxxxxxxxx [...]")
        #expect(clean(String(repeating: "ü", count: 30), limit: 9) == "üüüü [...]")
        #expect(clean("\u{1b}[31m" + String(repeating: "x", count: 30), limit: 3) == "\u{1b}[31mxxx\u{1b}[0m [...]")
    }

    @Test func aLineWithoutEndTakesAPartOnly() {
        let progress = (0..<200_000).map { "\($0)%\r" }.joined()
        #expect(clean(progress + "done\r") == "done")
        #expect(clean(String(repeating: "\u{1b}[31m", count: 100_000)).utf8.count < 10_000)
        let start = String(repeating: "\u{1b}[0m", count: 16_380)
        #expect(
            !clean(start + "ghp_secret" + String(repeating: "x", count: 90_000), masks: ["ghp_secret"]).contains("ghp"))
    }

    @Test func namesBecomeOneLine() {
        let sanitizer = LogSanitizer(keepsColor: true, masks: ["ghp_secret"])
        #expect(sanitizer.line("build\n-----> Done\t\u{1b}[31mghp_secret") == "build -----> Done ***")
        #expect(sanitizer.line("abcdef", limit: 3) == "abc [...]")
    }

    @Test func bytesThatAreNotTextAreReplaced() {
        var buffer: [UInt8] = []
        let bytes: [UInt8] = [0x61, 0xff, 0x62, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x9b, 0x63, 0xe2, 0x82]
        bytes.withUnsafeBufferPointer { LogSanitizer(keepsColor: true).append($0, to: &buffer) }
        let text = String(decoding: buffer, as: UTF8.self)
        #expect(text.unicodeScalars.filter { $0 != "\u{fffd}" } == "abc".unicodeScalars.filter { _ in true })
    }

    @Test(arguments: 0..<40)
    func nothingDangerousSurvivesWhateverComesIn(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet: [[UInt8]] = [
            [0x1b], [0x5b], [0x5d], Array("31;1m".utf8), [0x07], [0x9b], [0xc2, 0x9b], [0xc2, 0x9d], [0x0d], [0x0a],
            [0xe2, 0x80, 0xae], [0xf3, 0xa0, 0x81, 0x81], Array("abc ".utf8), [0xef, 0xbb, 0xbf], [0x7f], [0x09],
            [0x5c],
        ]
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if Bool.random(using: &random) {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                } else {
                    bytes += alphabet.randomElement(using: &random) ?? []
                }
            }
            for color in [true, false] {
                var buffer: [UInt8] = []
                let sanitizer = LogSanitizer(keepsColor: color, masks: ["abc a"], lineLimit: 30)
                bytes.withUnsafeBufferPointer { sanitizer.append($0, to: &buffer) }
                let fault = Self.fault(in: buffer, colors: color)
                #expect(fault == nil, "\(bytes) gave \(buffer)")
                var fromText: [UInt8] = []
                sanitizer.append(String(decoding: bytes, as: UTF8.self), to: &fromText)
                #expect(Self.fault(in: fromText, colors: color) == nil, "\(bytes) gave \(fromText)")
            }
        }
    }

    /// What of `bytes` a terminal might obey besides colours; nil for nothing.
    static func fault(in bytes: [UInt8], colors: Bool) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return "not UTF-8" }
        var rest = Array(text.unicodeScalars)[...]
        var isOpen = false
        while let scalar = rest.popFirst() {
            if scalar == "\u{1b}" {
                guard colors, rest.popFirst() == "[" else { return "escape" }
                let values = rest.prefix { ("0"..."9").contains($0) || $0 == ";" || $0 == ":" }
                rest = rest.dropFirst(values.count)
                guard rest.popFirst() == "m" else { return "no colour" }
                isOpen = !values.allSatisfy { $0 == "0" || $0 == ";" }
                continue
            }
            switch scalar.value {
            case 0x09: continue
            case 0..<0x20, 0x7f..<0xa0: return "control \(scalar.value)"
            case 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff, 0xe0000...0xe0fff:
                return "invisible \(scalar.value)"
            default: continue
            }
        }
        return isOpen ? "colour left open" : nil
    }
}

/// SplitMix64, for the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
