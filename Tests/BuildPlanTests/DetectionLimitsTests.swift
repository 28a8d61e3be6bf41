import BuildPlan
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the detection reads, how it ends on hostile trees, and what it says in JSON.
struct DetectionLimitsTests {
    private static let goMain = "package main\nfunc main() {}\n"

    @Test func aTreeWithoutGoIsDecidedByItsRootAlone() throws {
        var files: [String: String] = ["README.md": ""]
        for index in 0..<2000 { files["src/d\(index % 50)/f\(index).go"] = Self.goMain }
        let tree = DictionaryTree(files)
        #expect(try Detection.detect(in: tree, hints: DetectionHints()).backend == nil)
        #expect(tree.reads == ["/"])
    }

    @Test func aDockerfileIsTheOnlyFileReadWhereItDecides() throws {
        let tree = DictionaryTree(["Dockerfile": "FROM a\n", "go.mod": "module x\n", "main.go": Self.goMain])
        _ = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(tree.reads == ["/", "Dockerfile"])
    }

    @Test func ofAPackageThatIsNoCommandOneFileIsRead() throws {
        let tree = DictionaryTree([
            "go.mod": "module x\n", "main.go": Self.goMain, "lib/a.go": "package lib\n", "lib/b.go": "package lib\n",
            "lib/b_test.go": "package lib\n", "docs/a.md": "", "vendor/y/y.go": "package y\n",
        ])
        _ = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(tree.filesRead == ["go.mod", "lib/a.go", "main.go"])
        #expect(!tree.reads.contains("vendor/"))
    }

    @Test(arguments: ["Dockerfile", "spin.toml", "go.mod", "main.go", "sub", ""])
    func anObjectThatCannotBeReadIsAnError(_ path: String) throws {
        let tree = DictionaryTree(["go.mod": "module x\n", "main.go": Self.goMain, "sub/x.go": "package sub\n"])
        if path == "Dockerfile" || path == "spin.toml" { tree.add(path, []) }
        tree.unreadable = [path]
        #expect(throws: SourceTreeError.unreadable(path: path, reason: "missing object")) {
            try Detection.detect(in: tree, hints: DetectionHints())
        }
    }

    @Test func aDockerfileThatIsTooLargeIsForBuildKit() throws {
        let tree = DictionaryTree(["Dockerfile": "FROM a\n" + String(repeating: "#", count: 1 << 20)])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.backend == .buildkit)
        #expect(found.reason == "Dockerfile; it has more than 1048576 bytes and was not scanned")
    }

    @Test func otherFilesThatAreTooLargeDoNotMatch() throws {
        let large = String(repeating: "#", count: (1 << 20) + 1)
        let tree = DictionaryTree(["spin.toml": large, "go.mod": large, "main.go": Self.goMain])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.backend == nil)
        #expect(found.evidence("spin")?.detail == "spin.toml has more than 1048576 bytes")
        #expect(found.evidence("go")?.detail == "go.mod; go.mod names no module")
    }

    @Test func directoriesWithoutEndAreNotFollowedForever() throws {
        let deep = String(repeating: "d/", count: 100)
        let tree = DictionaryTree(["go.mod": "module x\n", "\(deep)main.go": Self.goMain])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.backend == nil)
        #expect(
            found.evidence("go")?.detail
                == "go.mod; its packages were not counted: directories more than 64 deep")
    }

    @Test func aTreeThatContainsItselfIsBounded() throws {
        let found = try Detection.detect(in: EndlessTree(), hints: DetectionHints())
        #expect(found.backend == nil)
        #expect(found.evidence("go")?.detail.contains("packages were not counted: ") == true)
    }

    @Test func anExpressionOfThousandsOfParenthesesExcludesItsFile() throws {
        let open = String(repeating: "(", count: 100_000)
        let text = "//go:build \(open)linux\(String(repeating: ")", count: 100_000))\n\n" + Self.goMain
        let tree = DictionaryTree(["go.mod": "module x\n", "main.go": text])
        #expect(try Detection.detect(in: tree, hints: DetectionHints()).backend == nil)
    }

    @Test func randomGoFilesAreSurvived() throws {
        var random = SplitMix(seed: 11)
        let pieces = [
            "package main\n", "func main()", "import (\"embed\"\n", "\"", "`", "'", "/*", "*/", "//", "\n",
            "//go:embed ",
            "[", "*", "\\", "//go:build ", "&&", "!", "(", ")", "// +build ", "import \"C\"\n", "all:", ",",
        ]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
                if Int.random(in: 0...9, using: &random) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
            }
            let tree = DictionaryTree(["static/a": ""])
            tree.add("go.mod", Array("module x\n".utf8))
            tree.add("main.go", bytes)
            tree.add("x.go", Array((Self.goMain + "//").utf8) + bytes)
            #expect(try Detection.detect(in: tree, hints: DetectionHints()).evidence.count == 6)
        }
    }

    @Test func namesFromTheTreeAreSafeToPrint() throws {
        let name = "a\u{1B}[2J\u{202E}" + String(repeating: "x", count: 500)
        let tree = DictionaryTree(["go.mod": "module x\n", "\(name)/main.go": Self.goMain])
        let found = try Detection.detect(in: tree, hints: DetectionHints(isThorough: true))
        #expect(found.reason.hasPrefix("go.mod; one main package: ./a\\u{1b}[2J\\u{202e}xxx"))
        #expect(found.reason.count < 140)
        #expect(found.koMain == "./" + name)
    }

    @Test func jsonHasEachKeyEvenWhenNothingFits() throws {
        let found = try Detection.detect(in: DictionaryTree([:]), hints: DetectionHints())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(found), as: UTF8.self)
        #expect(text.hasPrefix("{\"backend\":null,\"dockerfile\":null,\"evidence\":[{\"backend\":null,\"detail\":"))
        #expect(
            text.contains(
                "{\"backend\":\"ko\",\"detail\":\"no go.mod\",\"line\":null,\"outcome\":\"no-match\",\"path\":null,"
                    + "\"rule\":\"go\"}"))
        #expect(text.hasSuffix("\"koMain\":null,\"reason\":\"\(found.reason)\",\"spinManifest\":null}"))
    }
}

/// A tree each directory of which holds itself ten times, as an object database may say.
private struct EndlessTree: SourceTree {
    func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]? {
        var entries = (0..<10).map { SourceEntry(name: "d\($0)", kind: .directory) }
        if directory.isEmpty { entries.append(SourceEntry(name: "go.mod", kind: .file)) }
        return entries
    }

    func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]? {
        Array("module x\n".utf8)
    }
}
