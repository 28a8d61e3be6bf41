import BuildPlan
import Testing

/// What keeps ko from a package although it is the only main one.
struct GoFactsObstacleTests {
    private func evidence(_ files: [String: String]) throws -> Evidence {
        var files = files
        files["go.mod"] = "module example.com/acme/api\n"
        let found = try Detection.detect(in: DictionaryTree(files), hints: DetectionHints())
        return try #require(found.evidence("go"))
    }

    private static func importing(_ path: String) -> String {
        "package main\n\nimport _ \"\(path)\"\n\nfunc main() {}\n"
    }

    private static func embedding(_ directive: String) -> String {
        "package main\n\nimport _ \"embed\"\n\n//go:embed \(directive)\nvar files []byte\n\nfunc main() {}\n"
    }

    @Test func cgoKeepsKoAwayAndTheLineIsNamed() throws {
        let found = try evidence(["main.go": GoFactsTests.main, "c.go": "package main\n\nimport \"C\"\n"])
        #expect(found.outcome == .noMatch)
        #expect(found.path == "c.go")
        #expect(found.line == 3)
        #expect(
            found.detail == "go.mod; one main package: .; but c.go:3: import \"C\" (ko builds without cgo)")
    }

    @Test func cgoInAnImportedPackageCountsAndElsewhereDoesNot() throws {
        let native = "package native\n\nimport (\n\t\"fmt\"\n\t\"C\"\n)\n"
        let used = try evidence([
            "cmd/x/main.go": Self.importing("example.com/acme/api/store"),
            "store/store.go": "package store\nimport _ \"example.com/acme/api/native\"\n", "native/n.go": native,
        ])
        #expect(used.path == "native/n.go")
        #expect(used.line == 5)
        let unused = try evidence(["main.go": Self.importing("example.com/acme/api2/native"), "native/n.go": native])
        #expect(unused.outcome == .matched)
    }

    @Test(arguments: ["//go:build windows\n\n", "//go:build ignore\n\n"])
    func cgoForAnotherSystemDoesNotCount(_ header: String) throws {
        let found = try evidence(["main.go": GoFactsTests.main, "c.go": header + "package main\nimport \"C\"\n"])
        #expect(found.outcome == .matched)
    }

    @Test func cgoBehindItsOwnTagCounts() throws {
        let found = try evidence([
            "main.go": GoFactsTests.main, "c.go": "//go:build cgo\n\npackage main\nimport \"C\"\n",
        ])
        #expect(found.outcome == .noMatch)
    }

    @Test func aCommandThatIsBuiltWithCgoAloneIsFoundAndRefused() throws {
        let found = try evidence(["main.go": "//go:build cgo\n\npackage main\nimport \"C\"\nfunc main() {}\n"])
        #expect(
            found.detail == "go.mod; one main package: .; but main.go:4: import \"C\" (ko builds without cgo)")
    }

    @Test func packagesThatImportEachOtherAreReadOnce() throws {
        let found = try evidence([
            "main.go": Self.importing("example.com/acme/api/a"),
            "a/a.go": "package a\nimport _ \"example.com/acme/api/b\"\n",
            "b/b.go": "package b\nimport _ \"example.com/acme/api/a\"\n",
        ])
        #expect(found.outcome == .matched)
    }

    /// A `//go:embed` line beside the files below, and why it fails; nil when it resolves.
    static let embeds: [(String, String?)] = [
        ("index.html", nil),
        ("static", nil),
        ("static/*.css", nil),
        ("*.html static", nil),
        ("\"index.html\" `static/a.css`", nil),
        ("\"with space.txt\"", nil),
        ("static/[a-c].css", nil),
        ("static/?.css", nil),
        ("static/[z-ba-c].css", nil),
        ("static/[\\a].c*s", nil),
        (".hidden", nil),
        ("all:only", nil),
        ("all:static", nil),
        ("index\\.html", nil),
        ("dist", "//go:embed 'dist' matches no file of the commit"),
        ("dist/app.js", "//go:embed 'dist/app.js' matches no file of the commit"),
        ("index.html missing.txt", "//go:embed 'missing.txt' matches no file of the commit"),
        ("static/*.js", "//go:embed 'static/*.js' matches no file of the commit"),
        ("static/[^a].css", "//go:embed 'static/[^a].css' matches no file of the commit"),
        ("only", "//go:embed 'only' matches only, which holds no file to embed"),
        ("other", "//go:embed 'other' matches other, which is another module"),
        ("../x", "//go:embed '../x' is no path inside the package"),
        ("/etc/passwd", "//go:embed '/etc/passwd' is no path inside the package"),
        (".", "//go:embed '.' is no path inside the package"),
        ("\"index.html", "a malformed //go:embed"),
        ("", "a malformed //go:embed"),
        ("[", "//go:embed '[' matches no file of the commit"),
        ("index.html/x", "//go:embed 'index.html/x' matches no file of the commit"),
    ]

    @Test(arguments: embeds)
    func embeddedFilesMustBeInTheCommit(_ directive: String, _ fault: String?) throws {
        let found = try evidence([
            "main.go": Self.embedding(directive), "index.html": "", "static/a.css": "", "static/sub/x": "",
            "with space.txt": "",
            ".hidden": "", "only/.keep": "", "only/_x": "", "other/go.mod": "module o\n", "other/f": "",
        ])
        #expect(found.detail == "go.mod; one main package: ." + (fault.map { "; but main.go:5: \($0)" } ?? ""))
        #expect(found.outcome == (fault == nil ? .matched : .noMatch))
    }

    @Test func embedsOfAnImportedPackageAreRelativeToIt() throws {
        let web = "package web\nimport \"embed\"\n\n//go:embed dist\nvar dist embed.FS\n"
        let files = ["main.go": Self.importing("example.com/acme/api/web"), "web/web.go": web]
        #expect(try evidence(files).detail.hasSuffix("web/web.go:4: //go:embed 'dist' matches no file of the commit"))
        #expect(try evidence(files.merging(["web/dist/x": ""]) { $1 }).outcome == .matched)
    }

    @Test func embedsInTestsCommentsAndStringsDoNotCount() throws {
        let found = try evidence([
            "main.go": """
            package main

            import _ "embed"

            /*
            //go:embed missing
            */
            var text = `
            //go:embed missing
            `
            var x = 1 //go:embed missing
            //go:embedded missing

            func main() {}
            """,
            "main_test.go": Self.embedding("missing"),
        ])
        #expect(found.outcome == .matched)
    }

    @Test func withoutTheImportADirectiveIsAComment() throws {
        let found = try evidence(["main.go": "package main\n//go:embed missing\nvar x int\nfunc main() {}\n"])
        #expect(found.outcome == .matched)
    }

    @Test func linksAndSubmodulesCannotBeEmbedded() throws {
        let tree = DictionaryTree(
            ["go.mod": "module x\n", "main.go": Self.embedding("dist theme")], links: ["dist": "build"],
            submodules: ["theme"])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.evidence("go")?.detail.hasSuffix("matches the symbolic link dist and 1 more") == true)
    }
}
