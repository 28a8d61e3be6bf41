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
            connection.answer(
                "404 Not Found", headers: ["ETag: \"x\"", "X-Two: 1", "X-Two: 2"], body: Array("no".utf8))
        }
        let client = HTTPClient(userAgent: "hephy/test")
        let response = try await client.send(HTTPRequest(.get, url(server, "/a?b=c"), headers: [("X-Own", "yes")]))
        #expect(response.status == 404)
        #expect(response.headers["etag"] == "\"x\"")
        #expect(response.headers.fields.filter { $0.name == "X-Two" }.map(\.value) == ["1", "2"])
        #expect(response.body == Array("no".utf8))
    }

    @Test func onlyTheFieldsOfTheRequestAndTheClientsOwnAreSent() async throws {
        let names = Collected<[String]>()
        let server = try ScriptedServer { connection in
            while let request = connection.request() {
                names.append(request.fields.map { $0.name.lowercased() }.sorted())
                // A cookie that is offered must not come back.
                connection.answer("200 OK", headers: ["Set-Cookie: a=b; Path=/"])
            }
        }
        let client = HTTPClient()
        for _ in 0..<2 { _ = try await client.send(HTTPRequest(.get, url(server))) }
        _ = try await client.send(HTTPRequest(.post, url(server), headers: [("Content-Type", "a/b")], body: [1]))
        let own = ["accept", "accept-encoding", "host", "user-agent"]
        #expect(names.all == [own, own, (own + ["content-length", "content-type"]).sorted()])
    }

    @Test(
        arguments: [
            (.get, nil, "GET", nil), (.head, nil, "HEAD", nil), (.post, [], "POST", "0"), (.post, nil, "POST", "0"),
            (.post, Array("a\0b\r\n\r\n".utf8), "POST", "7"), (.put, [1, 2, 3], "PUT", "3"),
            (.delete, nil, "DELETE", nil),
            (.delete, [9], "DELETE", "1"),
        ] as [(HTTPRequest.Method, [UInt8]?, String, String?)])
    func theMethodAndTheBodyGoOutAsTheyAre(
        method: HTTPRequest.Method, body: [UInt8]?, word: String, length: String?
    ) async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request.line == "\(word) / HTTP/1.1")
            #expect(request["Content-Length"].first == length)
            #expect(request["Content-Type"].isEmpty)
            #expect(request["Expect"].isEmpty)
            #expect(request.body == body ?? [])
            if method == .head {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
            } else {
                connection.answer("204 No Content")
            }
        }
        let response = try await HTTPClient().send(HTTPRequest(method, url(server), body: body))
        #expect(response.status == (method == .head ? 200 : 204))
        #expect(response.body.isEmpty)
    }

    @Test func theUserAgentOfTheRequestWins() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request["User-Agent"] == ["own/1"])
            connection.answer("200 OK")
        }
        let client = HTTPClient(userAgent: "hephy/test")
        _ = try await client.send(HTTPRequest(.get, url(server), headers: [("user-agent", "own/1")]))
    }

    @Test func theTargetGoesOutAsItStands() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request.line == "GET /a/../%2e%2e/b%2Fc?x=%3E%3D&y=/../ HTTP/1.1")
            connection.answer("200 OK")
        }
        _ = try await HTTPClient().send(HTTPRequest(.get, url(server, "/a/../%2e%2e/b%2Fc?x=%3E%3D&y=/../")))
    }

    @Test func theAuthorizationIsSentToLoopback() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request["Authorization"] == ["Bearer s3cret"])
            connection.answer("200 OK")
        }
        _ = try await HTTPClient().send(HTTPRequest(.get, url(server), authorization: ("Bearer", Secret("s3cret"))))
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() async throws {
        let other = try ScriptedServer { _ in Issue.record("the redirect was followed") }
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("302 Found", headers: ["Location: http://127.0.0.1:\(other.port)/log?sig=1"])
        }
        let response = try await HTTPClient().send(
            HTTPRequest(.get, url(server), authorization: ("Bearer", Secret("s3cret"))))
        #expect(response.status == 302)
        #expect(response.headers["location"] == "http://127.0.0.1:\(other.port)/log?sig=1")
        #expect(other.connections == 0)
    }

    @Test func theConnectionIsKeptForLaterRequests() async throws {
        let server = try ScriptedServer { connection in
            while connection.request() != nil { connection.answer("200 OK", body: [1]) }
        }
        let client = HTTPClient()
        for _ in 0..<5 { _ = try await client.send(HTTPRequest(.get, url(server))) }
        #expect(server.connections == 1)
    }

    @Test func aKeptConnectionThatDiedIsReplacedForARead() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("200 OK", body: [UInt8(connection.number)])
            // The next request is read and left without an answer, as by a server that closes idle connections.
            if connection.number == 1 { _ = connection.request() }
        }
        let client = HTTPClient()
        #expect(try await client.send(HTTPRequest(.get, url(server))).body == [1])
        #expect(try await client.send(HTTPRequest(.get, url(server))).body == [2])
    }

    @Test func aPostIsNeverSentTwice() async throws {
        let posts = Collected<String>()
        let server = try ScriptedServer { connection in
            while let request = connection.request() {
                guard request.line.hasPrefix("GET") else {
                    posts.append(request.line)
                    return
                }
                connection.answer("200 OK")
            }
        }
        let client = HTTPClient()
        _ = try await client.send(HTTPRequest(.get, url(server)))
        let error = try await failure { try await client.send(HTTPRequest(.post, url(server), body: [1])) }
        guard case .interrupted = error else {
            Issue.record("\(error)")
            return
        }
        #expect(posts.all == ["POST / HTTP/1.1"])
    }

    @Test func anInterimAnswerAndTrailersAreNotTakenForTheAnswer() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write(
                """
                HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\
                Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Late: 1\r\nHTTP/1.1: 500\r\n\r\n
                """)
            connection.awaitEnd()
        }
        let response = try await HTTPClient().send(HTTPRequest(.get, url(server)))
        #expect(response.status == 200)
        #expect(response.headers.fields.map(\.name) == ["X-A", "Transfer-Encoding"])
        #expect(response.headers["x-a"] == "1 2")
        #expect(response.body == Array("abc".utf8))
    }

    @Test func aCompressedAnswerIsDecoded() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request["Accept-Encoding"].first?.contains("gzip") == true)
            connection.answer("200 OK", headers: ["Content-Encoding: gzip"], body: Gzip.threeHellos)
        }
        let response = try await HTTPClient().send(HTTPRequest(.get, url(server)))
        #expect(response.body == Array("hello hello hello".utf8))
    }

    @Test func aRangeIsAskedForWithoutCompression() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request["Range"] == ["bytes=5-"])
            #expect(request["Accept-Encoding"].isEmpty)
            connection.answer("206 Partial Content", body: [5])
        }
        let response = try await HTTPClient().send(HTTPRequest(.get, url(server), headers: [("range", "bytes=5-")]))
        #expect(response.status == 206)
    }

    @Test func requestsOfSeveralTasksAreUnderWayAtOnce() async throws {
        let count = 16
        let arrived = Collected<Int>()
        let everybody = ThreadBarrier(count)
        let server = try ScriptedServer { connection in
            while connection.request() != nil {
                arrived.append(connection.number)
                everybody.arriveAndWait()
                connection.answer("200 OK")
            }
        }
        let client = HTTPClient()
        let target = try url(server)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await client.send(HTTPRequest(.get, target)).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: count))
        #expect(Set(arrived.all).count == count)
    }

    @Test func theConnectionsEndWithTheClient() async throws {
        let hasEnded = Gate()
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("200 OK")
            connection.awaitEnd()
            hasEnded.open()
        }
        do {
            let client = HTTPClient()
            _ = try await client.send(HTTPRequest(.get, url(server)))
        }
        await hasEnded.wait()
    }
}
