import Forge
import RunTail
import Testing

@Suite struct VerdictTests {
    @Test func aGreenRunIsFollowedToItsEnd() async {
        var script = TimelineForge.Script()
        script.run["4711"] = [
            (0, Sample.run(.queued)), (2, Sample.run(.inProgress)),
            (32, Sample.run(.completed(.success), updated: 32)),
        ]
        let planDone = Sample.job("1", "plan", .completed(.success), 2...5)
        script.jobs["4711"] = [
            (0, []), (2, [Sample.job("1", "plan", .inProgress, 2...2)]),
            (
                6,
                [
                    planDone,
                    Sample.job("2", "build (linux/amd64)", .inProgress, 6...6),
                    Sample.job("3", "build (linux/arm64)", .inProgress, 6...6),
                ]
            ),
            (
                18,
                [
                    planDone,
                    Sample.job("2", "build (linux/amd64)", .inProgress, 6...6),
                    Sample.job(
                        "3", "build (linux/arm64)", .inProgress, 6...6,
                        steps: [Sample.step(2, "ko build ./cmd/api", .completed(.success), 6...18)]),
                ]
            ),
            (
                32,
                [
                    planDone,
                    Sample.job("2", "build (linux/amd64)", .completed(.success), 6...30),
                    Sample.job(
                        "3", "build (linux/arm64)", .completed(.success), 6...31,
                        steps: [Sample.step(2, "ko build ./cmd/api", .completed(.success), 6...18)]),
                ]
            ),
        ]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.queued))
        #expect(result.verdict == .succeeded)
        #expect(result.duration == .seconds(32))
        #expect(result.failedJobs.isEmpty)
        #expect(
            stage.output.lines == [
                "-----> Hephy Build #42 for 5d6e7f8   https://forge.test/acme/api/runs/4711",
                "-----> plan",
                "-----> build (linux/amd64), build (linux/arm64)",
                "-----> plan  3s",
                "       build (linux/arm64) | ko build ./cmd/api  12s",
                "-----> build (linux/amd64)  24s",
                "-----> build (linux/arm64)  25s",
                "-----> Done in 32s",
            ])
    }

    @Test(arguments: [
        (Conclusion.success, RunVerdict.succeeded, "-----> Done in 9s"),
        (.neutral, .succeeded, "-----> Done in 9s: neutral"),
        (.skipped, .succeeded, "-----> Done: the run was skipped, nothing ran"),
        (.failure, .failed, "-----> Failed after 9s   https://forge.test/acme/api/runs/4711"),
        (.timedOut, .failed, "-----> Timed out after 9s   https://forge.test/acme/api/runs/4711"),
        (.stale, .failed, "-----> Failed: the forge gave up on the run   https://forge.test/acme/api/runs/4711"),
        (.unknown("odd\u{1b}[2J"), .failed, "-----> Failed (odd) after 9s   https://forge.test/acme/api/runs/4711"),
        (
            .startupFailure, .failed,
            "-----> Failed: a problem in the workflow file   https://forge.test/acme/api/runs/4711"
        ),
        (
            .actionRequired, .waitingForPerson,
            "-----> Waiting for a person; the run goes on when they act   https://forge.test/acme/api/runs/4711"
        ),
    ])
    func theRunsConclusionIsTheVerdict(_ conclusion: Conclusion, _ verdict: RunVerdict, _ line: String) async {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [Sample.job("1", "plan", .completed(.success), 0...3)])]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.completed(conclusion), updated: 9))
        #expect(result.verdict == verdict)
        #expect(stage.output.lines.last == line)
    }

    @Test func aFailedRunWithoutJobsIsAProblemInTheWorkflowFile() async {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [])]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.completed(.failure), updated: 1))
        #expect(result.verdict == .failed)
        #expect(stage.output.text.contains("a problem in the workflow file   https://forge.test"))
    }

    @Test func aFailedJobThatMayFailLeavesTheRunGreen() async {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [Sample.job("1", "lint", .completed(.failure), 0...3)])]
        script.logs["1"] = [.whole("@1 oops\n")]
        let stage = Stage(script)
        let result = await stage.follow(Sample.run(.completed(.success), updated: 9))
        #expect(result.verdict == .succeeded)
        #expect(result.failedJobs.map(\.name) == ["lint"])
        #expect(stage.output.lines.last == "-----> Done in 9s, though these jobs failed: lint")
    }
}
