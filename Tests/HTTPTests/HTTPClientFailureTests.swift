import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientFailureTests {
    @Test(arguments: [
        ("nothing at all", ""),
        ("a cut header", "HTTP/1.1 200 OK\r\nContent-Le"),
        ("a body shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        ("a cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
        ("a missing last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        ("a malformed chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"),
        ("no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"),
        ("HTTP/0.9", "<html></html>"),
        (
            "a body that is not compressed as said",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
        ),
        ("an overflowing length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabc"),
        ("only interim answers", "HTTP/1.1 103 Early Hints\r\n\r\n"),
    ])
    func aBrokenAnswerIsInterrupted(what: String, bytes: String) async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write(bytes)
        }
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server))) }
        guard case .interrupted(let origin, let reason) = error else {
            Issue.record("\(what): \(error)")
            return
        }
        #expect(origin.port == server.port)
        #expect(!reason.isEmpty && !reason.contains("\n"))
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"])
    func aResetConnectionIsInterrupted(before: String) async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write(before)
            connection.reset()
        }
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server))) }
        guard case .interrupted = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(arguments: [
        String(repeating: "X-Long: \(String(repeating: "x", count: 1000))\r\n", count: 400),
        "X-Line: \(String(repeating: "x", count: 400_000))\r\n",
    ])
    func aHugeHeaderIsInterrupted(fields: String) async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n" + fields + "\r\n")
            connection.awaitEnd()
        }
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server))) }
        guard case .interrupted = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func endlessInterimAnswersEnd() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            while connection.write("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n") {}
        }
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server), timeLimit: nil)) }
        guard case .interrupted = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func aBodyMayBeAsLargeAsTheLimitAndNotLarger() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.request() {
                connection.answer(
                    "200 OK", body: [UInt8](repeating: 1, count: request.line.contains("more") ? 101 : 100))
            }
        }
        let client = HTTPClient()
        #expect(try await client.send(HTTPRequest(.get, url(server), bodyLimit: 100)).body.count == 100)
        let error = try await failure { try await client.send(HTTPRequest(.get, url(server, "/more"), bodyLimit: 100)) }
        #expect(error == .bodyTooLarge(origin: try url(server).origin, limit: 100))
    }

    @Test func theLimitCountsTheDecompressedBody() async throws {
        let bomb = Gzip.bomb(of: 64 << 20)
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("200 OK", headers: ["Content-Encoding: gzip"], body: bomb)
        }
        let limit = 8 << 20
        #expect(bomb.count < limit)
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server), bodyLimit: limit)) }
        #expect(error == .bodyTooLarge(origin: try url(server).origin, limit: limit))
    }

    @Test func anEndlessBodyEndsAtTheLimit() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write([UInt8](repeating: 7, count: 64 << 10)) {}
        }
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server), bodyLimit: 1 << 20, timeLimit: nil))
        }
        #expect(error == .bodyTooLarge(origin: try url(server).origin, limit: 1 << 20))
    }

    @Test(arguments: [Duration.milliseconds(20), .zero, .seconds(-5), .nanoseconds(1)])
    func theTimeLimitEndsTheExchange(limit: Duration) async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")
            connection.awaitEnd()
        }
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, url(server), timeLimit: limit)) }
        #expect(error == .timedOut(origin: try url(server).origin))
    }

    @Test func aStalledConnectionEndsWithoutATimeLimit() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")
            connection.awaitEnd()
        }
        let config = ["http.lowspeedlimit": "1k", "http.lowspeedtime": "1"]
        let client = HTTPClient(settings: HTTPSettings(gitConfig: { config[$0] }, environment: [:]))
        let error = try await failure { try await client.send(HTTPRequest(.get, url(server), timeLimit: nil)) }
        #expect(error == .timedOut(origin: try url(server).origin))
    }

    @Test func aRefusedConnectionAndAnUnknownNameAreUnreachable() async throws {
        let port = try ScriptedServer.refusingPort()
        for (host, port) in [("127.0.0.1", port), ("no-such-host.invalid", 80)] {
            let origin = HTTPOrigin(scheme: .http, host: host, port: port)
            let target = try #require(HTTPURL(origin: origin, target: "/"))
            let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, target)) }
            guard case .unreachable(origin, let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test func aServerThatSpeaksNoTLSIsUnreachable() async throws {
        let server = try ScriptedServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.awaitEnd()
        }
        let origin = HTTPOrigin(scheme: .https, host: "127.0.0.1", port: server.port)
        let target = try #require(HTTPURL(origin: origin, target: "/"))
        let error = try await failure { try await HTTPClient().send(HTTPRequest(.get, target)) }
        guard case .unreachable(origin, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func aCredentialForPlainHTTPElsewhereIsNotSent() async throws {
        let origin = HTTPOrigin(scheme: .http, host: "forge.invalid")
        let target = try #require(HTTPURL(origin: origin, target: "/"))
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, target, authorization: ("Bearer", Secret("s3cret"))))
        }
        #expect(error == .insecureCredential(origin: origin))
    }

    @Test(arguments: [
        ("X-A", "1\r\nX-B: 2"), ("X-A", "1\nX-B: 2"), ("X-A", "1\0"), ("X-A", "1\r"), ("X-A\r\nX-B", "1"),
        ("X-A:", "1"),
        ("", "1"), ("X A", "1"), ("Authorization", "Bearer x"), ("cookie", "a=b"), ("Host", "evil.example"),
        ("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("Proxy-Authorization", "Basic x"), ("É", "1"),
    ])
    func aFieldThatCouldBecomeAnotherIsRefused(name: String, value: String) async throws {
        let server = try ScriptedServer { _ in Issue.record("something was sent") }
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server), headers: [(name, value)]))
        }
        guard case .headerRefused(_, let shown) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(shown.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
        #expect(server.connections == 0)
    }

    @Test(arguments: [("Bearer", "x\r\nX-B: 2"), ("Bearer", ""), ("Bearer", "x y"), ("Bea rer", "x"), ("", "x")])
    func aCredentialThatIsNoneIsRefusedAndNotShown(scheme: String, secret: String) async throws {
        let server = try ScriptedServer { _ in Issue.record("something was sent") }
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server), authorization: (scheme, Secret(secret))))
        }
        #expect(error == .headerRefused(origin: try url(server).origin, name: "Authorization"))
    }

    @Test func anEmptyFieldIsSentEmpty() async throws {
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request["X-Empty"] == [""])
            connection.answer("200 OK")
        }
        _ = try await HTTPClient().send(HTTPRequest(.get, url(server), headers: [("X-Empty", "")]))
    }
}
