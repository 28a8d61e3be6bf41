import HephyTestSupport
import Testing

/// How pipelines end, and what `git push` says of it.
@Suite(.timeLimit(.minutes(1)))
struct GitLabVerdictTests {
    private static let red = GitLabScenario.Plan(jobs: [
        .init("plan", stage: "plan"),
        .init(
            "build (linux/amd64)", stage: "build", status: "failed",
            log: .init(lines: ["compiling", "boom: no such file"])),
        .init("deploy", stage: "deploy"),
    ])

    @Test func aFailedJobShowsItsLogAndEndsWithOne() async throws {
        try await PipelineScene.play(plans: [Self.red]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("boom: no such file"))
            #expect(pushed.text.contains("-----> Failed after "))
            #expect(pushed.text.contains(": build (linux/amd64)"))
            #expect(!pushed.text.contains("section_start"))
            #expect(!pushed.text.contains("00O"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aCancelledPipelineEndsWithSeven() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build")],
            timeline: [
                .init("pending", jobs: ["build": "pending"]), .init(jobs: ["build": "running"]),
                .init("canceling", jobs: ["build": "canceling"]), .init("canceled", jobs: ["build": "canceled"]),
            ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 7)
            #expect(pushed.text.contains("-----> Cancelled after "))
        }
    }

    @Test func aSkippedPipelineEndsWithSix() async throws {
        let plan = GitLabScenario.Plan(jobs: [.init("build", stage: "build", status: "skipped")])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 6)
            #expect(pushed.text.contains("-----> Nothing ran: the forge skipped the run"))
        }
    }

    @Test func aPipelineThatWaitsForSomebodyEndsWithEight() async throws {
        let plan = GitLabScenario.Plan(jobs: [
            .init("build", stage: "build"),
            .init("approve", stage: "index", status: "manual", allowFailure: false),
            .init("deploy", stage: "deploy"),
        ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 8)
            #expect(pushed.text.contains("Waiting for a person to start approve"))
            #expect(pushed.text.contains("/-/pipelines/1500000101"))
        }
    }

    @Test func aManualJobThatNothingWaitsForHoldsNothingUp() async throws {
        let plan = GitLabScenario.Plan(jobs: [
            .init("build", stage: "build"), .init("rollback", stage: "deploy", when: "manual"),
        ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.text.contains("-----> rollback  not started: somebody has to"))
        }
    }

    @Test func aPipelineThatNeverComesEndsWithSix() async throws {
        try await PipelineScene.play(plans: [.init(never: true)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 6)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func whatIsWrongWithTheFileIsPrinted() async throws {
        let broken = PipelineScene.ours() + "lint:\n  stage: nowhere\n  script: [make]\n"
        try await PipelineScene.play(RunFiles.go.merging([".gitlab-ci.yml": .text(broken)]) { $1 }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.text.contains("lint job: chosen stage nowhere does not exist"))
        }
    }

    @Test func aJobThatMayFailDoesNotFailThePush() async throws {
        let plan = GitLabScenario.Plan(jobs: [
            .init("build", stage: "build"), .init("lint", stage: "build", status: "failed", allowFailure: true),
        ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.text.contains("failed, which is allowed"))
            #expect(pushed.text.contains("though these jobs failed: lint"))
        }
    }

    @Test func aRetriedJobCountsByItsLastTry() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build")],
            timeline: [
                .init("pending", jobs: ["build": "pending"]), .init(jobs: ["build": "running"]),
                .init("running", jobs: ["build": "failed"]), .init("running", retry: ["build"]),
                .init(jobs: ["build": "running"]), .init("success", jobs: ["build": "success"]),
            ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(!pushed.text.contains("though these jobs failed"))
            #expect(pushed.text.components(of: "-----> build\n").count == 3)
        }
    }

    @Test func aChildPipelineIsFollowedWithItsParent() async throws {
        let child = GitLabScenario.Plan(jobs: [.init("unit", status: "failed", log: .init(lines: ["assertion failed"]))]
        )
        let plan = GitLabScenario.Plan(
            jobs: [.init("tests", stage: "build", trigger: .init(child))],
            timeline: [
                .init("pending", jobs: ["tests": "pending"]), .init("running", jobs: ["tests": "running"], times: 8),
                .init("failed", jobs: ["tests": "failed"]),
            ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.text.contains("tests / unit"))
            #expect(pushed.text.contains("assertion failed"))
        }
    }

    @Test func anotherProjectsPipelineThatIsHiddenIsALink() async throws {
        try await GitFixture.with { fixture in
            let other = try await fixture.bareRepository("other.git")
            let plan = GitLabScenario.Plan(jobs: [
                .init("downstream", stage: "build", trigger: .init(.green, in: "secret/other")),
                .init("build", stage: "deploy"),
            ])
            try await PipelineScene.play(plans: [plan]) { scenario in
                scenario.projects["secret/other"] = .init(other)
                scenario.tokens = ["owner": .init("glpat-owner", projects: ["acme/*"])]
                scenario.expectedRefusals = [.init("project-hidden", optional: true)]
            } _: { scene in
                let pushed = try await scene.push()
                #expect(pushed.status == 0)
                #expect(pushed.text.contains("downstream"))
            }
        }
    }

    @Test func aMergeRequestsPipelineIsThePushsToo() async throws {
        try await PipelineScene.play { scenario in
            scenario.projects[PipelineScene.project]?.mergeRequests = [.init(7, source: "main", only: true)]
        } _: { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(try scene.pipelines.map(\.event) == ["merge_request_event"])
        }
    }

    @Test func thePipelineOfAMergedResultIsFoundByItsRequest() async throws {
        try await PipelineScene.play { scenario in
            scenario.projects[PipelineScene.project]?.mergeRequests = [
                .init(7, source: "main", mergedResults: true, only: true)
            ]
        } _: { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(try scene.pipelines.first?.sha != scene.tip)
            #expect(pushed.text.contains("-----> Done in "))
        }
    }
}

extension String {
    /// The parts between occurrences of `separator`.
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
