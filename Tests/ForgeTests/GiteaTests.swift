import Forge
import HTTP
import Testing

struct GiteaTests {
    @Test(arguments: GiteaServer.all)
    func theVersionIsAskedForOnceAndTheRunIsReadWithEveryField(server: GiteaServer) async throws {
        let transport = ScriptedTransport([
            try server.fixture("version"), try server.fixture("run"), try server.fixture("run"),
        ])
        let forge = try gitea(transport, server.product, version: nil)
        let run = try await forge.run("5001")
        let byID = server.folder == "1.26"
        let expected = Run(
            id: "5001", number: 42, attempt: 1, name: "hephy.yml", title: "api: answer faster",
            workflowPath: "hephy.yml", event: "push", headSHA: sha, headBranch: "main",
            url: "\(giteaSite)/acme/api/actions/runs/\(byID ? 5001 : 42)", state: .inProgress,
            createdAt: server.folder == "1.25" ? 1_795_341_605 : 1_795_341_600, startedAt: 1_795_341_605,
            updatedAt: server.folder == "1.25" ? nil : 1_795_341_640)
        #expect(run == expected)
        #expect(try await forge.run("5001") == expected)
        #expect(forge.product == server.product.rawValue)
        #expect(forge.serverTime() == 1_795_341_641)
        #expect(forge.rateState() == nil)
        transport.expectNothingLeft()
    }

    @Test(arguments: GiteaServer.all)
    func aListingIsFilteredAgainAndOddRunsArePassedOver(server: GiteaServer) async throws {
        let transport = ScriptedTransport([try server.fixture("version"), try server.fixture("runs-of-a-commit")])
        let forge = try gitea(transport, server.product, version: nil)
        let runs = try await forge.runs(matching: RunQuery(headSHA: sha, headBranch: "main", event: "push"))
        #expect(runs.map(\.id) == ["5002", "5001"])
        #expect(runs.map(\.state) == [.pending, .inProgress])
        #expect(runs[0].startedAt == nil)
        #expect(runs[0].isRun(of: ".gitea/workflows/test.yml"))
        #expect(!runs[0].isRun(of: ".gitea/workflows/hephy.yml"))
    }

    @Test(arguments: GiteaServer.all)
    func everyRequestCarriesTheTokenInLowerCase(server: GiteaServer) async throws {
        let transport = ScriptedTransport([try server.fixture("version"), try server.fixture("run")])
        _ = try await gitea(transport, server.product, version: nil).run("5001")
        for request in transport.requests {
            #expect(request.token == "token t0ken")
            #expect(request.header("User-Agent") == "hephy/test")
        }
        #expect(transport.mostUnderWay == 1)
    }

    @Test func theSuffixOfTheVersionTellsTheProduct() async throws {
        let server = GiteaServer(product: .forgejo, folder: "16")
        let transport = ScriptedTransport([try server.fixture("version"), try server.fixture("run")])
        let forge = try gitea(transport, .gitea, version: nil)
        #expect(forge.product == "Gitea")
        #expect(try await forge.run("5001").number == 42)
        #expect(forge.product == "Forgejo")
    }

    @Test func jobsOfGiteaCarryTheirOwnSteps() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .gitea, folder: "1.26").fixture("jobs")])
        let jobs = try await gitea(transport).jobs(of: someRun(id: "5001"))
        #expect(
            jobs.map(\.state) == [
                .completed(.success), .completed(.failure), .inProgress, .requested, .queued,
            ])
        #expect(jobs[1].steps.map(\.state) == [.completed(.success), .completed(.failure)])
        #expect(jobs[1].steps.map(\.number) == [0, 1])
        #expect(jobs[1].startedAt == 1_795_341_606)
        #expect(jobs[2].completedAt == nil)
        #expect(jobs[2].runnerName == "runner-2")
        #expect(jobs[4].runnerName == nil)
    }

    @Test func stepsThatOnlyRepeatTheirJobsStateAreNotTold() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .gitea, folder: "1.25").fixture("jobs")])
        let jobs = try await gitea(transport, version: "1.25.5").jobs(of: someRun(id: "5001"))
        #expect(jobs.count == 5)
        #expect(jobs.allSatisfy { $0.steps.isEmpty })
        #expect(jobs[3].state == .requested)
    }

    @Test func aListOfJobsUnderItsOldNameIsRead() async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(giteaRepo)/actions/runs/5001/jobs?limit=50", 200,
                #"{"workflow_jobs":[{"id":1,"name":"a","status":"queued"}],"total_count":1}"#)
        ])
        #expect(try await gitea(transport).jobs(of: someRun(id: "5001")).map(\.name) == ["a"])
    }

    @Test func theRunsNumberNeverStandsForItsID() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(giteaRepo)/actions/runs/5001/jobs?limit=50", 200, #"{"jobs":[],"total_count":0}"#)
        ])
        var run = someRun(id: "5001")
        run.number = 42
        #expect(try await gitea(transport, version: "1.25.5").jobs(of: run).isEmpty)
        transport.expectNothingLeft()
    }

    @Test func pagesAreFollowedByTheirLinks() async throws {
        let first = "\(giteaRepo)/actions/runs/5001/jobs?limit=50"
        let second = "\(first)&page=2"
        let job = { (id: Int) in #"{"jobs":[{"id":\#(id),"name":"j\#(id)","status":"queued"}],"total_count":2}"# }
        let transport = ScriptedTransport([
            Answer("GET \(first)", 200, headers: [(name: "Link", value: "<\(second)>; rel=\"next\"")], job(1)),
            Answer(
                "GET \(second)", 200, headers: [(name: "Link", value: "<https://evil.example/x>; rel=\"next\"")], job(2)
            ),
        ])
        #expect(try await gitea(transport).jobs(of: someRun(id: "5001")).map(\.id) == ["1", "2"])
        transport.expectNothingLeft()
    }

    @Test func jobsOfForgejoAreABareArray() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .forgejo, folder: "16").fixture("jobs")])
        var run = someRun(id: "5001")
        run.url = "\(giteaSite)/acme/api/actions/runs/42"
        let jobs = try await gitea(transport, .forgejo, version: "16.0.1+gitea-1.22.0").jobs(of: run)
        #expect(
            jobs.map(\.state) == [
                .completed(.success), .completed(.failure), .inProgress, .requested, .queued,
            ])
        #expect(jobs[1].url == "\(giteaSite)/acme/api/actions/runs/42/jobs/1")
        #expect(jobs.map { $0.runnerName == nil } == [false, false, false, true, true])
    }

    @Test func anOlderForgejosJobsAreTheTasksOfTheRun() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .forgejo, folder: "12").fixture("tasks")])
        let forge = try gitea(transport, .forgejo, version: "12.0.1+gitea-1.22.0")
        let jobs = try await forge.jobs(of: someRun(id: "5001"))
        #expect(jobs.map(\.name) == ["plan", "build"])
        #expect(jobs.map(\.state) == [.completed(.success), .inProgress])
        #expect(forge.limits == [.noLogs(server: "Forgejo 12.0.1")])
        #expect(!forge.hasLiveLogs)
        #expect(forge.leastPause == .seconds(5))
        let answer = try await forge.log(of: jobs[0], in: someRun(id: "5001"), from: 0) { _ in true }
        #expect(answer == .notYet)
    }

    @Test(arguments: [("1.23.8", GiteaVersion.Product.gitea), ("1.24.7", .gitea), ("11.0.6+gitea-1.22.0", .forgejo)])
    func aServerThatTellsNoRunsIsNotAskedForThem(version: String, product: GiteaVersion.Product) async throws {
        let transport = ScriptedTransport([])
        let forge = try gitea(transport, product, version: version)
        let error = try await forgeError { _ = try await forge.runs(matching: RunQuery(headSHA: sha)) }
        let name = GiteaVersion(version, of: product).name
        #expect(
            error == .unsupported(host: "git.example", server: name, page: "\(giteaSite)/acme/api/actions"))
        #expect(!error.isTransient)
    }

    @Test func aServerBelowAPathIsAskedThere() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(giteaSite)/git/api/v1/version", 200, #"{"version":"1.23.0"}"#)
        ])
        let forge = try gitea(transport, version: nil, prefix: "/git")
        let error = try await forgeError { _ = try await forge.run("1") }
        #expect(
            error
                == .unsupported(
                    host: "git.example", server: "Gitea 1.23.0", page: "\(giteaSite)/git/acme/api/actions"))
    }

    @Test(arguments: [
        ("https://codeberg.org", "16.0.1", 5), ("https://git.example", "16.0.1", 3),
        ("https://git.example", "15.0.0", 5),
    ])
    func sharedServersAndThoseThatTellLittleAreAskedRarely(site: String, version: String, seconds: Int) throws {
        let forge = try gitea(ScriptedTransport([]), .forgejo, version: version, site: site)
        #expect(forge.leastPause == .seconds(seconds))
        #expect(!forge.isSlowWithoutToken)
    }

    @Test(arguments: ["https://evil.example/x", "javascript:alert(1)", "//evil.example/x", ""])
    func linksThatLeadElsewhereAreDropped(link: String) async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(giteaRepo)/actions/runs/1", 200,
                #"{"id":1,"run_number":1,"event":"push","head_sha":"\#(sha)","html_url":"\#(link)"}"#)
        ])
        let run = try await gitea(transport).run("1")
        #expect(run.url == nil)
        #expect(run.state == .unknown(""))
        #expect(run.createdAt == 1_795_341_641)
    }

    @Test func aTagsNameComesFromThePath() async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(giteaRepo)/actions/runs/1", 200,
                #"{"id":1,"run_number":1,"event":"push","head_sha":"\#(sha)","head_branch":"","path":"a.yml@refs/tags/v1"}"#
            )
        ])
        #expect(try await gitea(transport).run("1").headBranch == "v1")
    }
}
