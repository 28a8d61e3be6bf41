import BuildPlan
import Testing

/// What the configuration and the options change.
struct DetectionHintsTests {
    private static let goMod = "module example.com/api\n"
    private static let goMain = "package main\nfunc main() {}\n"

    private func detect(_ files: [String: String], _ hints: DetectionHints) throws -> Detection {
        try Detection.detect(in: DictionaryTree(files), hints: hints)
    }

    private static func chosen(_ backend: Backend) -> DetectionHints {
        DetectionHints(backend: (backend, source: "-o hephy.backend"))
    }

    @Test func aChoiceWinsAndTheEvidenceIsKept() throws {
        let files = ["Dockerfile": "FROM a\n", "spin.toml": "spin_manifest_version = 2\n"]
        let found = try detect(files, Self.chosen(.buildkit))
        #expect(found.backend == .buildkit)
        #expect(found.reason == "buildkit was chosen by -o hephy.backend")
        #expect(found.dockerfile == "Dockerfile")
        #expect(found.spinManifest == "spin.toml")
        #expect(found.evidence.map(\.outcome) == [.matched, .lost, .noMatch, .noMatch, .lost, .noMatch])
    }

    static let missing: [(Backend, [String: String], String)] = [
        (.ko, [:], "; but no go.mod"),
        (.ko, ["go.mod": goMod], "; but go.mod; no main package"),
        (.kaniko, [:], "; but no Dockerfile"),
        (.buildkit, [:], "; but no Dockerfile"),
        (.buildkit, ["Dockerfile": "FROM a\nRUN --network=none b\n"], ""),
        (.kaniko, ["Dockerfile": "FROM a\nRUN --network=none b\n"], "; but line 2: RUN --network needs BuildKit"),
        (.spin, [:], "; but no spin.toml"),
        (
            .spin, ["spin.toml": "x = 1\n"],
            "; but spin.toml is no Spin manifest: "
                + "no spin_manifest_version before the first table"
        ),
    ]

    @Test(arguments: missing)
    func aChoiceSaysWhatItWouldMiss(_ backend: Backend, _ files: [String: String], _ missing: String) throws {
        let found = try detect(files, Self.chosen(backend))
        #expect(found.backend == backend)
        #expect(found.evidence("explicit")?.detail == "\(backend.rawValue) was chosen by -o hephy.backend" + missing)
    }

    @Test func aChoiceOfKoStillFindsItsMainPackage() throws {
        let files = ["Dockerfile": "FROM a\n", "go.mod": Self.goMod, "cmd/api/main.go": Self.goMain]
        #expect(try detect(files, Self.chosen(.ko)).koMain == "./cmd/api")
        #expect(try detect(files, Self.chosen(.kaniko)).koMain == nil)
    }

    @Test func thoroughnessCountsPackagesThatCannotWin() throws {
        let files = ["Dockerfile": "FROM a\n", "go.mod": Self.goMod, "cmd/api/main.go": Self.goMain]
        let quick = try detect(files, DetectionHints())
        #expect(
            quick.evidence("go")?.detail == "go.mod; packages not counted; the rule 'dockerfile' comes first")
        let thorough = try detect(files, DetectionHints(isThorough: true))
        #expect(thorough.backend == .kaniko)
        #expect(thorough.koMain == "./cmd/api")
        #expect(
            thorough.evidence("go")?.detail
                == "go.mod; one main package: ./cmd/api; the rule 'dockerfile' comes first")
    }

    @Test(arguments: ["./cmd/b", "cmd/b/", "example.com/api/cmd/b", "./cmd/../cmd/b"])
    func theNamedMainPackageIsTakenAmongSeveral(_ main: String) throws {
        let files = ["go.mod": Self.goMod, "cmd/a/main.go": Self.goMain, "cmd/b/main.go": Self.goMain]
        let found = try detect(files, DetectionHints(koMain: main))
        #expect(found.backend == .ko)
        #expect(found.koMain == "./cmd/b")
        #expect(found.reason == "go.mod; main package ./cmd/b; no Dockerfile")
    }

    @Test(arguments: ["./cmd/c", "../cmd/b", "example.com/other/cmd/b", "/cmd/b", "."])
    func aNamedMainPackageThatIsNoneIsSaid(_ main: String) throws {
        let found = try detect(["go.mod": Self.goMod, "cmd/b/main.go": Self.goMain], DetectionHints(koMain: main))
        #expect(found.backend == nil)
        #expect(found.evidence("go")?.detail == "go.mod; no main package in \(main)")
    }

    @Test func onlyTheNamedPackageIsRead() throws {
        let tree = DictionaryTree([
            "go.mod": Self.goMod, "cmd/a/main.go": Self.goMain, "cmd/b/main.go": Self.goMain, "x/x.go": "package x\n",
        ])
        _ = try Detection.detect(in: tree, hints: DetectionHints(koMain: "./cmd/b"))
        #expect(tree.filesRead == ["cmd/b/main.go", "go.mod"])
        #expect(!tree.reads.contains("cmd/a/") && !tree.reads.contains("x/"))
    }

    @Test func theContextIsWhereTheDetectionLooks() throws {
        let files = [
            "Dockerfile": "FROM a\n", "svc/api/go.mod": Self.goMod, "svc/api/cmd/x/main.go": Self.goMain,
            "svc/web/Dockerfile": "FROM a\n", "svc/fn/spin.toml": "spin_version = \"1\"\n",
        ]
        #expect(try detect(files, DetectionHints(context: "svc/api")).koMain == "./cmd/x")
        #expect(try detect(files, DetectionHints(context: "./svc/web/")).dockerfile == "svc/web/Dockerfile")
        #expect(try detect(files, DetectionHints(context: "svc/fn")).spinManifest == "svc/fn/spin.toml")
        let missing = try detect(files, DetectionHints(context: "svc/none"))
        #expect(missing.backend == nil)
        #expect(missing.reason == "no directory 'svc/none' in the commit")
        #expect(try detect(files, DetectionHints(context: "../x")).reason == "no directory '../x' in the commit")
    }

    @Test func evidenceInAContextNamesThePathFromTheRoot() throws {
        let files = ["api/go.mod": Self.goMod, "api/main.go": "package main\nimport \"C\"\nfunc main() {}\n"]
        let found = try detect(files, DetectionHints(context: "api")).evidence("go")
        #expect(found?.path == "api/main.go")
        #expect(found?.detail == "go.mod; one main package: .; but main.go:2: import \"C\" (ko builds without cgo)")
    }

    @Test func theNamedDockerfileAndManifestAreTaken() throws {
        let files = [
            "Dockerfile": "FROM a\n", "docker/prod.Dockerfile": "FROM a\nRUN --network=none b\n",
            "deploy/app.toml": "spin_manifest_version = 2\n",
        ]
        let docker = try detect(files, DetectionHints(dockerfile: "./docker/prod.Dockerfile"))
        #expect(docker.backend == .buildkit)
        #expect(docker.dockerfile == "docker/prod.Dockerfile")
        #expect(try detect(files, DetectionHints(spinManifest: "deploy/app.toml")).backend == .spin)
        let missing = try detect(files, DetectionHints(dockerfile: "none/Dockerfile", spinManifest: "x.toml"))
        #expect(missing.reason == "no x.toml; no .ko.yaml; no none/Dockerfile; no go.mod")
    }

    @Test func symbolicLinksInsideTheCommitAreFollowedToFiles() throws {
        let tree = DictionaryTree(
            ["docker/Dockerfile": "FROM a\nRUN --network=none b\n"],
            links: ["Dockerfile": "one", "one": "./docker/Dockerfile", "spin.toml": "/etc/spin.toml", "go.mod": "../x"])
        let found = try Detection.detect(in: tree, hints: DetectionHints())
        #expect(found.backend == .buildkit)
        #expect(found.dockerfile == "Dockerfile")
        let loop = DictionaryTree([:], links: ["Dockerfile": "two", "two": "Dockerfile"])
        #expect(try Detection.detect(in: loop, hints: DetectionHints()).backend == nil)
    }
}
