import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy config`: which settings count, and where each comes from.
@Suite(.timeLimit(.minutes(1)))
struct ConfigCommandTests {
    struct Report: Decodable {
        struct Setting: Decodable, Equatable {
            var name: String
            var value: String
            var source: String
            var key: String?
            var file: String?
            var line: Int?
            var scope: String?
        }

        var schema: Int
        var report: String
        var commit: String?
        var remote: String?
        var settings: [Setting]

        subscript(name: String) -> Setting? { settings.first { $0.name == name } }

        init(_ ran: GitFixture.Ran) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(ran.output.utf8))
        }
    }

    private static let file = """
        build_backend: ko
        platforms: [linux/arm64]
        image: ghcr.io/acme/api
        upstream_repo: https://me@forge.example/acme/api
        build_args:
          VERSION: "1"
          NPM_TOKEN: sesame

        """

    @Test func everySettingNamesTheOneSourceThatCounts() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository(
                "work", [TestCommit([PushScene.configPath: .text(Self.file), "go.mod": "module a\n"])])
            try await work.git("remote", "add", "hephy", "hephy::https://forge.example/acme/api").check()
            try await work.git("config", "hephy.logs", "all").check()
            try await work.git("config", "hephy.https://forge.example.timeout", "90").check()
            try await work.git("config", "hephy.backend", "kaniko").check()
            let environment = ["HEPHY_TRIGGER": "none", "HEPHY_REGISTRY_PASSWORD": "sesame"]
            let ran = try await fixture.run(["hephy", "config", "--json"], in: work.path, environment: environment)
                .check()
            let found = try Report(ran)
            #expect(found.schema == 1 && found.report == "config" && found.remote == "https://forge.example/acme/api")
            #expect(found["backend"]?.value == "ko")
            #expect(found["backend"]?.file == PushScene.configPath && found["backend"]?.line == 1)
            #expect(found["platforms"]?.line == 2)
            #expect(found["trigger"]?.source == "environment" && found["trigger"]?.key == "HEPHY_TRIGGER")
            #expect(found["logs"]?.scope == "local" && found["logs"]?.file?.hasSuffix("config") == true)
            #expect(found["timeout"]?.key == "hephy.https://forge.example.timeout", "\(found)")
            #expect(found["timeout"]?.value == "90s")
            #expect(found["follow"]?.source == "default")
            #expect(found["image"]?.value == "ghcr.io/acme/api")
            #expect(found["upstream_repo"]?.value == "https://me@forge.example/acme/api")
            #expect(found["build_args.VERSION"]?.value == "1")
            #expect(found["build_args.NPM_TOKEN"]?.value == "***")
            #expect(found["registry_password"]?.value == "***")
            #expect(!ran.output.contains("sesame"))
            try await OutputSchema.expect([ran.output], fixture)
        }
    }

    @Test func detectionSaysWhy() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["Dockerfile": "FROM scratch\nCOPY a /\n"])])
            let ran = try await fixture.run(["hephy", "config"], in: work.path).check()
            let lines = ran.output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("backend ") == true)
            #expect(lines.first?.contains(" detected: ") == true, "\(ran)")
            #expect(ran.output.contains("local.keepRuns"))
        }
    }

    @Test func aCommandLineOfGitsOwnIsAScopeToo() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let environment = GitFixture.gitSettings([("hephy.logs", "none")])
            let found = try Report(
                try await fixture.run(["hephy", "config", "--json"], in: work.path, environment: environment).check())
            #expect(found["logs"]?.scope == "command" && found["logs"]?.file == nil)
        }
    }

    @Test func aNamedCommitCountsAndABareRepositoryDoes() async throws {
        try await GitFixture.with { fixture in
            let first = TestCommit([PushScene.configPath: "build_backend: ko\n"])
            let second = TestCommit([PushScene.configPath: "build_backend: spin\n"])
            let bare = try await fixture.bareRepository("bare.git", [first, second])
            let newest = try Report(try await fixture.run(["hephy", "config", "--json"], in: bare.path).check())
            #expect(newest["backend"]?.value == "spin")
            let older = try Report(
                try await fixture.run(["hephy", "config", "--json", "main~1"], in: bare.path).check())
            #expect(older["backend"]?.value == "ko")
            #expect(older.commit != newest.commit)
        }
    }

    @Test func whatGitConfigSaysWronglyIsPassedOverAsInAPush() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try await work.git("config", "hephy.logs", "some").check()
            let ran = try await fixture.run(["hephy", "config", "--json"], in: work.path).check()
            #expect(try Report(ran)["logs"]?.source == "default")
            #expect(ran.said.first?.hasPrefix("'git config hephy.logs' is 'some', not one of auto, all, ") == true)
            let found = try DoctorTests.Report(
                try await fixture.run(["hephy", "doctor", "--json"], in: work.path).check())
            #expect(found.first("configuration", "warning")?.mend?.hasPrefix("git config --show-origin") == true)
            let wrong = try DoctorTests.Report(
                try await fixture.run(
                    ["hephy", "doctor", "--json"], in: work.path, environment: ["HEPHY_LOGS": "some"]))
            #expect(wrong.status == 2)
            #expect(wrong.first("configuration", "problem")?.text.hasPrefix("'HEPHY_LOGS' is 'some'") == true)
        }
    }

    @Test func aSubdirectoryAndALinkedWorkTreeDo() async throws {
        try await GitFixture.with { fixture in
            let files: [String: TreeEntry] = [PushScene.configPath: "build_backend: ko\n", "sub/x": "x"]
            let work = try await fixture.repository("work", [TestCommit(files)])
            try await work.git("worktree", "add", "--quiet", fixture.path("linked"), "-b", "other").check()
            for folder in ["work/sub", "linked", "linked/sub"] {
                let found = try Report(try await fixture.run(["hephy", "config", "--json"], in: folder).check())
                #expect(found["backend"]?.line == 1, "\(folder)")
            }
        }
    }

    @Test(
        arguments: [
            (["config", "nowhere"], [:], 2, "'nowhere' is no commit of this repository"),
            (["config", "--remote", "nobody"], [:], 2, "'nobody' is no remote that goes through hephy"),
            (["config"], ["HEPHY_LOGS": "some"], 2, "'HEPHY_LOGS' is 'some', not one of auto, all, failed, none"),
        ] as [([String], [String: String], Int32, String)])
    func whatCannotBeUsedIsSaid(
        _ arguments: [String], _ environment: [String: String], _ status: Int32, _ sentence: String
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let ran = try await fixture.run(
                ["hephy"] + arguments, in: work.path, environment: environment.mapValues(Optional.some))
            #expect(ran.status == status, "\(ran)")
            #expect(ran.said.first == sentence, "\(ran)")
        }
    }
}
