import Testing
import YAML

@Suite struct YAMLParseTests {
    private func parse(_ text: String, limits: YAMLLimits = .init()) throws(YAMLError) -> YAMLNode? {
        try YAMLNode.parse(Array(text.utf8), limits: limits)
    }

    private func error(of text: String, limits: YAMLLimits = .init()) -> YAMLError? {
        do throws(YAMLError) {
            _ = try parse(text, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyNodeKnowsWhereItBegins() throws {
        let root = try #require(try parse("a: 1\nlist:\n  - x\n  - {k: \"v\"}\n"))
        #expect(root.mark == Mark(line: 1, column: 1))
        #expect(root["a"]?.mark == Mark(line: 1, column: 4))
        let items = try #require(root["list"]?.items)
        #expect(items.map(\.mark) == [Mark(line: 3, column: 5), Mark(line: 4, column: 5)])
        #expect(items[1]["k"]?.mark == Mark(line: 4, column: 9))
    }

    @Test func columnsCountScalarsNotBytes() throws {
        let root = try #require(try parse("\"äö𝄞\": x\n"))
        #expect(root["äö𝄞"]?.mark == Mark(line: 1, column: 8))
    }

    @Test(arguments: [
        "", "\n\n", "# nothing\n", "---\n", "---\n...\n", "\u{FEFF}", "\u{FEFF}# x\n", "%YAML 1.2\n---\n",
    ])
    func anEmptyDocumentIsNoNode(text: String) throws {
        #expect(try parse(text) == nil)
    }

    @Test func anExplicitNullIsANode() throws {
        #expect(try parse("~")?.isNull == true)
    }

    @Test(arguments: ["a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "\u{FEFF}a: 1\nb: 2\n", "a: 1\rb: 2\r"])
    func lineEndsAndByteOrderMarkDoNotMoveMarks(text: String) throws {
        let root = try #require(try parse(text))
        #expect(root["a"]?.mark == Mark(line: 1, column: 4))
        #expect(root["b"]?.mark == Mark(line: 2, column: 4))
        #expect(root["b"]?.integer == 2)
    }

    @Test func githubsKeyOnStaysText() throws {
        let root = try #require(try parse("on:\n  push:\nname: yes\n"))
        #expect(root.pairs?.first?.key.string == "on")
        #expect(root["on"]?["push"]?.isNull == true)
        #expect(root["name"]?.string == "yes")
        #expect(root["name"]?.bool == nil)
    }

    @Test func aMergeKeyIsAnOrdinaryKey() throws {
        let root = try #require(try parse("base: &b {x: 1}\nc:\n  <<: *b\n"))
        #expect(root["c"]?["<<"]?["x"]?.integer == 1)
        #expect(root["c"]?["x"] == nil)
    }

    @Test func anAliasBecomesWhatItNamesAtItsOwnPlace() throws {
        let root = try #require(try parse("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n"))
        #expect(root["b"]?.items?.map(\.integer) == [1, 2])
        #expect(root["b"]?.mark == Mark(line: 2, column: 4))
        #expect(root["d"]?.integer == 3)
    }

    @Test(
        arguments: [
            ("a: 1\n---\nb: 2\n", YAMLError(.secondDocument, at: Mark(line: 2, column: 1))),
            ("---\n---\n", YAMLError(.secondDocument, at: Mark(line: 2, column: 1))),
            (
                "a: 1\nb: 2\n\"a\": 3\n",
                YAMLError(.duplicateKey("a", first: Mark(line: 1, column: 1)), at: Mark(line: 3, column: 1))
            ),
            ("a: *nobody\n", YAMLError(.unknownAlias("nobody"), at: Mark(line: 1, column: 4))),
            ("a: &x [1, *x]\n", YAMLError(.recursiveAlias("x"), at: Mark(line: 1, column: 11))),
            ("a: &x {b: &x [1, [*x]]}\n", YAMLError(.recursiveAlias("x"), at: Mark(line: 1, column: 19))),
            ("a: 1\nb: \u{7}\n", YAMLError(.forbiddenCharacter(7), at: Mark(line: 2, column: 4))),
            (
                "a: b: c\n",
                YAMLError(
                    .syntax(problem: "mapping values are not allowed in this context", context: nil),
                    at: Mark(line: 1, column: 5))
            ),
            (
                "a:\n\tb: 1\n",
                YAMLError(
                    .syntax(
                        problem: "found character that cannot start any token",
                        context: "while scanning for the next token"),
                    at: Mark(line: 2, column: 1))
            ),
        ] as [(String, YAMLError)])
    func aFaultIsNamedAtItsPlace(text: String, expected: YAMLError) {
        #expect(error(of: text) == expected)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], Mark(line: 1, column: 4)),
            ([0x61, 0x0D, 0x0A, 0xC3], Mark(line: 2, column: 1)),
            ([0x0A, 0xC3, 0xA4, 0xED, 0xA0, 0x80], Mark(line: 2, column: 2)),
            ([0xFF, 0xFE, 0x61, 0x00], Mark(line: 1, column: 1)),
        ] as [([UInt8], Mark)])
    func invalidUTF8IsNamedAtItsPlace(bytes: [UInt8], mark: Mark) {
        #expect(throws: YAMLError(.invalidUTF8, at: mark)) { try YAMLNode.parse(bytes) }
    }

    @Test func aNulByteIsRefusedOutsideQuotes() {
        #expect(error(of: "a: \0b")?.fact == .forbiddenCharacter(0))
    }

    @Test func theProblemReadsAsASentence() {
        #expect(
            error(of: "a:\n\tb: 1\n")?.problem
                == "found character that cannot start any token while scanning for the next token")
        #expect(error(of: "a: \u{7}")?.problem == "the character U+0007 is not allowed here")
        #expect(error(of: "a: 1\na: 1")?.problem == "the key 'a' stands already in line 1")
    }

    @Test(
        arguments: [
            ("one\ntwo", 2, "two"), ("one\r\ntwo\r\n", 2, "two"), ("one\r\rthree", 3, "three"), ("one\n", 2, ""),
            ("one", 7, ""), ("\u{FEFF}one", 1, "one"), ("a\u{85}b\u{2028}c\u{2029}d", 4, "d"),
        ])
    func aMarkFindsItsLine(text: String, line: Int, expected: String) {
        #expect(Mark(line: line, column: 1).lineText(in: Array(text.utf8)) == expected)
    }
}
