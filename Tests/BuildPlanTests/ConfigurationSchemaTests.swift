import BuildPlan
import Testing
import YAML

/// The schema for editors and the parser say the same.
@Suite struct ConfigurationSchemaTests {
    private let schema: ConfigurationJSONSchema

    init() throws {
        schema = try ConfigurationJSONSchema.ofCheckout()
    }

    private func properties(_ path: String...) -> [String: JSONValue] {
        path.reduce(schema.root) { $0["properties"]?[$1] ?? .null }["properties"]?.object ?? [:]
    }

    @Test func bothHaveTheSameKeys() {
        #expect(Set(properties().keys) == Set(ConfigurationKey.allCases.map(\.rawValue)))
        #expect(Set(properties("kaniko").keys) == Set(ConfigurationKey.Kaniko.allCases.map(\.rawValue)))
        #expect(Set(properties("ko").keys) == Set(ConfigurationKey.Ko.allCases.map(\.rawValue)))
        #expect(Set(properties("spin").keys) == Set(ConfigurationKey.Spin.allCases.map(\.rawValue)))
        #expect(Set(properties("deploy").keys) == Set(ConfigurationKey.Deploy.allCases.map(\.rawValue)))
    }

    @Test func bothHaveTheSameChoices() {
        let root = properties()
        #expect(root["build_backend"]?["enum"]?.strings == ["auto"] + Backend.allCases.map(\.rawValue))
        #expect(root["ci_platform"]?["enum"]?.strings == ["auto"] + CIPlatform.allCases.map(\.rawValue))
        #expect(root["platforms"]?["items"]?["enum"]?.strings.sorted() == Platform.spellings)
        #expect(
            properties("deploy")["target"]?["enum"]?.strings == ConfigurationKey.Target.allCases.map(\.rawValue))
        #expect(
            root["runners"]?["propertyNames"]?["enum"]?.strings.sorted() == (["default"] + Platform.spellings).sorted())
        #expect(root["version"]?["const"] == .number(Double(BuildConfiguration.formatVersion)))
    }

    @Test func everyKeyOfTheSchemaIsExplained() {
        for group in [properties(), properties("kaniko"), properties("ko"), properties("spin"), properties("deploy")] {
            for (name, property) in group { #expect(property["description"] != nil, "\(name)") }
        }
    }

    @Test func theSchemaNamesEveryVariableOfATag() throws {
        let tags = try #require(properties()["additional_tags"])
        guard case .string(let description) = tags["description"], case .string(let pattern) = tags["items"]?["pattern"]
        else {
            Issue.record("no description or pattern")
            return
        }
        for variable in TagVariable.allCases {
            #expect(description.contains(variable.rawValue))
            #expect(pattern.contains(variable.rawValue))
        }
        let named = Set(pattern.split { !($0.isUppercase || $0 == "_") }.map(String.init).filter { $0.count > 3 })
        #expect(named == Set(TagVariable.allCases.map(\.rawValue)))
    }

    private static let probes = [
        "", "~", "true", "1", "2", "-1", "1.5", "'1'", "''", "[]", "{}", "[a]", "[1]", "[~]", "[[]]", "{a: b}",
        "{A: 1}",
        "{A: }", "{A: []}", "{A: \"x\\ny\"}", "{1A: x}", "{target: none}", "{target: none, app: x}", "{main: x}",
        "{manifest: x}",
        "auto", "none", "kaniko", "Kaniko", "ko", "local", "github", "[linux/amd64]", "[linux/arm64/v8, wasm32-wasi]",
        "[linux/amd65]", "linux/amd64", "[latest, 1.5]", "[-1]", "['-a']", "['a/b']", "['v${GITHUB_SHA}']",
        "['${HOME}']",
        "['${GITHUB_SHA']", "['$GITHUB_SHA']", "['']", "a/b", "/a", "a//b", ".", "./", "./a", "..", "a/..", "a/../b",
        "..a", "-a",
        "./-a", "././-a", "a/-b", "https://x/y", "'a b'", "'a\tb'", "\"a\\nb\"", "A/b", "a:1", "a@b",
        "localhost:5000/a", "a.b/c",
        "a__b", "'[::1]:5000/x'", "'[::1]/x'", "'[::1/x'", "a.b:x/y", "-a.b/c", "a:1/b", "A.B/c", "localhost/x",
        "a___b", "a.-b", "a-", "kubernetes", "spinkube", "prod", "pr.od", "Prod", "-prod", "prod-", "p..d",
        "http://x", "https://u@x", "ftp://x", "https://", "git@host:o/r", "\(String(repeating: "a", count: 64))",
        "\(String(repeating: "a", count: 254))", "\(String(repeating: "a", count: 256))",
    ]

    private func expectAgreement(on text: String) throws {
        let root = try #require(try YAMLNode.parse(Array(text.utf8)))
        let parser = BuildConfiguration.parse(Array(text.utf8))
        let accepted = try schema.accepts(JSONValue(root))
        #expect((parser.configuration != nil) == accepted, "\(text) \(parser.problems.map(\.sentence))")
    }

    @Test(arguments: ConfigurationKey.allCases)
    func bothJudgeAnyValueOfAKeyAlike(key: ConfigurationKey) throws {
        for probe in Self.probes { try expectAgreement(on: "\(key.rawValue): \(probe)\n") }
    }

    @Test(arguments: ConfigurationKey.Target.allCases, ConfigurationKey.Deploy.allCases)
    func bothJudgeAnyValueOfADeployKeyAlike(target: ConfigurationKey.Target, key: ConfigurationKey.Deploy) throws {
        guard key != .target else { return }
        for probe in Self.probes {
            try expectAgreement(on: "deploy:\n  target: \(target.rawValue)\n  \(key.rawValue): \(probe)\n")
        }
    }

    @Test func bothJudgeNestedValuesAlike() throws {
        for probe in Self.probes {
            try expectAgreement(on: "ko:\n  main: \(probe)\n")
            try expectAgreement(on: "spin:\n  manifest: \(probe)\n")
            try expectAgreement(on: "kaniko:\n  image: \(probe)\n")
            try expectAgreement(on: "runners:\n  default: \(probe)\n")
            try expectAgreement(on: "runners:\n  linux/arm64: [\(probe)]\n")
            try expectAgreement(on: "runners:\n  linux/arm65: \(probe)\n")
            try expectAgreement(on: "deploy:\n  target: \(probe)\n")
            try expectAgreement(on: "build_args:\n  NAME: \(probe)\n")
            try expectAgreement(on: "unknown: \(probe)\n")
        }
    }
}
