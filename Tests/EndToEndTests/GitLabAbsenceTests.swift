import HephyTestSupport
import Testing

/// Pushes for which a GitLab makes no pipeline, and what is said of it.
@Suite(.timeLimit(.minutes(1)))
struct GitLabAbsenceTests {
    private static let rules =
        "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to "
        + "the pipeline."

    /// A push after which nothing appears; without `problems` GitLab's check of the file finds nothing.
    private func push(
        _ files: [String: TreeEntry] = PipelineScene.app, problems: [String]? = nil,
        change: (inout GitLabScenario) -> Void = { _ in },
        _ body: (PipelineScene, RunScene.Pushed, _ fact: String) async throws -> Void
    ) async throws {
        try await PipelineScene.play(
            files, plans: [.init(never: true)],
            change: { scenario in
                scenario.projects[PipelineScene.project]?.lintErrors = problems
                change(&scenario)
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(try await scene.hasLanded())
            #expect(!pushed.text.contains("Actions"), "\(pushed.text)")
            #expect(!pushed.text.contains("workflow's filters"), "\(pushed.text)")
            try await body(scene, pushed, "no pipeline for \(scene.tip.prefix(7)) on 'main' appeared")
        }
    }

    @Test func whereNothingIsKnownGitLabsReasonsAreNamed() async throws {
        try await push { scene, pushed, fact in
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: \(fact)\n"), "\(pushed.text)")
            #expect(
                pushed.text.contains(
                    "hephy: hint: see whether CI/CD is on for the project and 'rules' and 'workflow: rules' of "
                        + "'.gitlab-ci.yml' let a push of 'main' through; 'hephy watch \(scene.tip.prefix(7))' "
                        + "looks again\n"), "\(pushed.text)")
            let asked = try scene.requests("GET", "/ci/lint")
            #expect(asked.count == 1)
            #expect(asked.first?.query?["content_ref"] == scene.tip)
            #expect(asked.first?.query?["dry_run_ref"] == "main")
        }
    }

    @Test func rulesThatLeaveHephysOwnPipelineOutAreRepeated() async throws {
        try await push(problems: [Self.rules]) { _, pushed, fact in
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: \(fact): \(Self.rules)\n"), "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: 'rules' of the jobs and 'workflow: rules'"), "\(pushed.text)")
        }
    }

    @Test(arguments: [rules, "Pipeline filtered out by workflow rules."])
    func rulesThatLeaveAPushOutAreNothingToFollow(_ sentence: String) async throws {
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(PipelineScene.ours(marker: ""))]) { $1 }
        try await push(files, problems: [sentence]) { _, pushed, fact in
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: nothing to follow: \(fact): \(sentence)\n"), "\(pushed.text)")
        }
    }

    @Test func whatGitLabFindsWrongIsRepeated() async throws {
        try await push(problems: ["jobs:build config contains unknown keys: scrpt", "and more"]) { _, pushed, fact in
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(
                pushed.text.contains("hephy: \(fact): jobs:build config contains unknown keys: scrpt\n"),
                "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: mend '.gitlab-ci.yml'; "), "\(pushed.text)")
        }
    }

    @Test func aProjectWithoutCIIsSaidToBeOne() async throws {
        try await push(change: { $0.projects[PipelineScene.project]?.jobsEnabled = false }) { _, pushed, fact in
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: \(fact): CI/CD is switched off for the project\n"), "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: it is switched on in Settings"), "\(pushed.text)")
        }
    }

    @Test func aTokenThatMayNotAskIsNoMatter() async throws {
        try await push(change: { scenario in
            scenario.tokens["owner"]?.scopes = ["read_api", "write_repository", "read_repository"]
            scenario.faults = [.init(.insufficientScope, path: "*/ci/lint")]
        }) { _, pushed, fact in
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: \(fact)\n"), "\(pushed.text)")
        }
    }

    @Test func aCommitWithoutGitLabsFileHasNothingToFollow() async throws {
        let files = RunFiles.go.merging(RunFiles.workflows(["ci.yml": RunFiles.other("CI")])) { $1 }
        try await PipelineScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(
                pushed.text.contains("hephy: nothing to follow: \(scene.tip.prefix(7)) has no '.gitlab-ci.yml'\n"),
                "\(pushed.text)")
        }
    }

    /// As `hephy init --trigger dispatch` writes it.
    @Test func aPipelineThatPushesDoNotMakeIsMadeThroughTheAPI() async throws {
        let rule =
            #"    - if: $CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "merge_request_event""# + "\n"
            + "      when: never\n    - when: always\n"
        let file = PipelineScene.ours().replacing(
            "  name: Hephy Build\n", with: "  name: Hephy Build\n  rules:\n\(rule)")
        let files = RunFiles.go.merging([".gitlab-ci.yml": .text(file)]) { $1 }
        try await PipelineScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "), "\(pushed.text)")
            let made = try #require(try scene.requests("POST", "/pipeline").first)
            #expect(made.inputs?["backend"] == "ko")
        }
    }
}
