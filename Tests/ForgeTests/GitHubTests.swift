import Forge
import HTTP
import Testing

struct GitHubTests {
    @Test func aRunIsReadWithEveryField() async throws {
        let transport = ScriptedTransport([try Fixture.load("run").answer()])
        let run = try await gitHub(transport).run("4711000001")
        #expect(
            run
                == Run(
                    id: "4711000001", number: 42, attempt: 1, name: "Hephy Build", title: "api: answer faster",
                    workflowPath: ".github/workflows/hephy.yml", event: "push", headSHA: sha, headBranch: "main",
                    url: "https://github.com/acme/api/actions/runs/4711000001", state: .inProgress,
                    createdAt: 1_795_341_600, startedAt: 1_795_341_600, updatedAt: 1_795_341_640))
    }

    @Test func everyRequestCarriesWhatGitHubWants() async throws {
        let transport = ScriptedTransport([try Fixture.load("run").answer()])
        _ = try await gitHub(transport).run("4711000001")
        let request = try #require(transport.requests.first)
        #expect(request.header("Accept") == "application/vnd.github+json")
        #expect(request.header("X-GitHub-Api-Version") == "2026-03-10")
        #expect(request.header("User-Agent") == "hephy/test")
        #expect(request.token == "Bearer t0ken")
        #expect(request.header("Authorization") == nil)
        #expect(request.header("If-None-Match") == nil)
    }

    @Test func withoutATokenNothingIsAuthorized() async throws {
        let transport = ScriptedTransport([try Fixture.load("run").answer()])
        _ = try await gitHub(transport, token: nil).run("4711000001")
        #expect(transport.requests.first?.token == nil)
    }

    @Test func theRunsOfACommitAreThoseOfItsBranch() async throws {
        let transport = ScriptedTransport([try Fixture.load("runs-of-a-commit").answer()])
        let runs = try await gitHub(transport).runs(
            matching: RunQuery(headSHA: sha, headBranch: "main", event: "push"))
        #expect(runs.map(\.id) == ["4711000001", "4711000002"])
        #expect(runs.last?.workflowPath == ".github/workflows/lint.yml")
        #expect(runs.last?.state == .completed(.success))
    }

    @Test func runsOfOneWorkflowAreAskedForByItsFile() async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(repo)/actions/workflows/a%20b.yml/runs?exclude_pull_requests=true&per_page=100"
                    + "&event=workflow_dispatch&branch=feature%2Fx&created=%3E%3D2026-11-22T10%3A00%3A00Z",
                200, #"{"workflow_runs": []}"#)
        ])
        let runs = try await gitHub(transport).runs(
            matching: RunQuery(
                headBranch: "feature/x", event: "workflow_dispatch", workflow: "a b.yml", createdSince: 1_795_341_600))
        #expect(runs.isEmpty)
    }

    @Test func theNewestRunsOfAllAreOnePage() async throws {
        let next = "<\(repo)/actions/runs?page=2>; rel=\"next\""
        let transport = ScriptedTransport([
            Answer(
                "GET \(repo)/actions/runs?exclude_pull_requests=true&per_page=30", 200, headers: [("Link", next)],
                #"{"workflow_runs": []}"#)
        ])
        #expect(try await gitHub(transport).runs(matching: RunQuery()).isEmpty)
        transport.expectNothingLeft()
    }

    @Test func jobsComeInTheForgesOrderWithTheirSteps() async throws {
        let transport = ScriptedTransport([try Fixture.load("jobs").answer()])
        let jobs = try await gitHub(transport).jobs(of: someRun())
        #expect(jobs.map(\.id) == ["81", "82", "83", "84", "85", "86"])
        #expect(
            jobs.map(\.state) == [
                .completed(.success), .inProgress, .queued, .pending, .waiting, .completed(.skipped),
            ])
        #expect(jobs[0].steps.map(\.number) == [1, 2, 13])
        #expect(
            jobs[1].steps == [
                Step(
                    number: 1, name: "Set up job", state: .completed(.success), startedAt: 1_795_341_610,
                    completedAt: 1_795_341_611),
                Step(number: 2, name: "ko build", state: .inProgress, startedAt: 1_795_341_611, completedAt: nil),
                Step(number: 3, name: "push", state: .queued, startedAt: nil, completedAt: nil),
            ])
        #expect(jobs[1].runnerName == "GitHub Actions 10")
        #expect(jobs[2].runnerName == nil)
        #expect(jobs[2].labels == ["self-hosted", "arm64"])
        #expect(jobs[3].url == "https://github.com/acme/api/actions/runs/4711000001/job/84")
        #expect(jobs[4].url == nil, "a page of another host is not shown")
    }

    @Test func pagesAreFollowedWithinTheAPIAndJobsAreNotDoubled() async throws {
        let first = "\(repo)/actions/runs/4711000001/attempts/2/jobs?per_page=100"
        let second = "\(api)/repositories/7/actions/runs/4711000001/attempts/2/jobs?per_page=100&page=2"
        let transport = ScriptedTransport([
            Answer(
                "GET \(first)", 200, headers: [("link", "<\(first)>; rel=\"prev\", <\(second)>; rel=\"next\"")],
                #"{"jobs": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}"#),
            Answer(
                "GET \(second)", 200, headers: [("link", "<https://evil.example/x>; rel=\"next\"")],
                #"{"jobs": [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}]}"#),
        ])
        let jobs = try await gitHub(transport).jobs(of: someRun(attempt: 2))
        #expect(jobs.map(\.id) == ["1", "2", "3"])
        #expect(jobs.map(\.state) == Array(repeating: .unknown(""), count: 3))
        transport.expectNothingLeft()
    }

    @Test func whatCannotBeReadIsLeftOutOfAList() async throws {
        func wire(_ id: Int, _ change: (String, String) = ("", "")) -> String {
            let text =
                #"{"id": \#(id), "run_number": 1, "event": "push", "head_sha": "\#(sha)", "head_branch": "main", "#
                + #""created_at": "2026-11-22T10:00:00Z"}"#
            return text.replacing(change.0, with: change.1)
        }
        let odd = [
            wire(2, (#""main""#, #""\ud800""#)), wire(3, (#""run_number": 1"#, #""run_number": null"#)),
            wire(4, (#""push""#, "null")), wire(5, (#""\#(sha)""#, "null")), "null", "7", "[{}]", "{}",
        ]
        let list = ([wire(1)] + odd + [wire(9)]).joined(separator: ", ")
        let jobs = #"{"jobs": [{"id": 1, "name": "a", "steps": [{"number": null}, {"number": 2, "name": "s"}]}, "#
        let transport = ScriptedTransport([
            Answer(
                "GET \(repo)/actions/runs?exclude_pull_requests=true&per_page=30", 200,
                #"{"workflow_runs": [\#(list)]}"#),
            Answer(
                "GET \(repo)/actions/runs/4711000001/attempts/1/jobs?per_page=100", 200,
                jobs + #"{"id": null, "name": "b"}, null, {"id": 3, "name": "c"}]}"#),
        ])
        let driver = try gitHub(transport)
        #expect(try await driver.runs(matching: RunQuery()).map(\.id) == ["1", "9"])
        let read = try await driver.jobs(of: someRun())
        #expect(read.map(\.id) == ["1", "3"])
        #expect(read.first?.steps.map(\.number) == [2])
    }

    @Test func aListWithoutEndIsLeftAfterTenPages() async throws {
        let url = "\(repo)/actions/runs/1/attempts/1/jobs?per_page=100"
        let transport = ScriptedTransport(
            Array(
                repeating: Answer("GET \(url)", 200, headers: [("Link", "<\(url)>; rel=next")], #"{"jobs": []}"#),
                count: 11))
        _ = try await gitHub(transport).jobs(of: someRun(id: "1"))
        #expect(transport.requests.count == 10)
    }

    @Test func anUnchangedAnswerIsTheOneReadBefore() async throws {
        let fixture = try Fixture.load("jobs").answer()
        let unchanged = Answer(fixture.request, 304)
        let transport = ScriptedTransport([fixture, unchanged, unchanged])
        let forge = try gitHub(transport)
        let first = try await forge.jobs(of: someRun())
        #expect(try await forge.jobs(of: someRun()) == first)
        #expect(try await forge.jobs(of: someRun()) == first)
        #expect(transport.requests.map { $0.header("If-None-Match") } == [nil, "W/\"jobs\"", "W/\"jobs\""])
    }

    @Test func aChangedAnswerReplacesTheOneReadBefore() async throws {
        let request = "GET \(repo)/actions/runs/1/attempts/1/jobs?per_page=100"
        let transport = ScriptedTransport([
            Answer(request, 200, headers: [("ETag", "\"a\"")], #"{"jobs": []}"#),
            Answer(request, 200, headers: [("ETag", "\"b\"")], #"{"jobs": [{"id": 1, "name": "x"}]}"#),
            Answer(request, 200, #"{"jobs": [{"id": 2, "name": "y"}]}"#),
            Answer(request, 200, #"{"jobs": []}"#),
        ])
        let forge = try gitHub(transport)
        for _ in 0..<4 { _ = try await forge.jobs(of: someRun(id: "1")) }
        #expect(transport.requests.map { $0.header("If-None-Match") } == [nil, "\"a\"", "\"b\"", nil])
    }

    @Test func answersThatAreKeptAreFew() async throws {
        let count = 40
        let answers = (0..<count).map { id in
            Answer(
                "GET \(repo)/actions/runs/\(id)/attempts/1/jobs?per_page=100", 200, headers: [("ETag", "\"\(id)\"")],
                #"{"jobs": []}"#)
        }
        let transport = ScriptedTransport(answers + [answers[0]])
        let forge = try gitHub(transport)
        for id in 0..<count { _ = try await forge.jobs(of: someRun(id: "\(id)")) }
        _ = try await forge.jobs(of: someRun(id: "0"))
        #expect(transport.requests.last?.header("If-None-Match") == nil)
    }

    @Test func annotationsAreRead() async throws {
        let transport = ScriptedTransport([try Fixture.load("annotations").answer()])
        let found = try await gitHub(transport).annotations(of: someJob(), in: someRun())
        #expect(
            found == [
                Annotation(
                    level: .failure, path: "cmd/api/main.go", line: 12, title: "compile", message: "undefined: x"),
                Annotation(level: .warning, path: ".github", line: 3, title: "", message: "deprecated runner"),
                Annotation(level: .notice, path: ".github", line: 1, title: "", message: "hello"),
            ])
    }

    @Test func aJobWithoutCheckRunHasNoAnnotations() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(repo)/check-runs/82/annotations?per_page=100", 404, #"{"message":"Not Found"}"#)
        ])
        #expect(try await gitHub(transport).annotations(of: someJob(), in: someRun()).isEmpty)
    }

    @Test func approvalsNameWhoMayGiveThem() async throws {
        let transport = ScriptedTransport([try Fixture.load("pending-deployments").answer()])
        let pending = try await gitHub(transport).pendingApprovals(of: someRun())
        #expect(
            pending == [
                PendingApproval(
                    environment: "production", reviewers: ["octocat", "Release Crew"], mayApprove: true,
                    url: "https://github.com/acme/api/deployments/activity_log?environments_filter=production")
            ])
    }

    @Test func cancellingIsTakenOrRefused() async throws {
        let request = "POST \(repo)/actions/runs/4711000001/cancel"
        let transport = ScriptedTransport([
            Answer(request, 202, "{}"),
            Answer(request, 409, #"{"message":"Cannot cancel a workflow run that is completed."}"#),
        ])
        let forge = try gitHub(transport)
        try await forge.cancel(someRun())
        let error = try await forgeError { try await forge.cancel(someRun()) }
        #expect(
            error
                == .refused(
                    host: "api.github.com", status: 409, detail: "Cannot cancel a workflow run that is completed."))
    }

    @Test(arguments: ["", "..", "1/2", "-1", "99999999999999999999", "1?x"])
    func anIDThatIsNoNumberIsNeverSent(id: String) async throws {
        let error = try await forgeError { _ = try await gitHub(ScriptedTransport([])).run(id) }
        guard case .notFound = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func requestsAreSerial() async throws {
        let answer = try Fixture.load("run").answer()
        let transport = ScriptedTransport(Array(repeating: answer, count: 8))
        let forge = try gitHub(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await forge.run("4711000001") } }
            try await group.waitForAll()
        }
        #expect(transport.mostUnderWay == 1)
        transport.expectNothingLeft()
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let forge = try gitHub(ScriptedTransport([]))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await forgeError { _ = try await forge.run("1") }
        }
        #expect(try await task.value == .cancelled)
    }

    @Test(arguments: [
        ("queued", nil, RunState.queued), ("requested", nil, .requested), ("pending", nil, .pending),
        ("waiting", nil, .waiting), ("in_progress", nil, .inProgress), ("new_word", nil, .unknown("new_word")),
        ("completed", nil, .unknown("completed")), ("failure", nil, .completed(.failure)),
        ("startup_failure", nil, .completed(.startupFailure)), ("completed", "success", .completed(.success)),
        ("completed", "failure", .completed(.failure)), ("completed", "timed_out", .completed(.timedOut)),
        ("completed", "startup_failure", .completed(.startupFailure)),
        ("completed", "cancelled", .completed(.cancelled)), ("completed", "skipped", .completed(.skipped)),
        ("completed", "neutral", .completed(.neutral)), ("completed", "stale", .completed(.stale)),
        ("completed", "action_required", .completed(.actionRequired)),
        ("completed", "odd", .completed(.unknown("odd"))), ("strange", "success", .completed(.success)),
    ])
    func statusAndConclusionMakeAState(status: String, conclusion: String?, state: RunState) async throws {
        let ending = conclusion.map { "\"\($0)\"" } ?? "null"
        let transport = ScriptedTransport([
            Answer(
                "GET \(repo)/actions/runs/1/attempts/1/jobs?per_page=100", 200,
                """
                {"jobs": [{"id": 1, "name": "a", "status": "\(status)", "conclusion": \(ending),
                "steps": [{"number": 1, "name": "s", "status": "\(status)", "conclusion": \(ending)}]}]}
                """)
        ])
        let job = try await gitHub(transport).jobs(of: someRun(id: "1")).first
        #expect(job?.state == state)
        #expect(job?.steps.first?.state == state)
    }

    @Test func whatTheServerTellsAboutLimitsIsKept() async throws {
        let forge = try gitHub(ScriptedTransport([try Fixture.load("run").answer()]))
        #expect(forge.rateState() == nil)
        _ = try await forge.run("4711000001")
        #expect(
            forge.rateState()
                == RateState(remaining: 4990, limit: 5000, resetAt: 1_795_345_200, serverTime: 1_795_341_641))
        #expect(forge.serverTime() == 1_795_341_641)
    }
}
