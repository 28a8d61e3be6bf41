import HephyTestSupport
import Testing

/// What is said while a pipeline waits.
@Suite(.timeLimit(.minutes(1)))
struct GitLabWaitingTests {
    private static func waiting(_ status: String) -> GitLabScenario.Plan {
        GitLabScenario.Plan(
            jobs: [.init("build", stage: "build"), .init("deploy", stage: "deploy")],
            timeline: [
                .init("pending", jobs: ["build": "pending"]), .init("running", jobs: ["build": "running"]),
                .init(status, jobs: ["build": "success", "deploy": status], times: 5),
                .init("running", jobs: ["deploy": "running"]), .init("success", jobs: ["deploy": "success"]),
            ])
    }

    @Test(arguments: [
        ("scheduled", "deploy waits: it starts later, by itself (a delayed job)"),
        ("waiting_for_resource", "deploy waits: another job has the resource that it needs (resource_group)"),
    ])
    func whyAJobWaitsIsSaidOnceAndItIsWaitedFor(status: String, words: String) async throws {
        try await PipelineScene.play(plans: [Self.waiting(status)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let said = pushed.text.split(separator: "\n").filter { $0.contains(words) && !$0.contains("still ") }
            #expect(said.count == 1, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test(arguments: ["preparing", "waiting_for_callback", "created"])
    func otherWaitingPasses(status: String) async throws {
        try await PipelineScene.play(plans: [Self.waiting(status)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
        }
    }

    @Test func aJobThatNoRunnerTakesIsNamedWithItsTags() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build", tags: ["gpu", "linux"])],
            timeline: [
                .init("pending", jobs: ["build": "pending"], times: 40), .init("running", jobs: ["build": "running"]),
                .init("success", jobs: ["build": "success"]),
            ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0)
            #expect(pushed.text.contains("waiting for a runner with labels [gpu, linux]: build"), "\(pushed.text)")
        }
    }

    @Test func whyAJobFailedThatIsNotItsScriptsFaultIsSaid() async throws {
        let plan = GitLabScenario.Plan(jobs: [
            .init("build", stage: "build", status: "failed", failureReason: "runner_system_failure")
        ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.text.contains("GitLab says why: runner system failure"), "\(pushed.text)")
        }
    }

    @Test func aNewerPipelineThatTakesOverIsNamed() async throws {
        let plan = GitLabScenario.Plan(
            jobs: [.init("build", stage: "build")],
            timeline: [
                .init("running", jobs: ["build": "running"]),
                .init("canceled", jobs: ["build": "canceled"], spawn: [.init(source: "push", appearAfterPolls: 0)]),
            ])
        try await PipelineScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 7)
            #expect(pushed.text.contains("-----> Superseded by #1500000102"), "\(pushed.text)")
        }
    }
}
