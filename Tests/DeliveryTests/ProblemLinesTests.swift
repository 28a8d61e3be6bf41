import BuildPlan
import Delivery
import Testing

struct ProblemLinesTests {
    private static func problems(_ text: String) -> [ConfigurationProblem] {
        BuildConfiguration.parse(Array(text.utf8)).problems
    }

    @Test func aProblemIsShownAtItsPlaceWithWhatWasMeant() throws {
        let problem = try #require(Self.problems("version: 1\nbuild_backnd: ko\n").first)
        let lines = ProblemLines.lines(for: problem)
        #expect(lines.first == ".hephy/build-config.yaml:2:1: error: \(problem.sentence)")
        #expect(lines.contains("    build_backnd: ko"))
        #expect(lines.contains("    ^"))
        #expect(lines.last == "    did you mean 'build_backend'?")
    }

    @Test func theSummaryCountsTheOthers() {
        let summary = ProblemLines.summary(of: Self.problems("a: 1\nb: 2\nbuild_backnd: ko\n"))
        #expect(summary.hasPrefix(".hephy/build-config.yaml:1:1: "))
        #expect(summary.hasSuffix(" (and 2 more)"))
    }
}
