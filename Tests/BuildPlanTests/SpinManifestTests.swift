import BuildPlan
import Testing

struct SpinManifestTests {
    /// A `spin.toml`, and why it is no manifest; nil when it is one.
    static let manifests: [(String, String?)] = [
        ("spin_manifest_version = 2\n", nil),
        ("spin_manifest_version=2", nil),
        ("\u{FEFF}spin_manifest_version = 2 # two\r\n[application]\r\n", nil),
        ("# comment\n\nspin_manifest_version = \"1\"\nname = \"x\"\n[[component]]\n", nil),
        ("spin_manifest_version = '1'\n", nil),
        ("spin_version = \"1\"\n", nil),
        ("\"spin_manifest_version\" = 2\n", nil),
        ("'spin_manifest_version' = +2\n", nil),
        ("spin_manifest_version = 0x2\n", nil),
        ("name = \"a [b] = 'c' # d\"\nspin_manifest_version = 2\n", nil),
        ("text = \"\"\"\n[application]\nspin_version = 3 \"quoted\" \\\"\"\"\"\"\nspin_manifest_version = 2\n", nil),
        ("text = '''\n[x]\n'''\nspin_manifest_version = 2\n", nil),
        ("list = [ 1, # ]\n  \"]\", [2], { a = '}' } ]\nspin_manifest_version = 2\n", nil),
        ("a.b.c = { d = [1, 2] }\nspin_manifest_version = 2\n", nil),
        ("when = 2024-01-01T00:00:00Z\nspin_manifest_version = 2\n", nil),
        ("", "no spin_manifest_version before the first table"),
        ("[application]\nspin_manifest_version = 2\n", "no spin_manifest_version before the first table"),
        ("# spin_manifest_version = 2\n", "no spin_manifest_version before the first table"),
        ("text = \"\"\"\nspin_manifest_version = 2\n\"\"\"\n", "no spin_manifest_version before the first table"),
        ("a.spin_manifest_version = 2\n", "no spin_manifest_version before the first table"),
        ("spin_manifest_version = 1\n", "spin_manifest_version is 1; Spin takes 2 or \"1\""),
        ("spin_manifest_version = \"2\"\n", "spin_manifest_version is the string \"2\"; Spin takes 2 or \"1\""),
        ("spin_manifest_version = 2.0\n", "spin_manifest_version is no integer; Spin takes 2 or \"1\""),
        ("spin_manifest_version = [2]\n", "spin_manifest_version is no integer; Spin takes 2 or \"1\""),
        (
            "spin_manifest_version = 99999999999999999999\n",
            "spin_manifest_version is no integer; Spin takes 2 or \"1\""
        ),
        ("spin_version = \"1\"\nspin_manifest_version = 2\n", "more than one of spin_manifest_version, spin_version"),
        ("spin_manifest_version = 2\nspin_manifest_version = 2\n", "no TOML: a key twice"),
        ("spin_manifest_version = 2 2\n", "no TOML: more than one value"),
        ("spin_manifest_version\n", "no TOML: a key without '='"),
        ("spin_manifest_version =\n", "no TOML: a key without a value"),
        ("= 2\n", "no TOML: no key"),
        ("name = \"open\nspin_manifest_version = 2\n", "no TOML: a string that does not close"),
        ("list = [1, {2]}\n", "no TOML: brackets that do not match"),
        ("list = [1\nspin_manifest_version = 2\n", "no TOML: a bracket that does not close"),
        ("<html>\n", "no TOML: no key"),
    ]

    @Test(arguments: manifests)
    func theVersionDecides(_ text: String, _ refusal: String?) throws {
        let found = try Detection.detect(in: DictionaryTree(["spin.toml": text]), hints: DetectionHints())
        #expect(found.backend == (refusal == nil ? .spin : nil))
        if let refusal {
            #expect(found.evidence("spin")?.detail == "spin.toml is no Spin manifest: " + refusal)
        }
    }

    @Test func theLineOfTheVersionIsNamed() throws {
        let tree = DictionaryTree(["spin.toml": "# x\nname = '''\na\n'''\nspin_manifest_version = 3\n"])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.evidence("spin")?.line == 5)
        #expect(found.evidence("spin")?.path == "spin.toml")
    }

    @Test func deepBracketsAndRandomBytesAreSurvived() throws {
        let deep = "a = " + String(repeating: "[", count: 200_000)
        #expect(try Detection.detect(in: DictionaryTree(["spin.toml": deep]), hints: DetectionHints()).backend == nil)
        var random = SplitMix(seed: 3)
        let pieces = Array("spin_manifest_version=2\"'[]{}#\n\r\\. ".utf8)
        for _ in 0..<2000 {
            let tree = DictionaryTree([:])
            let count = Int.random(in: 0...40, using: &random)
            tree.add("spin.toml", (0..<count).map { _ in pieces.randomElement(using: &random) ?? 0xFF })
            #expect(try Detection.detect(in: tree, hints: DetectionHints()).evidence.count == 6)
        }
    }
}
