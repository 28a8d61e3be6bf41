import Forge
import HTTP
import Synchronization
import Testing

/// How a log is read: by ranges where the server has them, else whole and conditional.
struct GitLabLogTests {
    private static let trace = "\(gitLabProject)/jobs/9800000001/trace"
    private static let probe = "GET \(trace)?byte_offset=0&byte_limit=1"
    private static let members = Answer("GET \(gitLabProject)", 200, #"{"id": 1, "visibility": "private"}"#)

    private static func range(_ offset: Int) -> String { "GET \(trace)?byte_offset=\(offset)&byte_limit=512000" }

    private final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
        var count: Int { bytes.withLock { $0.count } }

        func read(_ forge: GitLab, _ job: Job) async throws -> LogAnswer {
            try await forge.log(of: job, in: gitLabRun(), from: count) { piece in
                self.bytes.withLock { $0 += piece }
                return true
            }
        }
    }

    @Test func aServerWithRangesIsAskedForWhatIsNewAlone() async throws {
        let transport = ScriptedTransport([
            Self.members, Answer(Self.probe, 200, "o"), Answer(Self.range(0), 200, "one\n"),
            Answer(Self.range(4), 200, "two\n"),
            // The archived log is compared from the first byte that was kept.
            Answer(Self.range(0), 200, "one\ntwo\nthree\n"),
        ])
        let forge = try gitLab(transport)
        let received = Received()
        #expect(try await received.read(forge, gitLabJob()) == .soFar)
        #expect(try await received.read(forge, gitLabJob()) == .soFar)
        #expect(try await received.read(forge, gitLabJob(isFinished: true)) == .complete)
        #expect(received.text == "one\ntwo\nthree\n")
        transport.expectNothingLeft()
    }

    @Test func aServerThatPassesOverRangesGivesTheWholeLog() async throws {
        let tag = [(name: "ETag", value: "W/\"1\"")]
        let transport = ScriptedTransport([
            Self.members, Answer(Self.probe, 200, headers: tag, "one\n"),
            Answer("GET \(Self.trace)", 304), Answer("GET \(Self.trace)", 200, "one\ntwo\n"),
            Answer("GET \(Self.trace)", 200, "one\ntwo\nthree\n"),
        ])
        let forge = try gitLab(transport)
        let received = Received()
        #expect(try await received.read(forge, gitLabJob()) == .soFar)
        #expect(received.text == "one\n")
        #expect(forge.logPause(for: gitLabJob(), after: .seconds(2)) == .seconds(3))
        #expect(forge.logPause(for: gitLabJob(), after: .seconds(40)) == .seconds(20))
        #expect(forge.logPause(for: gitLabJob(), after: .seconds(4000)) == .seconds(60))
        #expect(try await received.read(forge, gitLabJob()) == .soFar)
        #expect(try await received.read(forge, gitLabJob(isFinished: true)) == .complete)
        #expect(received.text == "one\ntwo\nthree\n")
        transport.expectNothingLeft()
    }

    @Test func aLogThatIsNotThereYetIsAskedForAgain() async throws {
        let transport = ScriptedTransport([Self.members, Answer(Self.probe, 200, ""), Answer(Self.probe, 200, "")])
        let forge = try gitLab(transport)
        let received = Received()
        #expect(try await received.read(forge, gitLabJob()) == .notYet)
        #expect(try await received.read(forge, gitLabJob(isFinished: true)) == .complete)
    }

    @Test func anArchivedLogWhoseEndHasMovedIsNotDoubled() async throws {
        let live = "building\nJob succeeded\n"
        let archived = "building\n\u{1b}[0;m\u{1b}[0;m      Job succeeded\n"
        let transport = ScriptedTransport([
            Self.members, Answer(Self.probe, 200, "b"), Answer(Self.range(0), 200, live),
            Answer(Self.range(0), 200, archived),
        ])
        let forge = try gitLab(transport)
        let received = Received()
        _ = try await received.read(forge, gitLabJob())
        #expect(try await received.read(forge, gitLabJob(isFinished: true)) == .complete)
        #expect(received.text == live)
    }

    @Test func aNodeWithoutRangesBehindTheSameNameDoublesNothing() async throws {
        let log = "2026-11-22T10:11:12.123456Z 00O a line that is long enough\n"
        let transport = ScriptedTransport([
            Self.members, Answer(Self.probe, 200, "2"), Answer(Self.range(0), 200, log),
            Answer(Self.range(log.utf8.count), 200, log + "more\n"), Answer("GET \(Self.trace)", 200, log + "more\n"),
        ])
        let forge = try gitLab(transport)
        let received = Received()
        _ = try await received.read(forge, gitLabJob())
        _ = try await received.read(forge, gitLabJob())
        #expect(received.text == log + "more\n")
    }

    @Test func ofAPublicProjectThePageIsLookedAtSoThatTheRunnerHurries() async throws {
        let page = "\(gitLabOrigin)/acme/team/api/-/jobs/9800000001/trace.json"
        let transport = ScriptedTransport([
            Answer("GET \(gitLabProject)", 200, #"{"id": 1, "visibility": "public", "public_jobs": true}"#),
            Answer("GET \(page)", 200, "{}"), Answer(Self.probe, 200, ""), Answer(Self.probe, 200, ""),
        ])
        let forge = try gitLab(transport)
        let received = Received()
        _ = try await received.read(forge, gitLabJob())
        _ = try await received.read(forge, gitLabJob())
        #expect(transport.requests[1].token == nil)
        #expect(forge.remarkOnSlowLogs == nil)
        transport.expectNothingLeft()
    }

    @Test func whoMayNotReadALogIsTold() async throws {
        let transport = ScriptedTransport([
            Answer(Self.probe, 403, #"{"message": "403 Forbidden - debug mode"}"#)
        ])
        let forge = try gitLab(transport)
        let error = try await forgeError { _ = try await Received().read(forge, gitLabJob(isFinished: true)) }
        #expect(
            error
                == .forbidden(host: "gitlab.corp.example", detail: "403 Forbidden - debug mode", permission: nil))
    }
}
