import BuildPlan
import Scaffold
import Testing

@Suite struct ConfigurationDraftTests {
    @Test(arguments: Backend.allCases)
    func theFirstConfigurationSaysWhatWasDetected(_ backend: Backend) throws {
        let platforms = PlatformSelection(named: [], for: backend).kept
        let draft = ConfigurationDraft(
            backend: backend, reason: "Dockerfile; nothing in it needs BuildKit", platforms: platforms,
            image: "ghcr.io/acme/api")
        let parsed = BuildConfiguration.parse(Array(draft.text.utf8))
        #expect(parsed.problems.isEmpty)
        let configuration = try #require(parsed.configuration)
        #expect(configuration.backend?.value == backend)
        #expect(configuration.platforms.map(\.value) == platforms)
        #expect(draft.text.contains("# \(backend.rawValue): Dockerfile; nothing in it needs BuildKit\n"))
        #expect(draft.text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: Backend.allCases)
    func everyKeyThatIsOnlyShownIsOneThatTheParserTakes(_ backend: Backend) {
        let draft = ConfigurationDraft(backend: backend, reason: "x", platforms: [])
        let marks = [
            "# image", "# additional", "#   ", "# context", "# dockerfile", "# build_args", "# ko:", "# spin:",
        ]
        let lines = draft.text.split(separator: "\n").filter { !$0.hasSuffix(": x") }.map { line in
            marks.contains(where: line.hasPrefix) ? line.dropFirst(2) : line
        }
        let text = lines.filter { $0 != "platforms:" }.joined(separator: "\n")
        let parsed = BuildConfiguration.parse(Array(text.utf8))
        #expect(parsed.configuration?.image != nil, "\(parsed.problems) \(text)")
        #expect(parsed.configuration?.additionalTags.count == 2)
    }

    @Test func aLongReasonIsBrokenIntoLines() {
        let reason = (1...40).map { "package\($0)" }.joined(separator: " ")
        let draft = ConfigurationDraft(backend: .ko, reason: reason, platforms: [.linuxAMD64])
        #expect(draft.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(BuildConfiguration.parse(Array(draft.text.utf8)).problems.isEmpty)
    }
}
