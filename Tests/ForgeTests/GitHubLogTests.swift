import Forge
import HTTP
import Synchronization
import Testing

struct GitHubLogTests {
    private static let request = "GET \(repo)/actions/jobs/82/logs"
    private static let link = "https://logs.example/82?sig=A%2Bb"
    private static let text = "0123456789 a log of one line\n"
    private static let range: [(name: String, value: String)] = [("Content-Range", "bytes 5-5/29")]

    private final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
        func take(_ piece: [UInt8]) -> Bool {
            bytes.withLock { $0 += piece }
            return true
        }
    }

    private func redirect(_ location: String = link, status: Int = 302) -> Answer {
        Answer(Self.request, status, headers: [("Location", location)])
    }

    /// Asks for the log; returns the answer and what was received.
    private func log(
        _ transport: ScriptedTransport, from offset: Int = 0, at url: String = "https://github.com/acme/api"
    ) async throws -> (LogAnswer, String) {
        let received = Received()
        let answer = try await gitHub(transport, at: url).log(
            of: someJob(), in: someRun(), from: offset, receive: { received.take($0) })
        transport.expectNothingLeft()
        return (answer, received.text)
    }

    @Test func theLogIsFetchedFromItsLinkWithoutTheToken() async throws {
        let transport = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 200, Self.text)])
        let (answer, text) = try await log(transport)
        #expect(answer == .complete)
        #expect(text == Self.text)
        #expect(transport.requests.map(\.token) == ["Bearer t0ken", nil])
        #expect(transport.requests[1].header("Accept") == nil)
        #expect(transport.requests[1].header("User-Agent") == "hephy/test")
        #expect(transport.requests.map(\.timeLimit) == [.seconds(600), .seconds(600)])
    }

    @Test func theTokenIsNotSentToALinkOnTheAPIsOwnOrigin() async throws {
        let transport = ScriptedTransport([
            Answer("GET \(enterprise)/api/v3/meta", 200, #"{"installed_version":"3.21.0"}"#),
            Answer(
                "GET \(enterprise)/api/v3/repos/acme/api/actions/jobs/82/logs", 302,
                headers: [("Location", "/_services/pipelines/log?sig=1")]),
            Answer("GET \(enterprise)/_services/pipelines/log?sig=1", 200, Self.text),
        ])
        #expect(try await log(transport, at: enterprise).1 == Self.text)
        #expect(transport.requests.map(\.token) == ["Bearer t0ken", "Bearer t0ken", nil])
    }

    @Test func aRenamedRepositorysLogIsFound() async throws {
        let moved = "\(api)/repositories/7/actions/jobs/82/logs"
        let transport = ScriptedTransport([
            redirect(moved, status: 301), Answer("GET \(moved)", 302, headers: [("Location", Self.link)]),
            Answer("GET \(Self.link)", 200, Self.text),
        ])
        #expect(try await log(transport).1 == Self.text)
        #expect(transport.requests.map(\.token) == ["Bearer t0ken", "Bearer t0ken", nil])
    }

    @Test func aLogThatTheAPIServesItselfIsTaken() async throws {
        let transport = ScriptedTransport([Answer(Self.request, 200, Self.text)])
        #expect(try await log(transport, from: 11).1 == "a log of one line\n")
    }

    @Test func aLinkFromHTTPSToHTTPIsRefused() async throws {
        let transport = ScriptedTransport([redirect("http://logs.example/82")])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .untrusted(host: "logs.example", detail: "the log's link leads from https to http"))
    }

    @Test func aLinkThatLeadsOnToHTTPIsRefused() async throws {
        let transport = ScriptedTransport([
            redirect(), Answer("GET \(Self.link)", 302, headers: [("Location", "http://logs.example/x")]),
        ])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .untrusted(host: "logs.example", detail: "the log's link leads from https to http"))
    }

    @Test func aJobWithoutALogHasNoneYet() async throws {
        let transport = ScriptedTransport([Answer(Self.request, 404, #"{"message":"Not Found"}"#)])
        #expect(try await log(transport).0 == .notYet)
    }

    @Test func aBlobThatIsNotWrittenIsNotYetThere() async throws {
        let blob = "\u{feff}<?xml version=\"1.0\"?><Error><Code>BlobNotFound</Code></Error>"
        let transport = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 404, blob)])
        #expect(try await log(transport).0 == .notYet)
    }

    @Test(arguments: [400, 401, 403, 410])
    func anExpiredLinkIsAskedForOnceMore(status: Int) async throws {
        let fresh = "https://logs.example/82?sig=fresh"
        let transport = ScriptedTransport([
            redirect(), Answer("GET \(Self.link)", status, "<Error/>"), redirect(fresh),
            Answer("GET \(fresh)", 200, Self.text),
        ])
        #expect(try await log(transport).1 == Self.text)
    }

    @Test func aLinkThatIsRefusedTwiceIsTheHostsFault() async throws {
        let denied = Answer("GET \(Self.link)", 403, "<Error><Code>AuthenticationFailed</Code></Error>")
        let transport = ScriptedTransport([redirect(), denied, redirect(), denied])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .unavailable(host: "logs.example", detail: "the log's host answered 403"))
    }

    @Test func anUnreachableLogHostIsNamed() async throws {
        let origin = HTTPOrigin(scheme: .https, host: "logs.example")
        let transport = ScriptedTransport([
            redirect(), Answer("GET \(Self.link)", throwing: .unreachable(origin: origin, reason: "blocked")),
        ])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .unavailable(host: "logs.example", detail: "blocked"))
    }

    @Test func aProxysPageInsteadOfTheLogIsRecognised() async throws {
        let transport = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 403, "<html>blocked</html>")])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .intercepted(host: "logs.example", detail: "a web page came back instead of the log"))
    }

    @Test func aLogThatIsGoneForGoodIsRefused() async throws {
        let transport = ScriptedTransport([Answer(Self.request, 410, #"{"message":"Gone"}"#)])
        let error = try await forgeError { _ = try await log(transport) }
        #expect(error == .refused(host: "api.github.com", status: 410, detail: "Gone"))
    }

    @Test func aLogGoesOnFromItsOffsetByARange() async throws {
        let transport = ScriptedTransport([
            redirect(), Answer("GET \(Self.link)", 206, headers: Self.range, "5"),
            Answer("GET \(Self.link)", 206, "56789 a log of one line\n"),
        ])
        #expect(try await log(transport, from: 5).1 == "56789 a log of one line\n")
        #expect(transport.requests.map { $0.header("Range") } == [nil, "bytes=5-5", "bytes=5-"])
        #expect(transport.requests.map(\.token) == ["Bearer t0ken", nil, nil])
    }

    @Test func aServerWithoutRangesHasItsFirstBytesSkipped() async throws {
        let short = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 200, Self.text)])
        #expect(try await log(short, from: 11).1 == "a log of one line\n")
        let long = String(repeating: "x", count: 100_000) + "end"
        let whole = Answer("GET \(Self.link)", 200, long)
        #expect(try await log(ScriptedTransport([redirect(), whole, whole]), from: 100_000).1 == "end")
    }

    @Test func nothingIsLeftBehindTheEnd() async throws {
        let transport = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 416, "")])
        let (answer, text) = try await log(transport, from: 29)
        #expect(answer == .complete)
        #expect(text.isEmpty)
    }

    @Test func aReceiverThatStopsEndsTheLog() async throws {
        let transport = ScriptedTransport([redirect(), Answer("GET \(Self.link)", 200, Self.text)])
        let error = try await forgeError {
            _ = try await gitHub(transport).log(of: someJob(), in: someRun(), from: 0, receive: { _ in false })
        }
        #expect(error == .cancelled)
    }
}
