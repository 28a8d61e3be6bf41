import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy detect` in every kind of repository.
@Suite(.timeLimit(.minutes(1)))
struct DetectCommandTests {
    private static let go: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n", "cmd/api/main.go": "package main\n\nfunc main() {}\n",
        "internal/store/store.go": "package store\n",
    ]
    private static let goLine =
        "ko for linux/amd64, linux/arm64   (go.mod; one main package: ./cmd/api; no Dockerfile)"

    /// What `hephy detect --json` promises.
    private struct Report: Decodable {
        struct Evidence: Decodable {
            var rule: String
            var backend: String?
            var outcome: String
            var path: String?
            var line: Int?
            var detail: String
        }

        struct Skipped: Decodable {
            var platform: String
            var reason: String
        }

        var schema: Int
        var commit: String
        var backend: String?
        var reason: String
        var evidence: [Evidence]
        var platforms: [String]
        var skippedPlatforms: [Skipped]
    }

    private static func keys(_ json: [UInt8]) throws -> Set<String> {
        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
        struct Keys: Decodable {
            var names: Set<String>
            init(from decoder: any Decoder) throws {
                names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
            }
        }
        return try JSONDecoder().decode(Keys.self, from: Data(json)).names
    }

    @Test func theVerdictIsOneLine() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.go)])
            let ran = try await fixture.run("hephy", "detect", in: work.path).check()
            #expect(ran.output == Self.goLine + "\n")
            #expect(ran.errors.isEmpty)
        }
    }

    @Test func explainShowsEveryRuleInOrder() async throws {
        try await GitFixture.with { fixture in
            var files = Self.go
            files["Dockerfile"] = "FROM golang\nRUN --mount=type=cache,target=/x go build\n"
            let work = try await fixture.repository("work", [TestCommit(files)])
            let ran = try await fixture.run("hephy", "detect", "--explain", in: work.path).check()
            let lines = ran.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines.first?.hasPrefix("buildkit for linux/amd64") == true, "\(ran)")
            let rules = lines.compactMap { line in
                ["explicit", "spin", "ko-config", "dockerfile-buildkit", "dockerfile", "go"].first { line.hasPrefix($0 + " ") }
            }
            #expect(rules == ["explicit", "spin", "ko-config", "dockerfile-buildkit", "dockerfile", "go"], "\(ran)")
            #expect(lines.contains { $0.hasPrefix("dockerfile-buildkit matched  Dockerfile:2: ") }, "\(ran)")
            #expect(lines.contains { $0.hasPrefix("go                  lost") }, "\(ran)")
            #expect(lines.contains("    build_backend: buildkit"), "\(ran)")
        }
    }

    @Test func jsonHasItsKeysWhateverIsFound() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.go), TestCommit(["README": "x\n"], on: "none")])
            let found = try await fixture.run("hephy", "detect", "--json", in: work.path).check()
            let report = try JSONDecoder().decode(Report.self, from: Data(found.standardOutput))
            #expect(report.schema == 1)
            #expect(report.commit == (try await work.commitID()))
            #expect(report.backend == "ko")
            #expect(report.reason == "go.mod; one main package: ./cmd/api; no Dockerfile")
            #expect(report.platforms == ["linux/amd64", "linux/arm64"])
            #expect(report.evidence.count == 6)
            #expect(report.evidence.filter { $0.outcome == "matched" }.map(\.rule) == ["go"])

            let nothing = try await fixture.run("hephy", "detect", "--json", "none", in: work.path)
            #expect(nothing.status == 3)
            #expect(nothing.said.first?.hasPrefix("no build backend recognised in ") == true)
            #expect(try JSONDecoder().decode(Report.self, from: Data(nothing.standardOutput)).backend == nil)
            #expect(try Self.keys(nothing.standardOutput) == Self.keys(found.standardOutput))
            #expect(try Self.keys(found.standardOutput).isSuperset(of: ["backend", "reason", "evidence", "platforms"]))
        }
    }

    @Test func nothingThatFitsIsThreeAndSaysWhatWasLookedFor() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "x\n"])])
            let ran = try await fixture.run("hephy", "detect", in: work.path)
            #expect(ran.status == 3)
            #expect(ran.output.isEmpty)
            let short = try await work.commitID().prefix(7)
            #expect(ran.said.first?.hasPrefix("no build backend recognised in \(short): ") == true, "\(ran)")
            #expect(ran.said.last?.hasPrefix("hint: add one of Dockerfile, go.mod, spin.toml") == true, "\(ran)")
        }
    }

    /// Where a commit is read from: the command's folder and the commit's name.
    enum Place: String, CaseIterable, Sendable {
        case workTree, subdirectory, linkedWorkTree, bare, gitDirectory, detachedCommit, abbreviated, lightTag
        case annotatedTag, tagOfATag, otherBranch, environment, worktreeConfig, packed, shallow, alternates
    }

    @Test(arguments: Place.allCases) func everyKindOfRepositoryAndNameDoes(_ place: Place) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository(
                "work", [TestCommit(["README": "x\n"]), TestCommit(Self.go, on: "go", base: "refs/heads/main")])
            let id = try await work.commitID("go")
            var folder = work.path
            var name = "go"
            var environment: [String: String?] = [:]
            switch place {
            case .workTree:
                try await work.git("checkout", "--quiet", "go").check()
                name = "HEAD"
            case .subdirectory:
                try await work.git("checkout", "--quiet", "go").check()
                folder += "/cmd/api"
            case .linkedWorkTree:
                try await work.git("worktree", "add", "--quiet", "../linked", "go").check()
                folder = fixture.path("linked")
                name = "HEAD"
            case .bare:
                try await fixture.run("git", "clone", "--quiet", "--bare", "work", "bare.git").check()
                folder = fixture.path("bare.git")
            case .gitDirectory: folder += "/.git"
            case .detachedCommit: name = id
            case .abbreviated: name = String(id.prefix(8))
            case .lightTag:
                try await work.git("tag", "light", "go").check()
                name = "light"
            case .annotatedTag:
                try await work.git("tag", "-a", "-m", "m", "v1", "go").check()
                name = "v1"
            case .tagOfATag:
                try await work.git("tag", "-a", "-m", "m", "v1", "go").check()
                try await work.git("tag", "-a", "-m", "m", "v2", "v1").check()
                name = try await work.git("rev-parse", "v2").check().line
            case .otherBranch: name = "refs/heads/go"
            case .environment:
                environment["GIT_DIR"] = work.path + "/.git"
                folder = fixture.scratch
            case .worktreeConfig:
                try await work.git("config", "extensions.worktreeConfig", "true").check()
            case .packed:
                try await work.git("gc", "--quiet", "--prune=now").check()
                try await work.git("pack-refs", "--all").check()
            case .shallow:
                try await fixture.run("git", "clone", "--quiet", "--depth=1", "-b", "go", "file://" + work.path, "shallow").check()
                folder = fixture.path("shallow")
            case .alternates:
                try await fixture.run("git", "clone", "--quiet", "--shared", "-b", "go", "work", "shared").check()
                folder = fixture.path("shared")
            }
            let ran = try await fixture.run("hephy", "detect", name, in: folder, environment: environment)
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output == Self.goLine + "\n", "\(ran)")
        }
    }

    @Test func aRepositoryWithSHA256IsRead() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.go)], objectFormat: "sha256")
            let ran = try await fixture.run("hephy", "detect", "--json", in: work.path).check()
            let report = try JSONDecoder().decode(Report.self, from: Data(ran.standardOutput))
            #expect(report.backend == "ko")
            #expect(report.commit.count == 64)
        }
    }

    @Test(arguments: ["blob:none", "tree:0"]) func aPartialCloneGetsWhatItLacks(_ filter: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.go)])
            try await work.git("config", "uploadpack.allowFilter", "true").check()
            try await work.git("config", "uploadpack.allowAnySHA1InWant", "true").check()
            let url = "file://" + work.path
            try await fixture.run("git", "clone", "--quiet", "--bare", "--filter=\(filter)", url, "partial").check()
            let missing = try await fixture.run(
                "git", "-C", "partial", "rev-list", "--objects", "--all", "--missing=print"
            ).check()
            #expect(missing.output.contains("\n?"))
            let ran = try await fixture.run("hephy", "detect", in: "partial").check()
            #expect(ran.output == Self.goLine + "\n")
        }
    }

    @Test func settingsCountInTheirOrder() async throws {
        try await GitFixture.with { fixture in
            let config: TreeEntry = "build_backend: buildkit\nplatforms: [linux/arm64]\n"
            let commit = TestCommit(["Dockerfile": "FROM scratch\n", PushScene.configPath: config])
            let work = try await fixture.repository("work", [commit])
            try await work.git("config", "hephy.backend", "kaniko").check()
            let file = try await fixture.run("hephy", "detect", in: work.path).check()
            #expect(file.output.hasPrefix("buildkit for linux/arm64   ("))
            let environment = try await fixture.run("hephy", "detect", in: work.path, environment: ["HEPHY_BACKEND": "ko"])
            #expect(environment.output.hasPrefix("ko for linux/arm64   ("), "\(environment)")
            let wrong = try await fixture.run("hephy", "detect", in: work.path, environment: ["HEPHY_BACKEND": "k0"])
            #expect(wrong.status == 2)
        }
    }

    @Test func anInvalidConfigurationIsThreeWithItsProblem() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit([PushScene.configPath: "build_backned: ko\n"])])
            for flags in [[], ["--json"]] {
                let ran = try await fixture.run(["hephy", "detect"] + flags, in: work.path)
                #expect(ran.status == 3)
                #expect(ran.output.isEmpty)
                #expect(ran.errors.contains(".hephy/build-config.yaml:1:1: error: "), "\(ran)")
            }
        }
    }

    @Test(arguments: [
        (["nothing"], "'nothing' is no commit of this repository"), (["HEAD^{tree}"], "'HEAD^{tree}' is no commit"),
        (["--", "--upload-pack=x"], "'--upload-pack=x' is no commit"), (["a\nb"], "'a' is no commit"),
    ])
    func whatIsNoCommitIsAMistakeInTheCommand(_ arguments: [String], _ sentence: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.go)])
            let ran = try await fixture.run(["hephy", "detect"] + arguments, in: work.path)
            #expect(ran.status == 2)
            #expect(ran.said.first?.hasPrefix(sentence) == true, "\(ran)")
        }
    }

    @Test func aRepositoryWithoutACommitSaysSo() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let ran = try await fixture.run("hephy", "detect", in: work.path)
            #expect(ran.status == 2)
            #expect(ran.said.first == "'HEAD' is no commit of this repository", "\(ran)")
        }
    }

    @Test func namesInTheTreeReachTheTerminalHarmless() async throws {
        try await GitFixture.with { fixture in
            let files: [String: TreeEntry] = [
                "go.mod": "module x\n", "a\u{1b}[31m/main.go": "package main\n\nfunc main() {}\n",
                "b\nhephy: x/main.go": "package main\n\nfunc main() {}\n",
            ]
            let work = try await fixture.repository("work")
            try await work.commit([TestCommit(files)])
            for flag in ["--explain", "--json"] {
                let ran = try await fixture.run("hephy", "detect", flag, in: work.path)
                #expect(ran.status == 3)
                #expect(!ran.output.contains("\u{1b}") && !ran.errors.contains("\u{1b}"), "\(ran)")
                #expect(!ran.errors.contains("\nhephy: x"), "\(ran)")
            }
        }
    }
}
