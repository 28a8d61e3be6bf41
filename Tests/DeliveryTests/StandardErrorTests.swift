import Delivery
import Git
import HTTP
import Testing

struct StandardErrorTests {
    @Test func aTokenInUseIsMaskedFromThenOn() {
        let token = "gho_StandardErrorTests"
        let text = "no Bearer \(token)"
        #expect(StandardError.masked(text) == text)
        StandardError.hide(Secret(token))
        #expect(StandardError.masked(text) == "no Bearer ***")
        #expect(StandardError.safe("no Bearer gho_Standard\u{200b}Error\u{1b}Tests") == "no Bearer ***")
        #expect(
            FailureReport(.git(.commandFailed(arguments: ["x"], status: 1, message: text))).problem
                == "'git x' ended with 1: no Bearer ***")
    }

    @Test(arguments: [
        ("      ^", "      ^"), ("a\tb", "a b"), ("a\r\nb\u{85}c\u{2028}d", "a  b c d"),
        ("\u{1b}[31mred\u{7}\u{7f}", "[31mred"),
        ("\u{202e}\u{2066}x\u{200b}\u{feff}\u{e0041}y", "xy"), ("größer 構築 🚀", "größer 構築 🚀"), ("", ""),
    ])
    func aLineHoldsNothingThatATerminalActsOn(line: String, safe: String) {
        #expect(StandardError.safe(line) == safe)
    }

    @Test func whatIsMaskedKeepsItsControls() {
        #expect(StandardError.masked("\r\u{1b}[Kx\n") == "\r\u{1b}[Kx\n")
    }
}
