import Forge
import HTTP
import Testing

struct GitHubFailureTests {
    private static let request = "GET \(repo)/actions/runs/1?exclude_pull_requests=true"
    private static let host = "api.github.com"
    private static let secondary =
        "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"

    struct Refusal: Sendable, CustomTestStringConvertible {
        var title: String
        var status: Int
        var headers: [(name: String, value: String)] = []
        var body: String
        var error: ForgeError

        var testDescription: String { title }
    }

    private static let refusals: [Refusal] = [
        Refusal(
            title: "a bad token", status: 401, body: #"{"message":"Bad credentials"}"#,
            error: .unauthorized(host: host, detail: "Bad credentials")),
        Refusal(
            title: "a missing permission", status: 403,
            headers: [("X-Accepted-GitHub-Permissions", "actions=write"), ("x-ratelimit-remaining", "4000")],
            body: #"{"message":"Resource not accessible by personal access token"}"#,
            error: .forbidden(
                host: host, detail: "Resource not accessible by personal access token", permission: "actions=write")),
        Refusal(
            title: "a missing scope", status: 403,
            headers: [("X-Accepted-GitHub-Permissions", ""), ("X-Accepted-OAuth-Scopes", "repo")],
            body: #"{"message":"Must have admin rights to Repository."}"#,
            error: .forbidden(host: host, detail: "Must have admin rights to Repository.", permission: "repo")),
        Refusal(
            title: "a refusal without words", status: 403, body: "",
            error: .forbidden(host: host, detail: "status 403", permission: nil)),
        Refusal(
            title: "a primary limit", status: 403,
            headers: [
                ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795342000"),
                ("Date", "Sun, 22 Nov 2026 10:00:40 GMT"),
            ], body: #"{"message":"API rate limit exceeded"}"#,
            error: .rateLimited(host: host, retryAfter: .seconds(360), resetAt: 1_795_342_000)),
        Refusal(
            title: "a primary limit without a date", status: 429,
            headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795341700")], body: "{}",
            error: .rateLimited(host: host, retryAfter: .seconds(100), resetAt: 1_795_341_700)),
        Refusal(
            title: "a limit that should be over", status: 429,
            headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1")], body: "{}",
            error: .rateLimited(host: host, retryAfter: .seconds(1), resetAt: 1)),
        Refusal(
            title: "a limit beyond all bounds", status: 429,
            headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "9223372036854775807")], body: "{}",
            error: .rateLimited(host: host, retryAfter: .seconds(86_400), resetAt: .max)),
        Refusal(
            title: "a secondary limit with its time", status: 403, headers: [("Retry-After", "17")], body: "{}",
            error: .rateLimited(host: host, retryAfter: .seconds(17), resetAt: nil)),
        Refusal(
            title: "a secondary limit with a date", status: 429,
            headers: [("Retry-After", "Sun, 22 Nov 2026 10:01:00 GMT"), ("Date", "Sun, 22 Nov 2026 10:00:40 GMT")],
            body: "{}", error: .rateLimited(host: host, retryAfter: .seconds(20), resetAt: nil)),
        Refusal(
            title: "an endless secondary limit", status: 429,
            headers: [("Retry-After", "99999999999999999999")], body: "{}",
            error: .rateLimited(host: host, retryAfter: .seconds(86_400), resetAt: nil)),
        Refusal(
            title: "a secondary limit by its link", status: 403,
            body: #"{"message":"Slow down","documentation_url":"\#(secondary)"}"#,
            error: .rateLimited(host: host, retryAfter: .seconds(60), resetAt: nil)),
        Refusal(
            title: "a secondary limit by its words", status: 403,
            body: #"{"message":"You have exceeded a secondary rate limit."}"#,
            error: .rateLimited(host: host, retryAfter: .seconds(60), resetAt: nil)),
        Refusal(
            title: "single sign-on", status: 403,
            headers: [("X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?authorization_request=AB")],
            body: #"{"message":"Resource protected by organization SAML enforcement."}"#,
            error: .singleSignOnRequired(host: host, url: "https://github.com/orgs/acme/sso?authorization_request=AB")),
        Refusal(
            title: "single sign-on elsewhere", status: 403,
            headers: [("X-GitHub-SSO", "required; url=https://evil.example/sso")], body: "{}",
            error: .singleSignOnRequired(host: host, url: nil)),
        Refusal(
            title: "nothing there", status: 404, body: #"{"message":"Not Found"}"#,
            error: .notFound(host: host, what: "run 1")),
        Refusal(
            title: "a retired version", status: 410, body: #"{"message":"API version is no longer supported"}"#,
            error: .refused(host: host, status: 410, detail: "API version is no longer supported")),
        Refusal(
            title: "several reasons", status: 422,
            body: #"{"message":"Validation Failed","errors":["one",{"message":"two","code":"x"},{"code":"y"}]}"#,
            error: .refused(host: host, status: 422, detail: "Validation Failed: one: two")),
        Refusal(
            title: "hostile words", status: 422,
            body: #"{"message":"\u001b[31mred\u0007 \u202etext\nsecond line"}"#,
            error: .refused(host: host, status: 422, detail: "[31mred text")),
        Refusal(
            title: "a broken gateway with GitHub's page", status: 502,
            headers: [("Content-Type", "text/html"), ("X-GitHub-Request-Id", "AB:CD")], body: "<html>Unicorn!</html>",
            error: .unavailable(host: host, detail: "status 502 (request AB:CD)")),
        Refusal(
            title: "a server in trouble", status: 500, body: #"{"message":"Server Error"}"#,
            error: .unavailable(host: host, detail: "status 500: Server Error")),
        Refusal(
            title: "a proxy's page", status: 403, headers: [("Content-Type", "text/html; charset=utf-8")],
            body: "<p>blocked</p>",
            error: .intercepted(host: host, detail: "a web page came back with status 403")),
        Refusal(
            title: "a portal's page", status: 200, body: "\n<!DOCTYPE html><title>Welcome</title>",
            error: .intercepted(host: host, detail: "a web page came back instead of run 1")),
        Refusal(
            title: "a proxy's sign-on", status: 407, body: "",
            error: .intercepted(host: host, detail: "a proxy wants a sign-on (status 407)")),
        Refusal(
            title: "a cut answer", status: 200, body: #"{"id": 1, "run_num"#,
            error: .unavailable(
                host: host, detail: "status 200: malformed answer of 18 bytes for run 1: not JSON, or cut off")),
        Refusal(
            title: "an answer without its id", status: 200, headers: [("X-GitHub-Request-Id", "E")],
            body: #"{"run_number": 1, "event": "push", "head_sha": "", "created_at": ""}"#,
            error: .unavailable(
                host: host, detail: "status 200: malformed answer of 68 bytes for run 1: 'id' is missing (request E)")),
        Refusal(
            title: "an answer of another kind", status: 200,
            body: #"{"id": "x", "run_number": 1, "event": "push", "head_sha": "", "created_at": ""}"#,
            error: .unavailable(
                host: host, detail: "status 200: malformed answer of 79 bytes for run 1: 'id' has another type")),
        Refusal(
            title: "unchanged without having been asked", status: 304, body: "",
            error: .unavailable(host: host, detail: "status 304")),
    ]

    @Test(arguments: refusals)
    func aRefusalIsReadAsTheFactItIs(refusal: Refusal) async throws {
        let transport = ScriptedTransport([
            Answer(Self.request, refusal.status, headers: refusal.headers, refusal.body)
        ])
        let forge = try gitHub(transport)
        #expect(try await forgeError { _ = try await forge.run("1") } == refusal.error)
    }

    private static let origin = HTTPOrigin(scheme: .https, host: "api.github.com")

    @Test(arguments: [
        (
            HTTPError.unreachable(origin: origin, reason: "no route"),
            ForgeError.unavailable(host: host, detail: "no route")
        ),
        (.interrupted(origin: origin, reason: "reset"), .unavailable(host: host, detail: "reset")),
        (.timedOut(origin: origin), .unavailable(host: host, detail: "no answer in time")),
        (
            .bodyTooLarge(origin: origin, limit: 9),
            .unavailable(host: host, detail: "the answer is larger than 9 bytes")
        ),
        (.untrusted(origin: origin, reason: "self-signed"), .untrusted(host: host, detail: "self-signed")),
        (
            .insecureCredential(origin: origin),
            .untrusted(host: host, detail: "the token would have gone over plain http")
        ),
        (.cancelled, .cancelled),
    ])
    func aBrokenExchangeIsReadAsTheFactItIs(thrown: HTTPError, error: ForgeError) async throws {
        let forge = try gitHub(ScriptedTransport([Answer(Self.request, throwing: thrown)]))
        #expect(try await forgeError { _ = try await forge.run("1") } == error)
    }

    @Test func secondaryLimitsWithoutATimeDoubleUntilAnAnswerComes() async throws {
        let limited = Answer(Self.request, 429, "{}")
        let transport = ScriptedTransport([limited, limited, limited, try Fixture.load("run").answer(), limited])
        let forge = try gitHub(transport)
        func wait() async throws -> Duration? {
            guard case .rateLimited(_, let after, _) = try await forgeError({ _ = try await forge.run("1") })
            else { return nil }
            return after
        }
        #expect(try await wait() == .seconds(60))
        #expect(try await wait() == .seconds(120))
        #expect(try await wait() == .seconds(240))
        _ = try await forge.run("4711000001")
        #expect(try await wait() == .seconds(60))
    }

    @Test func aRenamedRepositoryIsFollowedWithinTheAPI() async throws {
        let moved = "\(api)/repositories/7/actions/runs/1?exclude_pull_requests=true"
        let run = try Fixture.load("run").answer()
        var there = run
        there.request = "GET \(moved)"
        let transport = ScriptedTransport([Answer(Self.request, 301, headers: [("Location", moved)]), there])
        #expect(try await gitHub(transport).run("1").number == 42)
        #expect(transport.requests.map(\.token) == ["Bearer t0ken", "Bearer t0ken"])
    }

    @Test(arguments: [
        ("https://evil.example/x", "https://evil.example"), ("http://api.github.com/x", "http://api.github.com"),
        ("https://api.github.com:444/x", "https://api.github.com:444"), ("//e/x", "//e/x"), ("", ""),
        ("https://t0ken.example/", "https://***.example"), ("ftp:t0ken", "ftp:***"),
    ])
    func aRedirectToAnotherOriginNeverGetsARequest(location: String, place: String) async throws {
        let transport = ScriptedTransport([Answer(Self.request, 301, headers: [("Location", location)])])
        let error = try await forgeError { _ = try await gitHub(transport).run("1") }
        #expect(error == .redirected(host: Self.host, place: place))
        #expect(transport.requests.count == 1)
    }

    @Test func redirectsInACircleEnd() async throws {
        let transport = ScriptedTransport(
            Array(
                repeating: Answer(
                    Self.request, 301,
                    headers: [("Location", "/repos/acme/api/actions/runs/1?exclude_pull_requests=true")]), count: 9))
        let error = try await forgeError { _ = try await gitHub(transport).run("1") }
        #expect(error == .unavailable(host: Self.host, detail: "more than 3 redirects"))
    }

    private static let basic = "eC1hY2Nlc3MtdG9rZW46Z2hvX293bmVydG9rZW4="

    struct Echo: Sendable, CustomTestStringConvertible {
        var status: Int
        var headers: [(name: String, value: String)] = []
        var message: String

        var testDescription: String { "\(status) \(message) \(headers.map(\.value))" }
    }

    @Test(arguments: [
        Echo(status: 401, message: "no Bearer gho_ownertoken"),
        Echo(status: 403, message: "no Basic \(basic) for you"),
        Echo(status: 403, headers: [("X-Accepted-OAuth-Scopes", "gho_ownertoken")], message: "no"),
        Echo(
            status: 403,
            headers: [("X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?request=gho_ownertoken")],
            message: "no"),
        Echo(status: 422, message: "gho_\\u200bowner\\u001btoken"),
        Echo(status: 422, message: String(repeating: "x", count: 290) + " gho_ownertoken"),
        Echo(status: 500, headers: [("X-GitHub-Request-Id", "gho_ownertoken")], message: "gho_ownertoken"),
    ])
    func aServerThatRepeatsTheTokenIsNotRepeated(echo: Echo) async throws {
        let transport = ScriptedTransport([
            Answer(Self.request, echo.status, headers: echo.headers, #"{"message":"\#(echo.message)"}"#)
        ])
        let forge = try gitHub(transport, token: "gho_ownertoken")
        let text = "\(try await forgeError { _ = try await forge.run("1") })"
        #expect(text.contains("***"))
        #expect(!text.contains("gho_") && !text.contains("Z2hv"), "\(text)")
    }

    @Test func anErrorOfTheTransportThatHoldsTheTokenIsMasked() async throws {
        let error = HTTPError.unreachable(origin: Self.origin, reason: "proxy said gho_ownertoken")
        let forge = try gitHub(
            ScriptedTransport([Answer(Self.request, throwing: error)]), token: "gho_ownertoken")
        #expect(
            try await forgeError { _ = try await forge.run("1") }
                == .unavailable(host: Self.host, detail: "proxy said ***"))
    }

    @Test func aServerIsCalledByItsPortWhereThatIsNotTheUsualOne() async throws {
        let answers = [
            Answer("GET \(enterprise)/api/v3/meta", 404, "{}"),
            Answer(
                "GET \(enterprise)/api/v3/repos/acme/api/actions/runs/1?exclude_pull_requests=true", 401,
                #"{"message":"Bad credentials"}"#),
        ]
        let forge = try gitHub(ScriptedTransport(answers), at: "\(enterprise)/acme/api.git")
        #expect(
            try await forgeError { _ = try await forge.run("1") }
                == .unauthorized(host: "git.corp.example:8443", detail: "Bad credentials"))
    }

    @Test func theTokenStandsInNoError() async throws {
        let origin = Self.origin
        let transport = ScriptedTransport([Answer(Self.request, throwing: .timedOut(origin: origin))])
        let forge = try gitHub(transport, token: "very-secret")
        let error = try await forgeError { _ = try await forge.run("1") }
        #expect(!String(reflecting: error).contains("very-secret"))
        #expect(!String(reflecting: transport.requests).contains("very-secret"))
    }
}
