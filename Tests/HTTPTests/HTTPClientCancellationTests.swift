import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientCancellationTests {
    @Test func aCancelledTaskEndsItsTransfer() async throws {
        let hasArrived = Gate()
        let hasEnded = Gate()
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            hasArrived.open()
            connection.awaitEnd()
            hasEnded.open()
        }
        let client = HTTPClient()
        let target = try url(server)
        let error = try await failure {
            try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                group.addTask { try await client.send(HTTPRequest(.get, target, timeLimit: nil)) }
                await hasArrived.wait()
                group.cancelAll()
                return try #require(try await group.next())
            }
        }
        #expect(error == .cancelled)
        await hasEnded.wait()
    }

    @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
        let server = try ScriptedServer { _ in Issue.record("something was sent") }
        let client = HTTPClient()
        let target = try url(server)
        let error = try await failure {
            try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                group.cancelAll()
                group.addTask { try await client.send(HTTPRequest(.get, target)) }
                return try #require(try await group.next())
            }
        }
        #expect(error == .cancelled)
        #expect(server.connections == 0)
    }

    @Test func otherTransfersGoOnWhenOneIsCancelled() async throws {
        let hasArrived = Gate()
        let goesOn = Gate()
        let server = try ScriptedServer { connection in
            while let request = connection.request() {
                guard request.line.contains("/other") else {
                    hasArrived.open()
                    connection.awaitEnd()
                    goesOn.open()
                    return
                }
                connection.answer("200 OK")
            }
        }
        let client = HTTPClient()
        let target = try url(server)
        let other = try url(server, "/other")
        let error = try await failure {
            try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                group.addTask { try await client.send(HTTPRequest(.get, target)) }
                await hasArrived.wait()
                group.cancelAll()
                return try #require(try await group.next())
            }
        }
        #expect(error == .cancelled)
        await goesOn.wait()
        #expect(try await client.send(HTTPRequest(.get, other)).status == 200)
    }

    @Test func closingTheClientEndsWhatIsUnderWayAndWhatFollows() async throws {
        let hasArrived = Gate()
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            hasArrived.open()
            connection.awaitEnd()
        }
        let client = HTTPClient()
        let target = try url(server)
        let error = try await failure {
            async let response = client.send(HTTPRequest(.get, target))
            await hasArrived.wait()
            client.close()
            return try await response
        }
        #expect(error == .cancelled)
        #expect(try await failure { try await client.send(HTTPRequest(.get, target)) } == .cancelled)
        #expect(server.connections == 1)
    }

    @Test func aClientThatWasNeverUsedCanBeClosed() async throws {
        let client = HTTPClient()
        client.close()
        let target = try #require(HTTPURL("http://127.0.0.1:1/"))
        #expect(try await failure { try await client.send(HTTPRequest(.get, target)) } == .cancelled)
    }
}
