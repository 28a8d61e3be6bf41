import RemoteHelper
import Testing

struct QuotedTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        (#""\303\251=1""#, "é=1"),
        (#""a\"b\\c\td""#, "a\"b\\c\td"),
        (#""""#, ""),
        ("", ""),
        ("a\"b", "a\"b"),
    ])
    func gitsQuotingIsUndone(_ text: String, _ expected: String) {
        #expect(QuotedText.unquoted(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test(arguments: [#"""#, #""open"#, #""a"b"#, #""\"#, #""\4""#, #""\39""#, #""\x41""#])
    func brokenQuotingIsRefused(_ text: String) {
        #expect(QuotedText.unquoted(Array(text.utf8)) == nil)
    }
}
