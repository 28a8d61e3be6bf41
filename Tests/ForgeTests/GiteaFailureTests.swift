import Forge
import HTTP
import Testing

struct GiteaFailureTests {
    private static let run = "GET \(giteaRepo)/actions/runs/1"

    @Test(arguments: [
        (
            401, #"{"message":"token is required"}"#,
            ForgeError.unauthorized(host: "git.example", detail: "token is required")
        ),
        (
            403, #"{"message":"Only signed in user is allowed to call APIs."}"#,
            .unauthorized(host: "git.example", detail: "Only signed in user is allowed to call APIs.")
        ),
        (
            403, #"{"message":"token does not have at least one of required scope(s): [read:repository]"}"#,
            .forbidden(
                host: "git.example",
                detail: "token does not have at least one of required scope(s): [read:repository]",
                permission: "the scope 'read:repository'")
        ),
        (403, #"{"message":"no"}"#, .forbidden(host: "git.example", detail: "no", permission: nil)),
        (404, #"{"message":"The target couldn't be found."}"#, .notFound(host: "git.example", what: "run 1")),
        (
            422, #"{"message":"ref does not exist"}"#,
            .refused(host: "git.example", status: 422, detail: "ref does not exist")
        ),
        (502, "", .unavailable(host: "git.example", detail: "status 502")),
        (429, "", .rateLimited(host: "git.example", retryAfter: .seconds(60), resetAt: nil)),
        (
            403, "<!DOCTYPE html><title>Sign in</title>",
            .intercepted(host: "git.example", detail: "a web page came back with status 403")
        ),
    ])
    func refusalsAreReadForWhatTheyAre(status: Int, body: String, error: ForgeError) async throws {
        let transport = ScriptedTransport([Answer(Self.run, status, body)])
        #expect(try await forgeError { _ = try await gitea(transport).run("1") } == error)
    }

    @Test func aWebPageInPlaceOfARunIsAnInterception() async throws {
        let transport = ScriptedTransport([Answer(Self.run, 200, "<html>Sign in</html>")])
        #expect(
            try await forgeError { _ = try await gitea(transport).run("1") }
                == .intercepted(host: "git.example", detail: "a web page came back instead of run 1"))
    }

    @Test(arguments: ["", "-1", "../1", "42/jobs", "9223372036854775808", "task-3"])
    func whatIsNoIDNeverStandsInAPath(id: String) async throws {
        let transport = ScriptedTransport([])
        let error = try await forgeError { _ = try await gitea(transport).run(id) }
        guard case .notFound = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func aServerThatHidesItsVersionIsAskedAsTheNewest() async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(giteaSite)/api/v1/version", 403,
                #"{"message":"token does not have at least one of required scope(s): [read:misc]"}"#),
            try GiteaServer(product: .gitea, folder: "1.26").fixture("run"),
        ])
        #expect(try await gitea(transport, version: nil).run("5001").number == 42)
    }

    @Test func aServerThatShowsStrangersNothingSaysThatATokenIsMissing() async throws {
        let transport = ScriptedTransport([
            Answer(
                "GET \(giteaSite)/api/v1/version", 403, #"{"message":"Only signed in user is allowed to call APIs."}"#)
        ])
        let error = try await forgeError {
            _ = try await gitea(transport, version: nil, token: nil).runs(matching: RunQuery())
        }
        #expect(
            error == .unauthorized(host: "git.example", detail: "Only signed in user is allowed to call APIs."))
        #expect(transport.requests.first?.token == nil)
    }

    @Test func aVersionThatCouldNotBeAskedForIsAskedForAgain() async throws {
        let transport = ScriptedTransport([Answer("GET \(giteaSite)/api/v1/version", 503, "")])
        let forge = try gitea(transport, version: nil)
        #expect(try await forgeError { _ = try await forge.run("1") }.isTransient)
        transport.add([
            Answer("GET \(giteaSite)/api/v1/version", 200, #"{"version":"1.26.1"}"#),
            try GiteaServer(product: .gitea, folder: "1.26").fixture("run"),
        ])
        #expect(try await forge.run("5001").number == 42)
    }

    @Test func aRedirectToAnotherHostIsNotFollowed() async throws {
        let transport = ScriptedTransport([
            Answer(Self.run, 301, headers: [(name: "Location", value: "https://other.example/api/v1/x")])
        ])
        #expect(
            try await forgeError { _ = try await gitea(transport).run("1") }
                == .redirected(host: "git.example", place: "https://other.example"))
        #expect(transport.requests.count == 1)
    }
}
