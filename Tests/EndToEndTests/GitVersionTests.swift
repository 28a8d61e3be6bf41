import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The git that the end-to-end tests are to run with is the one that they run with, on both sides.
@Suite(.timeLimit(.minutes(1)))
struct GitVersionTests {
    @Test func bothSidesOfAPushAreTheGitThatIsTested() async throws {
        try await PushScene.with([TestCommit(["README": "hello\n"])]) { scene in
            let folder = ProcessInfo.processInfo.environment["HEPHY_TEST_GIT"]
            let version = try await scene.fixture.run([folder.map { $0 + "/git" } ?? "git", "--version"]).check().line
            let agent = "agent=" + version.replacing("git version ", with: "git/")
            let ran = try await scene.git("push", "hephy", "main", environment: ["GIT_TRACE_PACKET": "1"]).check()
            let agents = ran.errors.split(whereSeparator: { $0.isWhitespace || $0 == "\\" })
                .filter { $0.hasPrefix("agent=") }
            #expect(agents.count >= 2, "\(ran)")
            for found in agents {
                // Behind it stands the kind of system, from 2.50 on, or the end of the packet list.
                let rest = found.dropFirst(agent.count)
                #expect(found.hasPrefix(agent) && (rest.isEmpty || rest == "0000" || rest.hasPrefix("-")), "\(found)")
            }
            let shown = try await scene.fixture.run(["git", "--version"], in: scene.work.path).check().line
            #expect(shown == version)
        }
    }
}
