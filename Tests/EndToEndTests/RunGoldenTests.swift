import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whole transcripts of pushes, kept in `Tests/Fixtures/transcripts`; `make golden` writes them anew.
@Suite(.timeLimit(.minutes(1)))
struct RunGoldenTests {
    private static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return parts.joined(separator: "/") + "/Fixtures/transcripts"
    }()

    private func compare(_ text: String, with name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        // How often a sign of life is due depends on how the looks fall.
        let text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("still running: ") }.joined(separator: "\n")
        let path = "\(Self.folder)/\(name).txt"
        if ProcessInfo.processInfo.environment["HEPHY_UPDATE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: URL(filePath: path))
            return
        }
        let kept = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == kept, "'make golden' writes \(name).txt anew", sourceLocation: sourceLocation)
    }

    @Test func aGreenPush() async throws {
        try await RunScene.play(plans: [RunPlans.threeJobs.unhurried]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            try compare(scene.normalised(pushed.text), with: "green")
        }
    }

    @Test func aRedPush() async throws {
        try await RunScene.play(plans: [RunPlans.red.unhurried]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            try compare(scene.normalised(pushed.text), with: "red")
        }
    }

    @Test func aDispatchWithAnOverride() async throws {
        try await RunScene.play(plans: [RunPlans.threeJobs.unhurried]) { scene in
            let pushed = try await scene.push(options: ["backend=kaniko", "logs=none"])
            #expect(pushed.status == 0)
            try compare(scene.normalised(pushed.text), with: "override")
        }
    }

    @Test func twoWorkflowsOneOfThemRed() async throws {
        let files = RunFiles.workflows([
            "lint.yml": RunFiles.other("Lint", job: "lint"), "test.yml": RunFiles.other("Test"),
        ])
        try await RunScene.play(
            files,
            change: { scenario in
                scenario.workflows["lint.yml"] = [.over("failure", job: .init("lint", steps: RunPlans.steps))]
                scenario.workflows["test.yml"] = [.over("success", job: .init("test", steps: RunPlans.steps))]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            try compare(scene.normalised(pushed.text), with: "two-workflows")
        }
    }
}
