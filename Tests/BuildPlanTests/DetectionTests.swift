import BuildPlan
import Testing

/// The ordered table as a whole.
struct DetectionTests {
    static let goMain = "package main\n\nfunc main() {}\n"
    static let goMod = "module example.com/acme/api\n\ngo 1.24\n"
    static let spin = "spin_manifest_version = 2\n\n[application]\nname = \"x\"\n"

    private func detect(
        _ files: [String: String], hints: DetectionHints = DetectionHints()
    ) throws -> Detection {
        try Detection.detect(in: DictionaryTree(files), hints: hints)
    }

    @Test func aSpinManifestBeatsEverythingElse() throws {
        let found = try detect([
            "spin.toml": Self.spin, "Dockerfile": "FROM scratch\n", ".ko.yaml": "", "go.mod": Self.goMod,
            "main.go": Self.goMain,
        ])
        #expect(found.backend == .spin)
        #expect(found.reason == "spin.toml; spin_manifest_version = 2")
        #expect(found.spinManifest == "spin.toml")
        #expect(found.evidence.map(\.outcome) == [.noMatch, .matched, .lost, .noMatch, .lost, .lost])
        #expect(found.evidence("dockerfile")?.detail.hasSuffix("the rule 'spin' comes first") == true)
    }

    @Test func koConfigurationBeatsADockerfile() throws {
        let found = try detect([
            ".ko.yaml": "", "Dockerfile": "FROM scratch\nRUN --mount=type=cache x\n", "go.mod": Self.goMod,
            "cmd/api/main.go": Self.goMain,
        ])
        #expect(found.backend == .ko)
        #expect(found.koMain == "./cmd/api")
        #expect(found.reason == ".ko.yaml; one main package: ./cmd/api")
        #expect(found.evidence("dockerfile-buildkit")?.outcome == .lost)
    }

    @Test func koConfigurationWithoutAMainPackageLeavesTheDockerfile() throws {
        let found = try detect([
            ".ko.yaml": "", "Dockerfile": "FROM scratch\n", "go.mod": Self.goMod, "api.go": "package api\n",
        ])
        #expect(found.backend == .kaniko)
        #expect(found.evidence("ko-config")?.detail == ".ko.yaml, but no main package")
    }

    @Test func koConfigurationWithSeveralMainPackagesGuessesNone() throws {
        let found = try detect([
            ".ko.yaml": "", "go.mod": Self.goMod, "cmd/a/main.go": Self.goMain, "cmd/b/main.go": Self.goMain,
        ])
        #expect(found.backend == .ko)
        #expect(found.koMain == nil)
        #expect(found.reason == ".ko.yaml; 2 main packages: ./cmd/a, ./cmd/b")
    }

    @Test func aPlainDockerfileIsForKaniko() throws {
        let found = try detect(["Dockerfile": "FROM alpine\nRUN true\n", "go.mod": Self.goMod, "main.go": Self.goMain])
        #expect(found.backend == .kaniko)
        #expect(found.reason == "Dockerfile; nothing in it needs BuildKit")
        #expect(found.dockerfile == "Dockerfile")
        #expect(found.evidence("go")?.outcome == .lost)
    }

    @Test func aDockerfileThatNeedsBuildKitIsForBuildKitAndTheLineIsNamed() throws {
        let found = try detect(["Dockerfile": "FROM alpine\n\nRUN \\\n  --mount=type=cache,target=/c true\n"])
        #expect(found.backend == .buildkit)
        #expect(found.reason == "Dockerfile; line 3: RUN --mount needs BuildKit")
        #expect(found.evidence("dockerfile-buildkit")?.line == 3)
        #expect(found.evidence("dockerfile")?.outcome == .noMatch)
    }

    @Test func aContainerfileServesWhereThereIsNoDockerfile() throws {
        #expect(try detect(["Containerfile": "FROM alpine\n"]).dockerfile == "Containerfile")
        #expect(try detect(["Containerfile": "FROM a\n", "Dockerfile": "FROM a\n"]).dockerfile == "Dockerfile")
        #expect(try detect(["Dockerfile/x": "FROM a\n"]).backend == nil)
    }

    @Test func oneMainPackageIsForKo() throws {
        let found = try detect(["go.mod": Self.goMod, "cmd/api/main.go": Self.goMain, "api.go": "package api\n"])
        #expect(found.backend == .ko)
        #expect(found.koMain == "./cmd/api")
        #expect(found.reason == "go.mod; one main package: ./cmd/api; no Dockerfile")
        #expect(try detect(["go.mod": Self.goMod, "main.go": Self.goMain]).koMain == ".")
    }

    @Test func amongSeveralMainPackagesTheOneNamedAfterTheModuleIsTaken() throws {
        let found = try detect([
            "go.mod": "module example.com/acme/api/v3\n", "cmd/api/main.go": Self.goMain, "cmd/job/x.go": Self.goMain,
        ])
        #expect(found.backend == .ko)
        #expect(found.koMain == "./cmd/api")
    }

    @Test func severalMainPackagesAreATieThatIsReported() throws {
        let found = try detect(["go.mod": Self.goMod, "cmd/a/main.go": Self.goMain, "cmd/b/main.go": Self.goMain])
        #expect(found.backend == nil)
        #expect(
            found.reason
                == "no spin.toml; no .ko.yaml; no Dockerfile; go.mod; 2 main packages: ./cmd/a, ./cmd/b")
    }

    @Test func nothingToBuildFromSaysWhatWasLookedFor() throws {
        let found = try detect(["README.md": ""])
        #expect(found.backend == nil)
        #expect(found.reason == "no spin.toml; no .ko.yaml; no Dockerfile; no go.mod")
        #expect(found.evidence.count == 6)
        #expect(found.evidence.allSatisfy { $0.outcome == .noMatch })
    }

    @Test func anEmptyTreeIsNoError() throws {
        #expect(try detect([:]).backend == nil)
    }
}
