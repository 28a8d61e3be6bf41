import HTTP
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientStreamTests {
    @Test func theBodyOfA2xxAnswerComesInPieces() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n")
            for piece in ["a", "bc", "def"] { connection.write("\(piece.utf8.count)\r\n\(piece)\r\n") }
            connection.write("0\r\n\r\n")
            connection.awaitEnd()
        }
        let pieces = Collected<[UInt8]>()
        let response = try await HTTPClient().send(HTTPRequest(.get, url(server))) { piece in
            pieces.append(piece)
            return true
        }
        #expect(response.status == 206)
        #expect(response.headers["X-A"] == "1")
        #expect(response.body.isEmpty)
        #expect(Array(pieces.all.joined()) == Array("abcdef".utf8))
        #expect(pieces.all.allSatisfy { !$0.isEmpty })
    }

    @Test(arguments: ["404 Not Found", "302 Found", "500 Oops"])
    func theBodyOfAnotherAnswerIsCollected(status: String) async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer(status, body: Array("why".utf8))
        }
        let response = try await HTTPClient().send(HTTPRequest(.get, url(server))) { _ in
            Issue.record("a piece was handed out")
            return true
        }
        #expect(response.body == Array("why".utf8))
    }

    @Test func aReceiverThatHasEnoughEndsTheTransfer() async throws {
        let hasEnded = Gate()
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while connection.write([UInt8](repeating: 7, count: 64 << 10)) {}
            hasEnded.open()
        }
        let pieces = Collected<Int>()
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server), timeLimit: nil)) { piece in
                pieces.append(piece.count)
                return pieces.all.count < 3
            }
        }
        #expect(error == .cancelled)
        #expect(pieces.all.count == 3)
        await hasEnded.wait()
    }

    @Test func aStreamIsDecodedPieceByPieceWhateverItsSize() async throws {
        let bomb = Gzip.bomb(of: 64 << 20)
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("200 OK", headers: ["Content-Encoding: gzip"], body: bomb)
        }
        let seen = Mutex((bytes: 0, largest: 0))
        _ = try? await HTTPClient().send(HTTPRequest(.get, url(server), bodyLimit: 1000)) { piece in
            seen.withLock { seen in
                seen.bytes += piece.count
                seen.largest = max(seen.largest, piece.count)
                return true
            }
        }
        #expect(seen.withLock { $0.bytes } > 60 << 20)
        #expect(seen.withLock { $0.largest } <= 128 << 10)
    }

    @Test func theLimitCountsForABodyThatIsCollectedInsteadOfStreamed() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("500 Oops", body: [UInt8](repeating: 1, count: 1001))
        }
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server), bodyLimit: 1000)) { _ in true }
        }
        #expect(error == .bodyTooLarge(origin: try url(server).origin, limit: 1000))
    }

    @Test func aStreamThatIsCutIsInterruptedAfterItsPieces() async throws {
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        let pieces = Collected<[UInt8]>()
        let error = try await failure {
            try await HTTPClient().send(HTTPRequest(.get, url(server))) { piece in
                pieces.append(piece)
                return true
            }
        }
        guard case .interrupted = error else {
            Issue.record("\(error)")
            return
        }
        #expect(Array(pieces.all.joined()) == Array("abc".utf8))
    }

    /// The client holds one piece; the rest waits in the server, whatever the size of the body.
    @Test func aLargeStreamIsNeverHeldInMemory() async throws {
        let total = 100 << 20
        let server = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            for _ in 0..<100 { connection.write(piece) }
            connection.awaitEnd()
        }
        let seen = Mutex((bytes: 0, largest: 0))
        let before = Self.residentBytes()
        let peak = Mutex(0)
        _ = try await HTTPClient().send(HTTPRequest(.get, url(server))) { piece in
            let count = seen.withLock { seen in
                seen.bytes += piece.count
                seen.largest = max(seen.largest, piece.count)
                return seen.bytes
            }
            if count % (1 << 20) < piece.count { peak.withLock { $0 = max($0, Self.residentBytes()) } }
            return true
        }
        #expect(seen.withLock { $0.bytes } == total)
        #expect(seen.withLock { $0.largest } <= 128 << 10)
        // Other tests run in this process at the same time, so the bound is a generous part of the whole.
        #expect(peak.withLock { $0 } - before < total / 2)
    }

    private static func residentBytes() -> Int {
        #if os(Linux)
            guard let file = fopen("/proc/self/statm", "r") else { return 0 }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            guard fgets(&line, 256, file) != nil else { return 0 }
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
        #else
            return 0
        #endif
    }
}
