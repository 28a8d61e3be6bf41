import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy logs`, and what programs that read along are told.
@Suite(.timeLimit(.minutes(1)))
struct LogsCommandTests {
    /// One line of `--json`, as far as it matters here.
    struct Event: Decodable {
        struct Named: Decodable {
            var name: String?
            var state: String?
            var conclusion: String?
        }

        struct Line: Decodable {
            var kind: String
            var text: String
        }

        var schema: Int
        var event: String
        var job: Named?
        var step: Named?
        var line: Line?
        var verdict: String?
        var status: Int32?
        var failedJobs: [String]?

        /// Every line of standard output, each of which has to be one.
        static func all(in ran: GitFixture.Ran) throws -> [Event] {
            try ran.output.split(separator: "\n").map { try JSONDecoder().decode(Event.self, from: Data($0.utf8)) }
        }
    }

    @Test func theLogOfAFinishedRunIsPrintedAndNothingElse() async throws {
        try await RunScene.play(plans: [RunPlans.red]) { scene in
            #expect(try await scene.push().status == 1)
            let all = try await scene.hephy("logs")
            #expect(all.status == 0, "\(all)")
            #expect(all.errors == "")
            #expect(all.output.contains("\nbuild | cc -c main.c\nbuild | error: main.c:3: expected ';'\n"), "\(all)")
            #expect(all.output.hasPrefix("plan | "), "\(all)")
            let one = try await scene.hephy("logs", "--job", "build")
            #expect(one.output.contains("\ncc -c main.c\nerror: main.c:3: expected ';'\n"), "\(one)")
            let failed = try await scene.hephy("logs", "--failed", scene.tip)
            #expect(failed.status == 0 && failed.errors == "", "\(failed)")
            #expect(failed.output.contains("cc -c main.c\n"), "\(failed)")
            #expect(!failed.output.contains("actions/checkout") && !failed.output.contains("plan"), "\(failed)")
            let none = try await scene.hephy("logs", "--job", "lint")
            #expect(none.status == 6 && none.output == "", "\(none)")
            #expect(none.errors.contains("no job is called 'lint'\nhephy: hint: there are: plan, build, deploy\n"))
        }
    }

    @Test func aConnectionThatIsCutLosesAndRepeatsNoLine() async throws {
        let lines = (1...2000).map { "line \($0) of two thousand" }
        let job = GitHubScenario.Job("build", steps: RunPlans.steps, log: .init(lines: lines))
        // The log store breaks off three times, each time further on.
        let cuts = [1, 2, 3].map {
            GitHubScenario.Fault(.cut, path: "/actions-results/*", nth: $0, count: 1, afterBytes: 20_000)
        }
        try await RunScene.play(plans: [.over("success", job: job)], change: { $0.faults = cuts }) { scene in
            #expect(try await scene.push(options: ["logs=none"]).status == 0)
            let logs = try await scene.hephy("logs")
            #expect(logs.status == 0, "\(logs.errors)")
            #expect(logs.output.split(separator: "\n").filter { $0.hasPrefix("line ") }.map(String.init) == lines)
        }
    }

    @Test func whoReadsAlongIsToldEverythingInOrderAndNothingElse() async throws {
        let hostile = [
            "\"quoted\\\" \u{1b}]0;title\u{7}\u{1b}[2J\u{202e}end", "tab\tand \u{1b}[31mred\u{1b}[0m", "gho_owner",
            "{\"event\":\"verdict\"}", "##[error]bad \u{0}\u{1}\u{85}thing",
        ]
        var plan = RunPlans.red
        plan.jobs?[1].log = .init(lines: RunPlans.log(hostile))
        try await RunScene.play(
            plans: [plan], change: { $0.expectedRefusals = [.init("no-such-run")] }
        ) { scene in
            #expect(try await scene.push(options: ["logs=none"]).status == 1)
            let watched = try await scene.hephy("watch", "--json", "--logs", "all")
            #expect(watched.status == 1, "\(watched)")
            #expect(watched.errors == "")
            let events = try Event.all(in: watched)
            #expect(events.first?.event == "queued" && events.allSatisfy { $0.schema == 1 })
            let verdict = try #require(events.last)
            #expect(verdict.event == "verdict" && verdict.verdict == "failed" && verdict.status == 1)
            #expect(verdict.failedJobs == ["build"])
            let jobs = events.filter { $0.event == "job" }.compactMap { $0.job.map { [$0.name, $0.conclusion] } }
            #expect(jobs == [["plan", "success"], ["build", "failure"], ["deploy", "skipped"]])
            let texts = events.filter { $0.job?.name == "build" }.compactMap { $0.line?.text }
            #expect(
                texts.suffix(5) == [
                    "\"quoted\\\" end", "tab\tand red", "***", "{\"event\":\"verdict\"}", "bad  thing",
                ], "\(texts)")
            #expect(events.contains { $0.line?.kind == "error" && $0.step?.name == "Build it" })
            try await OutputSchema.expect(watched.output.split(separator: "\n").map(String.init), scene.fixture)
            let logs = try await scene.hephy("logs", "--failed", "--json")
            #expect(logs.status == 0, "\(logs)")
            #expect(try Event.all(in: logs).compactMap { $0.line?.text }.contains("tab\tand red"))
            let gone = try await scene.hephy("watch", "--json", "12345")
            #expect(gone.output == "" && gone.status != 0, "\(gone)")
        }
    }

    @Test func stepsAndJobsAreToldWhileTheyRun() async throws {
        try await LocalScene.with(.steps(["build-local.sh": "\(LocalScene.waiting(for: "go"))\necho built"])) { scene in
            #expect(try await scene.push("-o", "hephy.follow=false", "hephy", "main").status == 0)
            async let watching = scene.hephy("watch", "--json")
            async let following = scene.hephy("logs", "--follow", "--job", "build")
            _ = try await eventually("a run") { try scene.runs().first }
            let before = try await scene.hephy("logs", "--job", "build")
            #expect(before.status == 0 || before.status == 6, "\(before)")
            #expect(!before.output.contains("built"))
            try scene.allow("go")
            let watched = try await watching
            #expect(watched.status == 0, "\(watched)")
            let events = try Event.all(in: watched)
            #expect(events.first?.event == "queued" && events.last?.verdict == "succeeded")
            let build = "build (linux/\(LocalScene.architecture))"
            let ofBuild = events.filter { $0.job?.name == build }
            #expect(ofBuild.filter { $0.event == "job" }.map(\.job?.state) == ["running", "finished"], "\(watched)")
            #expect(ofBuild.contains { $0.event == "step" && $0.step?.conclusion == "success" }, "\(watched)")
            #expect(ofBuild.contains { $0.line?.text == "built" })
            try await OutputSchema.expect(watched.output.split(separator: "\n").map(String.init), scene.fixture)
            let followed = try await following
            #expect(followed.status == 0, "\(followed)")
            #expect(followed.output.contains("built\n"), "\(followed)")
            #expect(followed.errors == "")
        }
    }
}
