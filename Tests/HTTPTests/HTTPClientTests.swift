import HTTP
import Synchronization
import Testing

/// A URL on `server`, which listens on 127.0.0.1.
func url(_ server: ScriptedServer, _ target: String = "/") throws -> HTTPURL {
    let origin = HTTPOrigin(scheme: .http, host: "127.0.0.1", port: server.port)
    return try #require(HTTPURL(origin: origin, target: target))
}

/// Runs `body`, which has to throw an `HTTPError`, and returns it.
func failure(_ body: () async throws -> HTTPResponse) async throws -> HTTPError {
    try await #require(throws: HTTPError.self) { _ = try await body() }
}

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
    @Test func aWholeAnswerIsHandedOverWithItsStatusFieldsAndBody() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request.line == "GET /a?b=c HTTP/1.1")
            #expect(request["X-Own"] == ["yes"])
            #expect(request["User-Agent"] == ["hephy/test"])
            connection.answer("404 Not Found", headers: ["ETag: \"x\"", "X-Two: 1", "X-Two: 2"], body: Array("no".utf8))
        }
        let client = HTTPClient(userAgent: "hephy/test")
        let response = try await client.send(HTTPRequest(.get, url(server, "/a?b=c"), headers: [("X-Own", "yes")]))
        #expect(response.status == 404)
        #expect(response.headers["etag"] == "\"x\"")
        #expect(response.headers.fields.filter { $0.name == "X-Two" }.map(\.value) == ["1", "2"])
        #expect(response.body == Array("no".utf8))
    }
}
