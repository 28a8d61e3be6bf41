import BuildPlan
import Testing

/// Which directories hold a main package, told from the files alone.
struct GoFactsTests {
    static let main = "package main\n\nfunc main() {}\n"

    private func detect(_ files: [String: String], module: String = "example.com/acme/api") throws -> Detection {
        var files = files
        files["go.mod"] = files["go.mod"] ?? "module \(module)\n"
        return try Detection.detect(in: DictionaryTree(files), hints: DetectionHints())
    }

    /// A `main.go` and whether it makes its directory a main package.
    static let sources: [(String, Bool)] = [
        (main, true),
        ("\u{FEFF}package main\nfunc main() {}\n", true),
        ("package main\r\n\r\nfunc main() {\r\n}\r\n", true),
        ("// Copyright\n\n/* block\n package other */ package /* x */ main\nfunc main() {}\n", true),
        ("package main; func main() {}", true),
        ("package main // command\nimport \"fmt\"\nfunc main ( ) { fmt.Println() }", true),
        ("package main\nimport (\n  _ \"embed\"; x \"fmt\"\n  . `os`\n)\nfunc other() {}\nfunc main() {}\n", true),
        ("package main\nfunc (t T) main() {}\n", false),
        ("package main\nfunc mains() {}\n", false),
        ("package main\n// func main() {}\n", false),
        ("package main\n/*\nfunc main() {}\n*/\n", false),
        ("package main\nvar s = `\nfunc main() {}\n`\n", false),
        ("package main\nvar s = \"func main() {}\"\n", false),
        ("package main\nvar s = \"\\\"; func main() {}\"\n", false),
        ("package main\nvar r = '\"'\nfunc main() {}\n", true),
        ("package main\nvar r = '\\''\nfunc main() {}\n", true),
        ("package main\nvar r = '`'; var s = \"`\"\nfunc main() {}\n", true),
        ("package main\nfunc main(x int) {}\n", false),
        ("package api\nfunc main() {}\n", false),
        ("package mainly\nfunc main() {}\n", false),
        ("// package main\npackage api\nfunc main() {}\n", false),
        ("import \"fmt\"\npackage main\nfunc main() {}\n", false),
        ("", false),
    ]

    @Test(arguments: sources)
    func aMainPackageIsToldFromItsText(_ text: String, _ isMain: Bool) throws {
        #expect(try detect(["main.go": text]).koMain == (isMain ? "." : nil))
    }

    /// What stands before the package clause, and whether the file is built for Linux without cgo.
    static let constraints: [(String, Bool)] = [
        ("//go:build linux\n\n", true),
        ("//go:build ignore\n\n", false),
        ("//go:build !ignore\n", true),
        ("//go:build unix && (amd64 || riscv64)\n", true),
        ("//go:build arm64\n", true),
        ("//go:build windows || darwin\n", false),
        ("//go:build !windows && !darwin\n", true),
        ("//go:build cgo\n", false),
        ("//go:build !cgo\n", true),
        ("//go:build go1.30 && gc\n", true),
        ("//go:build tools\n", false),
        ("//go:build !(linux && amd64)\n", true),
        ("//go:build !(amd64 || arm64)\n", false),
        ("//go:build linux &&\n", false),
        ("//go:build (linux\n", false),
        ("//go:build linux windows\n", false),
        ("//go:build !!linux\n", false),
        ("//go:build linux\n//go:build amd64\n", false),
        ("//go:buildx ignore\n", true),
        ("/*\n//go:build ignore\n*/\n", true),
        ("/* licence */\n//go:build ignore\n", false),
        ("// +build ignore\n\n", false),
        ("// +build ignore\n", true),
        ("// +build linux,amd64 darwin\n\n", true),
        ("// +build linux\n// +build windows\n\n", false),
        ("// +build !linux\n\n", false),
        ("//+build ignore\n\n", false),
        ("//go:build linux\n// +build ignore\n\n", true),
    ]

    @Test(arguments: constraints)
    func buildConstraintsDecideWhetherAFileTakesPart(_ header: String, _ isBuilt: Bool) throws {
        #expect(try detect(["main.go": header + Self.main]).koMain == (isBuilt ? "." : nil))
    }

    @Test func aConstraintAfterThePackageClauseIsNone() throws {
        #expect(try detect(["main.go": "package main\n//go:build ignore\nfunc main() {}\n"]).koMain == ".")
    }

    static let names: [(String, Bool)] = [
        ("main.go", true), ("linux.go", true), ("windows.go", true), ("x_linux.go", true), ("x_windows.go", false),
        ("x_amd64.go", true), ("x_arm64.go", true), ("x_386.go", false), ("x_linux_arm64.go", true),
        ("x_windows_amd64.go", false), ("x_linux_wasm.go", false), ("x_unix.go", true), ("x_foo_amd64.go", true),
        ("x_test.go", false), ("_x.go", false), (".x.go", false), ("x.go.txt", false), ("x.GO", false),
        ("x_windows.extra.go", false),
    ]

    @Test(arguments: names)
    func fileNamesAreConstraints(_ name: String, _ isBuilt: Bool) throws {
        #expect(try detect([name: Self.main]).koMain == (isBuilt ? "." : nil))
    }

    @Test(arguments: [
        "vendor/x", "testdata", "a/testdata/x", "_old", ".hidden", "a/vendor/example.com/x", "a/_b",
    ])
    func directoriesThatTheGoCommandPassesOverHoldNoPackage(_ directory: String) throws {
        let found = try detect(["main.go": Self.main, "\(directory)/main.go": Self.main])
        #expect(found.koMain == ".")
        #expect(found.backend == .ko)
    }

    @Test func anotherModuleBelowIsNotLookedInto() throws {
        let found = try detect([
            "main.go": Self.main, "tools/go.mod": "module tools\n", "tools/main.go": Self.main,
            "tools/cmd/x/main.go": Self.main,
        ])
        #expect(found.reason == "go.mod; one main package: .; no Dockerfile")
    }

    @Test func linksAndSubmodulesAreNotFollowed() throws {
        let tree = DictionaryTree(
            ["go.mod": "module x\n", "cmd/a/main.go": Self.main], links: ["cmd/b": "a", "main.go": "cmd/a/main.go"],
            submodules: ["cmd/c"])
        #expect(try Detection.detect(in: tree, hints: DetectionHints()).koMain == "./cmd/a")
    }

    @Test func aGeneratorThatIsLeftOutDoesNotMakeItsPackageAMainPackage() throws {
        let found = try detect([
            "main.go": "//go:build ignore\n\n" + Self.main, "api.go": "package api\n", "cmd/x/x.go": Self.main,
        ])
        #expect(found.koMain == "./cmd/x")
    }

    @Test func theFunctionMayStandInAnyFileOfThePackage() throws {
        #expect(try detect(["a.go": "package main\n", "main.go": "package main\n", "z.go": Self.main]).koMain == ".")
    }

    static let modules: [(String, String)] = [
        ("module example.com/acme/api\n", "api"),
        ("module example.com/acme/api/v2\n", "api"),
        ("module gopkg.in/api.v3\n", "api"),
        ("// comment\nmodule \"example.com/api\" // Deprecated: no\n", "api"),
        ("module `example.com/api`\r\ngo 1.20\r\n", "api"),
        ("go 1.20\n\nmodule (\n\t// one\n\texample.com/api\n)\n", "api"),
        ("module api\n", "api"),
    ]

    @Test(arguments: modules)
    func theModulePathNamesTheCommand(_ goMod: String, _ command: String) throws {
        let found = try detect([
            "go.mod": goMod, "cmd/\(command)/main.go": Self.main, "cmd/other/main.go": Self.main,
        ])
        #expect(found.koMain == "./cmd/\(command)")
        #expect(found.backend == .ko)
    }

    @Test(arguments: ["", "modulex\n", "module\n", "module (\n)\n", "go 1.2\n", "module \"\n", "require module x\n"])
    func aGoModWithoutAModuleIsNoModule(_ goMod: String) throws {
        let found = try detect(["go.mod": goMod, "main.go": Self.main])
        #expect(found.backend == nil)
        #expect(found.evidence("go")?.detail == "go.mod; go.mod names no module")
    }

    @Test func aWorkspaceWithoutAModuleIsSaid() throws {
        let tree = DictionaryTree(["go.work": "go 1.24\nuse ./a\n", "a/go.mod": "module a\n", "a/main.go": Self.main])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.evidence("go")?.detail == "go.work, but no go.mod beside it")
        let inside = try Detection.detect(in: tree, hints: DetectionHints(context: "a"))
        #expect(inside.koMain == ".")
    }
}
