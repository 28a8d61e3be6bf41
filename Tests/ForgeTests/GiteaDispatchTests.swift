import Forge
import HTTP
import Testing

struct GiteaDispatchTests {
    private static let place = "POST \(giteaRepo)/actions/workflows/hephy.yml/dispatches"
    private static let gitea126 = "\(place)?return_run_details=true"
    private let dispatch = Dispatch(workflow: "hephy.yml", ref: "refs/heads/main", inputs: ["backend": "ko"])

    private func body(_ transport: ScriptedTransport) -> String {
        String(decoding: transport.requests.last?.body ?? [], as: UTF8.self)
    }

    @Test func giteaIsAskedForTheRunInTheQuery() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .gitea, folder: "1.26").fixture("dispatched")])
        #expect(try await gitea(transport).dispatch(dispatch) == .accepted(runID: "5009"))
        #expect(body(transport) == #"{"inputs":{"backend":"ko"},"ref":"refs/heads/main"}"#)
    }

    @Test func forgejoIsAskedForTheRunInTheBody() async throws {
        let transport = ScriptedTransport([try GiteaServer(product: .forgejo, folder: "16").fixture("dispatched")])
        #expect(try await gitea(transport, .forgejo, version: "16.0.1").dispatch(dispatch) == .accepted(runID: "5009"))
        #expect(
            body(transport) == #"{"inputs":{"backend":"ko"},"ref":"refs/heads/main","return_run_info":true}"#)
    }

    @Test func anOlderGiteasRunIsTheFirstAfterTheNewest() async throws {
        let runs = #"{"workflow_runs":[\#(run(7)),\#(run(5001)),\#(run(12))],"total_count":3}"#
        let transport = ScriptedTransport([
            Answer("GET \(giteaRepo)/actions/runs?limit=50", 200, runs), Answer(Self.gitea126, 204),
        ])
        let answer = try await gitea(transport, version: "1.25.5").dispatch(dispatch)
        #expect(answer == .acceptedAfter(runID: "5001"))
    }

    @Test func aRepositorysFirstRunComesAfterNone() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(giteaRepo)/actions/runs?limit=50", 200, #"{"workflow_runs":[],"total_count":0}"#),
            Answer(Self.gitea126, 204),
        ])
        #expect(try await gitea(transport, version: "1.25.5").dispatch(dispatch) == .acceptedAfter(runID: "0"))
    }

    @Test func aServerThatStartsRunsAndTellsNoneGivesNoID() async throws {
        let transport = ScriptedTransport([Answer(Self.gitea126, 204)])
        #expect(try await gitea(transport, version: "1.24.7").dispatch(dispatch) == .accepted(runID: nil))
    }

    @Test func aServerThatCannotStartRunsIsNotAskedTo() async throws {
        let transport = ScriptedTransport([])
        let error = try await forgeError { _ = try await gitea(transport, version: "1.23.8").dispatch(dispatch) }
        #expect(
            error
                == .unsupported(
                    host: "git.example", server: "Gitea 1.23.8", page: "\(giteaSite)/acme/api/actions"))
    }

    @Test(arguments: [200, 201])
    func anUnreadableIDStillMeansThatTheRunExists(status: Int) async throws {
        let transport = ScriptedTransport([Answer(Self.gitea126, status, "{\"workflow_ru")])
        #expect(try await gitea(transport).dispatch(dispatch) == .accepted(runID: nil))
        #expect(transport.requests.count == 1)
    }

    @Test func aPortalsPageIsNoDispatch() async throws {
        let transport = ScriptedTransport([Answer(Self.gitea126, 200, "<html>")])
        #expect(
            try await forgeError { _ = try await gitea(transport).dispatch(dispatch) }
                == .intercepted(host: "git.example", detail: "a web page came back for the dispatch"))
    }

    @Test(arguments: [
        (
            404, #"{"message":"workflow not found"}"#,
            ForgeError.notFound(host: "git.example", what: "workflow 'hephy.yml'")
        ),
        (
            403, #"{"message":"token does not have at least one of required scope(s): [write:repository]"}"#,
            .forbidden(
                host: "git.example",
                detail: "token does not have at least one of required scope(s): [write:repository]",
                permission: "the scope 'write:repository'")
        ),
        (502, "", .unavailable(host: "git.example", detail: "status 502")),
    ])
    func aRefusedDispatchIsSentOnce(status: Int, body: String, error: ForgeError) async throws {
        let transport = ScriptedTransport([Answer(Self.gitea126, status, body)])
        #expect(try await forgeError { _ = try await gitea(transport).dispatch(dispatch) } == error)
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [200, 202, 409])
    func aRunIsCancelledOrHasEnded(status: Int) async throws {
        let transport = ScriptedTransport([Answer("POST \(giteaRepo)/actions/runs/5001/cancel", status, "{}")])
        try await gitea(transport).cancel(someRun(id: "5001"))
        transport.expectNothingLeft()
    }

    @Test func aServerThatCannotStopRunsSaysWhereAPersonCan() async throws {
        let server = GiteaServer(product: .forgejo, folder: "16")
        let transport = ScriptedTransport([
            Answer("POST \(giteaRepo)/actions/runs/5001/cancel", 404, #"{"message":"Not Found"}"#),
            try server.fixture("run"),
        ])
        var run = someRun(id: "5001")
        run.url = "\(giteaSite)/acme/api/actions/runs/42"
        let error = try await forgeError {
            try await gitea(transport, .forgejo, version: "16.0.1").cancel(run)
        }
        #expect(
            error
                == .unsupported(
                    host: "git.example", server: "Forgejo 16.0.1", page: "\(giteaSite)/acme/api/actions/runs/42"))
    }

    private func run(_ id: Int) -> String {
        #"{"id":\#(id),"run_number":1,"event":"push","head_sha":"\#(sha)","status":"queued"}"#
    }
}
