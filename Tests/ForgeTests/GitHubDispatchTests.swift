import Forge
import HTTP
import Testing

struct GitHubDispatchTests {
    private static let request = "POST \(repo)/actions/workflows/hephy.yml/dispatches"
    private static let there = "\(enterprise)/api/v3"
    private static let enterpriseRequest = "POST \(there)/repos/acme/api/actions/workflows/hephy.yml/dispatches"
    private static let badVersion = #"{"message":"Invalid API version"}"#

    private func dispatch(ref: String = "refs/heads/main", inputs: [String: String] = [:]) -> Dispatch {
        Dispatch(workflow: "hephy.yml", ref: ref, inputs: inputs)
    }

    private func meta(_ version: String) -> Answer {
        Answer("GET \(Self.there)/meta", 200, #"{"installed_version": "\#(version)"}"#)
    }

    @Test func aDispatchGivesTheRunsID() async throws {
        let transport = ScriptedTransport([try Fixture.load("dispatched").answer()])
        let answer = try await gitHub(transport).dispatch(dispatch(inputs: ["sha": sha, "backend": "ko"]))
        #expect(answer == .accepted(runID: "4711000009"))
        let request = try #require(transport.requests.first)
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"inputs":{"backend":"ko","sha":"\#(sha)"},"ref":"main"}"#)
        #expect(request.header("Content-Type") == "application/json")
    }

    @Test(arguments: [
        ("refs/heads/main", "main"), ("refs/heads/feature/x", "feature/x"), ("refs/tags/v1", "v1"), ("main", "main"),
        ("refs/heads/refs/heads/odd", "refs/heads/odd"),
    ])
    func theRefIsSentByItsShortName(ref: String, name: String) async throws {
        let transport = ScriptedTransport([Answer(Self.request, 204)])
        #expect(try await gitHub(transport).dispatch(dispatch(ref: ref)) == .accepted(runID: nil))
        #expect(
            String(decoding: transport.requests.first?.body ?? [], as: UTF8.self)
                == #"{"inputs":{},"ref":"\#(name)"}"#)
    }

    @Test func anUnreadableIDStillMeansThatTheRunExists() async throws {
        let transport = ScriptedTransport([Answer(Self.request, 200, "{\"workflow_ru")])
        #expect(try await gitHub(transport).dispatch(dispatch()) == .accepted(runID: nil))
    }

    @Test func aPortalsPageIsNoDispatch() async throws {
        let transport = ScriptedTransport([Answer(Self.request, 200, "<html>")])
        let error = try await forgeError { _ = try await gitHub(transport).dispatch(dispatch()) }
        #expect(error == .intercepted(host: "api.github.com", detail: "a web page came back for the dispatch"))
    }

    @Test(arguments: [
        (404, #"{"message":"Not Found"}"#, ForgeError.notFound(host: "api.github.com", what: "workflow 'hephy.yml'")),
        (
            422, #"{"message":"Unexpected inputs provided: [\"x\"]"}"#,
            .refused(host: "api.github.com", status: 422, detail: #"Unexpected inputs provided: ["x"]"#)
        ),
        (502, "", .unavailable(host: "api.github.com", detail: "status 502")),
    ])
    func aRefusedDispatchIsSentOnce(status: Int, body: String, error: ForgeError) async throws {
        let transport = ScriptedTransport([Answer(Self.request, status, body)])
        #expect(try await forgeError { _ = try await gitHub(transport).dispatch(dispatch()) } == error)
        #expect(transport.requests.count == 1)
    }

    @Test func aLostAnswerIsNotSentAgain() async throws {
        let origin = HTTPOrigin(scheme: .https, host: "api.github.com")
        let transport = ScriptedTransport([Answer(Self.request, throwing: .timedOut(origin: origin))])
        let error = try await forgeError { _ = try await gitHub(transport).dispatch(dispatch()) }
        #expect(error.isTransient)
        #expect(transport.requests.count == 1)
    }

    @Test func aVersionThatTheServerRefusesIsReplacedForGood() async throws {
        let transport = ScriptedTransport([
            Answer(Self.request, 400, Self.badVersion), Answer(Self.request, 204),
            try Fixture.load("run").answer(),
        ])
        let forge = try gitHub(transport)
        #expect(try await forge.dispatch(dispatch()) == .accepted(runID: nil))
        _ = try await forge.run("4711000001")
        #expect(
            transport.requests.map { $0.header("X-GitHub-Api-Version") } == ["2026-03-10", "2022-11-28", "2022-11-28"])
    }

    @Test func aRequestThatIsWrongInEveryVersionIsRefused() async throws {
        let transport = ScriptedTransport([
            Answer(Self.request, 400, #"{"message":"Problems parsing JSON"}"#), Answer(Self.request, 400, "{}"),
            try Fixture.load("run").answer(),
        ])
        let forge = try gitHub(transport)
        let error = try await forgeError { _ = try await forge.dispatch(dispatch()) }
        #expect(error == .refused(host: "api.github.com", status: 400, detail: "Problems parsing JSON"))
        _ = try await forge.run("4711000001")
        #expect(transport.requests.last?.header("X-GitHub-Api-Version") == "2026-03-10")
    }

    @Test(arguments: [
        ("3.20.4", "2022-11-28"), ("3.9.0", "2022-11-28"), ("2.22.0", "2022-11-28"), ("3.21.0", "2026-03-10"),
        ("4.0.0", "2026-03-10"), ("", "2026-03-10"), ("garbage", "2026-03-10"),
    ])
    func anEnterpriseServerIsAskedForItsVersionOnce(installed: String, version: String) async throws {
        let transport = ScriptedTransport([
            meta(installed), Answer(Self.enterpriseRequest, 204), Answer(Self.enterpriseRequest, 204),
        ])
        let forge = try gitHub(transport, at: "\(enterprise)/acme/api")
        for _ in 0..<2 { #expect(try await forge.dispatch(dispatch()) == .accepted(runID: nil)) }
        #expect(
            transport.requests.map { $0.header("X-GitHub-Api-Version") } == ["2022-11-28", version, version])
        #expect(transport.requests.allSatisfy { $0.token == "Bearer t0ken" })
    }

    @Test(arguments: [403, 404])
    func aServerThatHidesItsVersionIsTriedWithTheNewest(status: Int) async throws {
        let transport = ScriptedTransport([
            Answer("GET \(Self.there)/meta", status, "{}"), Answer(Self.enterpriseRequest, 400, Self.badVersion),
            Answer(Self.enterpriseRequest, 204),
        ])
        let answer = try await gitHub(transport, at: "\(enterprise)/acme/api").dispatch(dispatch())
        #expect(answer == .accepted(runID: nil))
        #expect(
            transport.requests.map { $0.header("X-GitHub-Api-Version") }
                == ["2022-11-28", "2026-03-10", "2022-11-28"])
    }

    @Test func aVersionThatCouldNotBeAskedForIsAskedForAgain() async throws {
        let transport = ScriptedTransport([Answer("GET \(Self.there)/meta", 503, "")])
        let forge = try gitHub(transport, at: "\(enterprise)/acme/api")
        let error = try await forgeError { _ = try await forge.dispatch(dispatch()) }
        #expect(error == .unavailable(host: "git.corp.example:8443", detail: "status 503"))
        transport.add([meta("3.21.0"), Answer(Self.enterpriseRequest, 204)])
        #expect(try await forge.dispatch(dispatch()) == .accepted(runID: nil))
    }

    @Test func aTenantOfGheComIsNeverAskedForItsVersion() async throws {
        let request = "POST https://api.octo.ghe.com/repos/acme/api/actions/workflows/hephy.yml/dispatches"
        let transport = ScriptedTransport([Answer(request, 204)])
        let forge = try gitHub(transport, at: "https://octo.ghe.com/acme/api")
        #expect(try await forge.dispatch(dispatch()) == .accepted(runID: nil))
    }
}
