import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy status` and `hephy runs`: what the runs are doing, without following them.
@Suite(.timeLimit(.minutes(1)))
struct StatusCommandTests {
    typealias State = GitHubScenario.State

    /// A run whose build goes on for as long as anybody looks.
    private static let building = GitHubScenario.Plan(
        jobs: [.init("plan"), .init("build", steps: RunPlans.steps, needs: ["plan"])],
        timeline: [State("in_progress", jobs: ["plan": "success", "build": "in_progress:3"], times: 1_000_000)])

    /// What the two commands promise.
    private struct Report: Decodable {
        struct Run: Decodable {
            var id: String
            var number: Int
            var sha: String
            var state: String
            var conclusion: String?
            var seconds: Int?
            var doing: String?
            var ours: Bool
        }

        var schema: Int
        var report: String
        var branch: String?
        var sha: String?
        var source: String
        var ofHead: Bool?
        var runs: [Run]

        init(_ ran: GitFixture.Ran) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(ran.standardOutput))
        }
    }

    @Test func whatTheNewestRunOfTheBranchIsDoing() async throws {
        try await RunScene.play(plans: [Self.building]) { scene in
            #expect(try await scene.push(options: ["timeout=1s"]).status == 9)
            let status = try await scene.hephy("status")
            #expect(status.status == 0, "\(status)")
            #expect(status.errors == "")
            let lines = status.output.split(separator: "\n")
            let run = try #require(try scene.runs.first?.run)
            #expect(lines.count == 2, "\(status)")
            #expect(lines[0] == "main is at \(scene.tip.prefix(7)): a commit")
            #expect(lines[1].hasPrefix("  Hephy Build #1  running  "), "\(status)")
            #expect(lines[1].contains("  build | Build it  "), "\(status)")
            #expect(lines[1].hasSuffix("/acme/api/actions/runs/\(run)"), "\(status)")
            let json = try await scene.hephy("status", "--json", "main")
            let report = try Report(json)
            #expect(report.schema == 1 && report.report == "status" && report.source == "forge")
            #expect(report.branch == "main" && report.sha == scene.tip && report.ofHead == true)
            #expect(report.runs.map(\.state) == ["running"])
            #expect(report.runs.map(\.doing) == ["build | Build it"])
            #expect(report.runs.map(\.ours) == [true])
            #expect(report.runs.first?.seconds != nil)
            try await OutputSchema.expect([json.output], scene.fixture)
        }
    }

    @Test func aHeadThatWasNotPushedShowsTheRunsBeforeIt() async throws {
        try await RunScene.play(plans: [.over("failure")]) { scene in
            #expect(try await scene.push().status == 1)
            try await scene.work.commit([TestCommit(["more": "x\n"], message: "not pushed")])
            let status = try await scene.hephy("status")
            #expect(status.status == 0, "\(status)")
            #expect(status.output.contains(": not pushed\nno run of "), "\(status)")
            #expect(status.output.contains("  Hephy Build #1  \(scene.tip.prefix(7))  failed"), "\(status)")
            let commit = try await scene.hephy("status", "HEAD~1", "--json")
            let report = try Report(commit)
            #expect(report.branch == nil && report.ofHead == true)
            #expect(report.runs.map(\.conclusion) == ["failure"])
        }
    }

    @Test func runsAreListedNewestFirstAsManyAsAreWanted() async throws {
        try await RunScene.play(plans: [.over("success"), .over("failure")]) { scene in
            #expect(try await scene.push().status == 0)
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            #expect(try await scene.push().status == 1)
            let ids = try scene.runs.compactMap { $0.run.map(String.init) }
            let runs = try await scene.hephy("runs")
            #expect(runs.status == 0, "\(runs)")
            let words = runs.output.split(separator: "\n").map { $0.split(separator: " ").prefix(3).map(String.init) }
            #expect(words == [[ids[1], "#2", "failed"], [ids[0], "#1", "succeeded"]], "\(runs)")
            let one = try await scene.hephy("runs", "--limit", "1", "--json")
            let report = try Report(one)
            #expect(report.report == "runs" && report.runs.map(\.id) == [ids[1]])
            try await OutputSchema.expect([one.output], scene.fixture)
            for limit in ["0", "101", "x"] {
                #expect(try await scene.hephy("runs", "--limit", limit).status == 2)
            }
        }
    }

    @Test func aForgeThatIsAwayLeavesWhatTheRecordsKnow() async throws {
        // The push lists runs before and after it; nobody may do so later.
        let fault = GitHubScenario.Fault(.reset, path: "*/actions/runs", method: "GET", nth: 2, count: 1000)
        try await RunScene.play(plans: [.over("failure")], change: { $0.faults = [fault] }) { scene in
            #expect(try await scene.push().status == 1)
            for arguments in [["status"], ["runs"]] {
                let told = try await scene.fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy"] + arguments + ["--json"], in: scene.work.path,
                    environment: scene.environment("gho_owner"))
                #expect(told.status == 5, "\(told)")
                #expect(told.errors.contains("hephy: \(scene.host) could not be reached to list runs"), "\(told)")
                let report = try Report(told)
                #expect(report.source == "records" && report.runs.map(\.conclusion) == ["failure"], "\(told)")
                try await OutputSchema.expect([told.output], scene.fixture)
            }
        }
    }

    @Test func withoutAnyRunTheStatusIsNeverZero() async throws {
        try await RunScene.play { scene in
            for command in ["status", "runs"] {
                let told = try await scene.hephy(command)
                #expect(told.status == 6, "\(told)")
                #expect(told.errors.contains("hephy: the forge has no run of it yet"), "\(told)")
                let json = try await scene.hephy(command, "--json")
                #expect(json.status == 6, "\(json)")
                #expect(try Report(json).runs.isEmpty)
            }
            #expect(try await scene.hephy("status", "no-such-branch").status == 2)
            #expect(try await scene.hephy("status", "--remote", "elsewhere").status == 2)
        }
    }

    @Test func runsOfThisMachineAreToldToo() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            #expect(try await scene.push().status == 0)
            let status = try await scene.hephy("status", "--json")
            #expect(status.status == 0, "\(status)")
            #expect(try Report(status).runs.map(\.conclusion) == ["success"])
            let runs = try await scene.hephy("runs", "--json")
            #expect(try Report(runs).runs.map(\.number) == [1])
            try await OutputSchema.expect([status.output, runs.output], scene.fixture)
        }
    }
}
