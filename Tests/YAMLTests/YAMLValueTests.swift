import Testing
import YAML

@Suite struct YAMLValueTests {
    private func value(_ text: String) throws -> YAMLNode {
        let root = try #require(try YAMLNode.parse(Array("v: \(text)\n".utf8)))
        return try #require(root["v"])
    }

    @Test(
        arguments: [
            ("", "nothing"), ("~", "nothing"), ("null", "nothing"), ("Null", "nothing"), ("\"\"", "text"),
            ("'null'", "text"), ("nil", "text"), ("true", "a boolean"), ("False", "a boolean"), ("tRUE", "text"),
            ("'true'", "text"), ("!!str true", "text"), ("! true", "text"), ("yes", "text"), ("12", "a number"),
            ("-3", "a number"), ("1.5", "a number"), (".5", "a number"), ("1.", "a number"), ("1e9", "a number"),
            ("1e", "text"), (".", "text"), ("[]", "a list"), ("1.2.3", "text"), ("0x1F", "a number"), ("0x", "text"),
            ("0o17", "a number"), ("-.inf", "a number"), (".nan", "a number"), ("99999999999999999999", "a number"),
            ("'12'", "text"), ("{a: b}", "a mapping"), ("[a]", "a list"), ("|\n  x", "text"), ("1 2", "text"),
        ])
    func kindIsDecidedByTheCoreSchema(text: String, kind: String) throws {
        #expect(try value(text).kind == kind)
    }

    @Test(
        arguments: [
            ("12", 12), ("+12", 12), ("-12", -12), ("0x1F", 31), ("0o17", 15), ("017", 17), ("0x-1", nil),
            ("1_000", nil),
            ("'12'", nil), ("99999999999999999999", nil), ("1.0", nil), ("", nil), ("[1]", nil),
        ] as [(String, Int?)])
    func integersAreReadOnlyWherePlainAndFitting(text: String, expected: Int?) throws {
        #expect(try value(text).integer == expected)
    }

    @Test(
        arguments: [
            ("true", true), ("TRUE", true), ("false", false), ("yes", nil), ("on", nil), ("'true'", nil), ("1", nil),
        ] as [(String, Bool?)])
    func onlyTrueAndFalseAreBooleans(text: String, expected: Bool?) throws {
        #expect(try value(text).bool == expected)
    }

    @Test(
        arguments: [
            ("1.0", "1.0"), ("true", "true"), ("''", ""), ("", nil), ("~", nil), ("[a]", nil), ("{}", nil),
            ("\"a\\tb\"", "a\tb"), ("|\n  a\n  b", "a\nb\n"),
        ] as [(String, String?)])
    func stringIsTheTextAsWrittenButForNull(text: String, expected: String?) throws {
        #expect(try value(text).string == expected)
    }

    @Test func lookingIntoAScalarFindsNothing() throws {
        let scalar = try value("x")
        #expect(scalar["a"] == nil)
        #expect(scalar.items == nil)
        #expect(scalar.pairs == nil)
    }

    @Test func aKeyThatReadsAsNullIsFoundByItsText() throws {
        let root = try #require(try YAMLNode.parse(Array("null: 1\n12: 2\n".utf8)))
        #expect(root["null"]?.integer == 1)
        #expect(root["12"]?.integer == 2)
    }
}
