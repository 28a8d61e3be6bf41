import Forge
import HTTP
import Testing

struct GitLabTests {
    private func fixture(_ name: String) throws -> Answer {
        try Fixture.load(name, product: "gitlab", version: "18.6").answer(from: gitLabOrigin)
    }

    @Test func aPipelineIsReadWithEveryField() async throws {
        let transport = ScriptedTransport([try fixture("pipeline")])
        let run = try await gitLab(transport).run("1500000101")
        #expect(
            run
                == Run(
                    id: "1500000101", number: 1_500_000_101, attempt: 1, name: "Hephy Build", title: "Hephy Build",
                    workflowPath: ".gitlab-ci.yml", event: "push", headSHA: sha, headBranch: "main",
                    url: "\(gitLabOrigin)/acme/team/api/-/pipelines/1500000101", state: .inProgress,
                    createdAt: 1_795_341_600, startedAt: 1_795_341_602, updatedAt: 1_795_341_640))
        let request = try #require(transport.requests.first)
        #expect(request.token == "Bearer glpat-1")
        #expect(request.header("User-Agent") == "hephy/test")
    }

    @Test func thePipelinesOfACommitAreThoseOfItsPush() async throws {
        let transport = ScriptedTransport([try fixture("pipelines")])
        let runs = try await gitLab(transport).runs(
            matching: RunQuery(headSHA: sha, headBranch: "main", event: "push"))
        #expect(runs.map(\.id) == ["1500000102", "1500000101"])
        #expect(runs.map(\.headBranch) == [nil, "main"])
    }

    @Test func aPathPrefixStandsBeforeTheAPI() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(gitLabOrigin)/tools/gitlab/api/v4/version", 200, #"{"version": "19.5.0-ee"}"#)
        ])
        #expect(try await gitLab(transport, prefix: "tools/gitlab/").version() == "19.5.0-ee")
    }

    @Test(arguments: [
        ("17.10.9", false), ("17.11.0", true), ("18.0.0-pre", true), ("9.5", false), ("soon", false),
        ("19.5.0-ee", true),
    ])
    func inputsAreTakenSince1711(version: String, takes: Bool) {
        #expect(GitLab.takesInputs(version: version) == takes)
    }

    @Test func jobsAreInTheOrderInWhichTheyWereMadeAndRetriedOnesAreMarked() async throws {
        let transport = ScriptedTransport([
            try fixture("jobs"), Answer("GET \(gitLabProject)/pipelines/1500000101/bridges?per_page=100", 200, "[]"),
        ])
        let jobs = try await gitLab(transport).jobs(of: gitLabRun())
        #expect(jobs.map(\.name) == ["build", "lint", "build", "deploy"])
        #expect(jobs.map(\.isRetried) == [true, false, false, false])
        #expect(jobs.map(\.mayFail) == [false, true, false, false])
        #expect(
            jobs.map(\.state) == [
                .completed(.failure), .completed(.failure), .completed(.timedOut), .completed(.notStarted),
            ])
        #expect(jobs[2].labels == ["docker", "arm64"])
    }

    @Test func theJobsOfAChildPipelineStandBehindTheirBridge() async throws {
        let child = "\(gitLabOrigin)/api/v4/projects/42"
        let bridge = """
            [{"id": 5, "name": "child", "status": "running", "downstream_pipeline":
            {"id": 77, "project_id": 42, "sha": "\(sha)", "status": "running"}}]
            """
        let transport = ScriptedTransport([
            Answer("GET \(gitLabProject)/pipelines/1500000101/jobs?include_retried=true&per_page=100", 200, "[]"),
            Answer("GET \(gitLabProject)/pipelines/1500000101/bridges?per_page=100", 200, bridge),
            Answer(
                "GET \(child)/pipelines/77/jobs?include_retried=true&per_page=100", 200,
                #"[{"id": 9, "name": "unit", "status": "running"}]"#),
            Answer("GET \(child)/pipelines/77/bridges?per_page=100", 200, "[]"),
        ])
        let jobs = try await gitLab(transport).jobs(of: gitLabRun())
        #expect(jobs.map(\.name) == ["child", "child / unit"])
        #expect(jobs.map(\.hasLog) == [false, true])
    }

    @Test func aPipelineThatTheBridgeDoesNotWaitForIsOnlyALink() async throws {
        let bridge = """
            [{"id": 5, "name": "other", "status": "success", "downstream_pipeline": {"id": 77, "project_id": 42,
            "sha": "\(sha)", "status": "running", "web_url": "\(gitLabOrigin)/x/y/-/pipelines/77"}}]
            """
        let transport = ScriptedTransport([
            Answer("GET \(gitLabProject)/pipelines/1500000101/jobs?include_retried=true&per_page=100", 200, "[]"),
            Answer("GET \(gitLabProject)/pipelines/1500000101/bridges?per_page=100", 200, bridge),
        ])
        let jobs = try await gitLab(transport).jobs(of: gitLabRun())
        #expect(jobs.map(\.url) == ["\(gitLabOrigin)/x/y/-/pipelines/77"])
    }

    @Test func aPipelineIsMadeWithItsInputs() async throws {
        let transport = ScriptedTransport([Answer("POST \(gitLabProject)/pipeline", 201, #"{"id": 5, "sha": "x"}"#)])
        let answer = try await gitLab(transport).dispatch(
            Dispatch(workflow: ".gitlab-ci.yml", ref: "refs/heads/main", inputs: ["backend": "ko"]))
        #expect(answer == .accepted(runID: "5"))
        let body = String(decoding: transport.requests[0].body ?? [], as: UTF8.self)
        #expect(body == #"{"inputs":{"backend":"ko"},"ref":"main"}"#)
    }

    @Test func aReplicaThatDoesNotKnowTheRefYetIsAskedOnceMore() async throws {
        let unknown = #"{"message": {"base": ["Reference not found"]}}"#
        let transport = ScriptedTransport([
            Answer("POST \(gitLabProject)/pipeline", 400, unknown),
            Answer("POST \(gitLabProject)/pipeline", 201, #"{"id": 5, "sha": "x"}"#),
        ])
        let answer = try await gitLab(transport).dispatch(
            Dispatch(workflow: "", ref: "refs/heads/main", inputs: [:]))
        #expect(answer == .accepted(runID: "5"))
    }

    @Test(arguments: [
        (
            401, #"{"message": "401 Unauthorized"}"#,
            ForgeError.unauthorized(host: "gitlab.corp.example", detail: "401 Unauthorized")
        ),
        (
            403,
            #"{"error":"insufficient_scope","error_description":"It needs more.","scope":"api read_api"}"#,
            .forbidden(
                host: "gitlab.corp.example", detail: "It needs more.", permission: "the scope 'read_api' or 'api'")
        ),
        (
            403, #"{"message": "403 Forbidden"}"#,
            .forbidden(
                host: "gitlab.corp.example", detail: "403 Forbidden",
                permission: "at least the role Developer in the project")
        ),
        (
            404, #"{"message": "404 Project Not Found"}"#,
            .notFound(host: "gitlab.corp.example", what: "pipeline 5")
        ),
        (
            400, #"{"message": {"base": ["`ref` is bad", "and worse"]}}"#,
            .refused(host: "gitlab.corp.example", status: 400, detail: "`ref` is bad; and worse")
        ),
        (
            429, "Retry later\n",
            .rateLimited(host: "gitlab.corp.example", retryAfter: .seconds(60), resetAt: nil)
        ),
        (
            502, "<!DOCTYPE html><html>Whoops</html>",
            .unavailable(host: "gitlab.corp.example", detail: "status 502: <!DOCTYPE html><html>Whoops</html>")
        ),
        (
            200, "<!DOCTYPE html><html>Sign in</html>",
            .intercepted(host: "gitlab.corp.example", detail: "a web page came back instead of pipeline 5")
        ),
        (302, "", .intercepted(host: "gitlab.corp.example", detail: "status 302 led to another page")),
    ])
    func refusalsAreToldApart(status: Int, body: String, error: ForgeError) async throws {
        let transport = ScriptedTransport([Answer("GET \(gitLabProject)/pipelines/5", status, body)])
        #expect(try await forgeError { _ = try await gitLab(transport).run("5") } == error)
    }

    @Test func theLimitIsReadFromEveryAnswer() async throws {
        let headers = [
            (name: "RateLimit-Limit", value: "2000"), (name: "RateLimit-Remaining", value: "1990"),
            (name: "RateLimit-Reset", value: "1795341660"),
        ]
        let transport = ScriptedTransport([
            Answer("GET \(gitLabOrigin)/api/v4/version", 200, headers: headers, #"{"version": "18.6.1"}"#)
        ])
        let forge = try gitLab(transport)
        _ = try await forge.version()
        #expect(
            forge.rateState() == RateState(remaining: 1990, limit: 2000, resetAt: 1_795_341_660, serverTime: nil))
    }

    @Test(arguments: [
        ("/acme/api.git", "", "acme/api"), ("acme/a/b/c/", "", "acme/a/b/c"),
        ("/gitlab/acme/api", "/gitlab", "acme/api"),
    ])
    func aProjectsPathHasAnyNumberOfGroups(path: String, prefix: String, project: String) throws {
        #expect(try ProjectPath(path, below: prefix).description == project)
    }

    @Test(arguments: ["api", "", "/", "acme//api", "acme/../api", "acme/a b", "acme/-x"])
    func whatIsNoProjectsPathIsRefused(path: String) {
        #expect(throws: ProjectPath.Problem.self) { try ProjectPath(path) }
    }
}
