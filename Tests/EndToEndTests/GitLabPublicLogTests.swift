import HephyTestSupport
import Testing

/// Pipelines of public projects, followed by somebody without a token: the pages of jobs show their logs.
@Suite(.timeLimit(.minutes(1)))
struct GitLabPublicLogTests {
    private static let build = "build (linux/amd64)"

    private static func plan(_ log: GitLabScenario.Log, steps: Int = 10) -> GitLabScenario.Plan {
        GitLabScenario.Plan(
            jobs: [.init(build, stage: "build", log: log)],
            timeline: [.init("pending", jobs: [build: "pending"])]
                + (1...steps).map { .init(jobs: [build: "running:\($0 * 100 / steps)"]) }
                + [.init("success", jobs: [build: "success"])])
    }

    private func play(
        _ plan: GitLabScenario.Plan, change: (inout GitLabScenario) -> Void = { _ in },
        _ body: (PipelineScene, RunScene.Pushed) throws -> Void
    ) async throws {
        try await PipelineScene.play(
            plans: [plan],
            change: { scenario in
                scenario.projects[PipelineScene.project]?.visibility = "public"
                scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
                change(&scenario)
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.double.journal().allSatisfy { $0.token == nil })
            try body(scene, pushed)
        }
    }

    private func numbers(_ pushed: RunScene.Pushed) -> [Int] {
        pushed.text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "number ").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    @Test(arguments: [true, false]) func theLogIsShownOnceAndInOrder(hasHeaders: Bool) async throws {
        let lines = (1...300).map { "number \($0)" }
        try await play(Self.plan(.init(lines: lines, timestamps: hasHeaders), steps: 40)) { scene, pushed in
            #expect(numbers(pushed) == Array(1...300), "\(pushed.text)")
            #expect(pushed.text.contains("following what is public, with logs as the jobs' pages show them\n"))
            let pages = try scene.double.journal().filter { $0.kind == "web" }
            #expect(pages.count > 5, "it is read while it is written")
            #expect(pages.dropFirst().contains { $0.query?["state"] != nil })
            #expect(try scene.requests("GET", "/trace").isEmpty)
        }
    }

    @Test func aLongLogsBeginningIsOnThePageAlone() async throws {
        let lines = (1...30_000).map { "number \($0) of many lines that are all alike" }
        try await play(Self.plan(.init(lines: lines), steps: 1)) { _, pushed in
            let shown = numbers(pushed)
            #expect(shown.last == 30_000)
            #expect(shown == Array(shown[0]...30_000))
            #expect(shown[0] > 1)
            #expect(pushed.text.contains("[the beginning of the log is on the job's page alone]\n"), "\(pushed.text)")
        }
    }

    @Test func pagesThatWantASignOnAreSaidOnceToDoSo() async throws {
        try await play(
            Self.plan(.init(lines: ["number 1"])),
            change: { scenario in
                scenario.faults = [
                    .init(
                        .status, path: "*/trace.json", count: 9, status: 302, body: "",
                        headers: ["Location": "/users/sign_in", "Content-Type": "text/html"])
                ]
            }
        ) { _, pushed in
            #expect(numbers(pushed).isEmpty)
            #expect(pushed.text.contains("-----> Done in "), "\(pushed.text)")
            #expect(pushed.text.contains("the job's page wants a sign-on"), "\(pushed.text)")
        }
    }

    @Test func aRedJobShowsItsLastLines() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("test", stage: "build", log: .init(lines: ["number 1", "ERROR: it is broken"]))],
            timeline: [.init("failed", jobs: ["test": "failed"])])
        let file = PipelineScene.ours(marker: "")
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(file)]) { $1 }
        try await PipelineScene.play(
            files, plans: [plan],
            change: { scenario in
                scenario.projects[PipelineScene.project]?.visibility = "public"
                scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("error: it is broken"), "\(pushed.text)")
        }
    }
}
