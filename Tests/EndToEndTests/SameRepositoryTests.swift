import HephyTestSupport
import Testing

/// One repository with one configuration is built alike, whichever forge it is pushed to.
///
/// `hephy init` makes it ready for all of them, git pushes it through hephy to doubles of GitHub, GitLab and Forgejo and to
/// the embedded forge, and what each of them starts is executed with what that forge tells its runs of this push: by
/// `act`, by `gitlabci-local`, by hephy itself. ko and crane alone are stand-ins.
@Suite(
    .serialized, .timeLimit(.minutes(5)), .enabled(if: ActScene.act.isWanted && GitLabScene.engine.isWanted))
struct SameRepositoryTests {
    /// What was built, in the words that the steps say on every forge.
    private struct Built: Hashable {
        var backend: String?
        var platforms: String?
        /// Highest priority first.
        var tags: String?

        /// Reads what a run printed; engines and hephy set the job before each line.
        init(_ output: String) {
            for line in output.split(separator: "\n") {
                let text = line.split(separator: "| ").last.map { $0.drop { $0 == " " } } ?? ""
                if text.hasPrefix("backend: "), !text.contains(",") { backend = String(text.dropFirst(9)) }
                if text.hasPrefix("platforms: ") { platforms = String(text.dropFirst(11)) }
                if text.hasPrefix("tags: ") { tags = String(text.dropFirst(6)) }
            }
        }
    }

    /// One push, and what everybody has to make of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var ref: String
        var tags: @Sendable (_ sha: Substring) -> String
        var testDescription: String { ref }
    }

    private static let cases = [
        Case(ref: "refs/heads/main") { "main stable ref-main abbrev-\($0) latest sha-\($0.prefix(7))" },
        Case(ref: "refs/heads/feature/Login") {
            "feature-Login stable ref-feature-Login abbrev-\($0) sha-\($0.prefix(7))"
        },
        Case(ref: "refs/tags/v1.2.0") {
            "1.2.0 1.2 1 v1.2.0 stable ref-v1.2.0 abbrev-\($0) sha-\($0.prefix(7)) latest"
        },
    ]

    private static let config = """
        build_backend: auto
        image: registry.example.com/acme/api
        platforms: [linux/amd64, linux/arm64]
        additional_tags: [stable, "ref-${GITHUB_REF_NAME}", "abbrev-${CI_COMMIT_SHORT_SHA}"]

        """

    @Test(arguments: cases)
    func itIsBuiltAlikeOnGitHubGitLabForgejoAndThisMachine(_ push: Case) async throws {
        try await GitFixture.with { fixture in
            let forges = try await FourForges.ready(in: fixture, config: Self.config, ref: push.ref)
            let sha = try await forges.work.commitID().prefix(8)
            let wanted = Self.wanted(push.tags(sha))
            for (forge, output) in [
                ("GitHub", try await forges.runOfGitHub()), ("GitLab", try await forges.runOfGitLab()),
                ("Forgejo", try await forges.runOfForgejo()), ("this machine", try await forges.runHere()),
            ] {
                #expect(Built(output) == wanted, "\(forge):\n\(output)")
            }
        }
    }

    private static func wanted(_ tags: String) -> Built {
        Built("backend: ko\nplatforms: linux/amd64, linux/arm64\ntags: \(tags)\n")
    }
}
