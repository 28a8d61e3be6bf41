import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `--json` of the commands that look at the repository alone.
@Suite(.timeLimit(.minutes(1)))
struct ReportJSONTests {
    private struct Check: Decodable {
        struct Problem: Decodable {
            var severity: String
            var line: Int
            var column: Int
            var suggestion: String?
        }

        struct File: Decodable {
            var path: String
            var state: String
        }

        var found: Bool
        var valid: Bool
        var problems: [Problem]
        var files: [File]

        init(_ ran: GitFixture.Ran) throws {
            self = try JSONDecoder().decode(Check.self, from: Data(ran.standardOutput))
        }
    }

    @Test func everyReportIsAsTheSchemaSays() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["Dockerfile": "FROM scratch\n"])])
            try await work.git("checkout", "--force", "main").check()
            try await work.git("remote", "add", "origin", "https://github.com/acme/api").check()
            var told: [String] = []
            func hephy(_ arguments: String...) async throws -> GitFixture.Ran {
                let ran = try await fixture.run(
                    ["hephy"] + arguments, in: work.path, environment: ["HEPHY_SHARE": GitFixture.share])
                told.append(ran.output)
                return ran
            }
            let none = try await hephy("check", "--json")
            #expect(none.status == 0, "\(none)")
            #expect(try !Check(none).found)
            #expect(try await hephy("detect", "--json").status == 0)
            #expect(try await hephy("init", "--json", "--dry-run").status == 0)
            let initialised = try await hephy("init", "--json")
            #expect(initialised.output.contains("\"state\" : \"created\""), "\(initialised)")
            #expect(initialised.output.contains("\"next\" : \"git add "), "\(initialised)")
            #expect(try await hephy("sync", "--json").status == 0)
            let current = try await hephy("check", "--json")
            #expect(current.status == 0, "\(current)")
            #expect(try Check(current).files.map(\.state) == ["current"])
            try fixture.write("build_backend: kaniko\nplatforms: [linux/arm64]\n", to: "work/.hephy/build-config.yaml")
            let drifted = try await hephy("check", "--json")
            #expect(drifted.status == 3, "\(drifted)")
            #expect(try Check(drifted).files.map(\.state) == ["configuration_changed"])
            try fixture.write("build_backnd: kaniko\n", to: "work/.hephy/build-config.yaml")
            let wrong = try await hephy("check", "--json")
            #expect(wrong.status == 3 && wrong.errors == "", "\(wrong)")
            let problem = try #require(try Check(wrong).problems.first)
            #expect(problem.severity == "error" && problem.line == 1 && problem.column == 1)
            #expect(problem.suggestion == "build_backend")
            #expect(try await hephy("check", "--json", "HEAD").status == 0)
            #expect(try await hephy("doctor", "--json").output.contains("\"report\" : \"doctor\""))
            #expect(try await hephy("config", "--json").output.contains("\"report\" : \"config\""))
            try await OutputSchema.expect(told, fixture)
        }
    }
}
