import HephyTestSupport
import Testing

/// Logs of running jobs: how they come, how much of them is fetched, and that nothing is lost or doubled.
@Suite(.timeLimit(.minutes(2)))
struct GitLabLiveLogTests {
    /// A job whose log grows by a fiftieth with each look.
    private static func growing(_ log: GitLabScenario.Log) -> GitLabScenario.Plan {
        GitLabScenario.Plan(
            jobs: [.init("build (linux/amd64)", stage: "build", log: log)],
            timeline: [.init("pending", jobs: ["build (linux/amd64)": "pending"])]
                + (1...50).map { .init(jobs: ["build (linux/amd64)": "running:\($0 * 2)"]) }
                + [.init("success", jobs: ["build (linux/amd64)": "success"])])
    }

    private func fetched(_ scene: PipelineScene) throws -> Int {
        try scene.requests("GET", "/trace").compactMap(\.bytes).reduce(0, +)
    }

    @Test func aLiveLogOfFiveMegabytesIsFetchedOnce() async throws {
        try await PipelineScene.play(plans: [Self.growing(.init(generateMegabytes: 5))]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            let shown = pushed.text.split(separator: "\n").filter { $0.contains("line ") }
            let numbers = shown.compactMap { line in
                line.firstRange(of: "line ").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }
            }
            #expect(numbers == Array(0..<numbers.count), "every line once and in order")
            #expect(numbers.count > 50_000)
            let size = 5 << 20
            let bytes = try fetched(scene)
            #expect(Double(bytes) <= 1.1 * Double(size), "\(bytes) bytes")
            #expect(try scene.requests("GET", "/trace").count > 10)
        }
    }

    @Test func anOlderServersLogIsFetchedWholeAndRarely() async throws {
        try await PipelineScene.play(
            plans: [Self.growing(.init(generateMegabytes: 1))], change: { $0.server = .init(version: "17.11.2") }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            let lines = pushed.text.split(separator: "\n").filter { $0.contains("line ") }
            #expect(Set(lines).count == lines.count, "no line twice")
            #expect(lines.count > 10_000)
            let bytes = try fetched(scene)
            #expect(bytes < 12 << 20, "\(bytes) bytes")
        }
    }

    @Test(arguments: [true, false])
    func anArchivedLogWhoseEndHasMovedLosesAndDoublesNothing(hasRanges: Bool) async throws {
        let lines = (1...200).map { "number \($0)" }
        try await PipelineScene.play(
            plans: [Self.growing(.init(lines: lines, movedBytes: 30))],
            change: { $0.server = .init(byteOffset: hasRanges) }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            let shown = pushed.text.split(separator: "\n").compactMap { line in
                line.firstRange(of: "number ").map { String(line[$0.upperBound...]) }
            }
            #expect(shown == (1...200).map { "\($0)" })
        }
    }

    @Test func whereTheRunnerIsSlowThatIsSaidOnce() async throws {
        try await PipelineScene.play(plans: [Self.growing(.init(lines: ["a", "b"], lumpy: true))]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            let said = pushed.text.split(separator: "\n").filter { $0.contains("about once a minute") }
            #expect(said.count == 1, "\(pushed.text)")
        }
    }

    @Test func ofAPublicProjectTheRunnerIsMadeToHurry() async throws {
        try await PipelineScene.play(
            plans: [Self.growing(.init(generateMegabytes: 0.1, lumpy: true))],
            change: { $0.projects[PipelineScene.project]?.visibility = "public" }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(
                try scene.double.journal().contains { $0.kind == "web" && $0.path?.hasSuffix("/trace.json") == true })
            #expect(!pushed.text.contains("about once a minute"))
            // More than what the runner hands over unasked is there before the end.
            let partial = try scene.requests("GET", "/trace").filter { ($0.bytes ?? 0) > 1 }
            #expect(partial.count > 2)
        }
    }
}
