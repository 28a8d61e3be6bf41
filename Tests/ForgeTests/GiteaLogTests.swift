import Forge
import HTTP
import Synchronization
import Testing

struct GiteaLogTests {
    private static let place = "GET \(giteaRepo)/actions/jobs/82/logs"

    /// What a driver hands out of a log.
    private final class Received: Sendable {
        private let kept = Mutex<[UInt8]>([])
        var text: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }

        func take(_ piece: [UInt8]) -> Bool {
            kept.withLock { $0 += piece }
            return true
        }
    }

    private func job(running: Bool = false, startedAt: Int64? = nil) -> Job {
        var job = someJob()
        if running { job.state = .inProgress }
        job.startedAt = startedAt
        return job
    }

    private func part(_ bytes: String, from start: Int, of total: Int) -> Answer {
        Answer(
            Self.place, 206,
            headers: [(name: "Content-Range", value: "bytes \(start)-\(start + bytes.utf8.count - 1)/\(total)")], bytes)
    }

    private func read(
        _ forge: Gitea, _ job: Job, from offset: Int
    ) async throws -> (answer: LogAnswer, text: String) {
        let received = Received()
        let answer = try await forge.log(of: job, in: someRun(), from: offset) { received.take($0) }
        return (answer, received.text)
    }

    @Test func aWholeLogIsStreamedUncompressed() async throws {
        let transport = ScriptedTransport([Answer(Self.place, 200, "one\ntwo\n")])
        let (answer, text) = try await read(try gitea(transport), job(), from: 0)
        #expect(answer == .complete)
        #expect(text == "one\ntwo\n")
        #expect(transport.requests.first?.header("Accept-Encoding") == "identity")
        #expect(transport.requests.first?.header("Cache-Control") == "no-cache")
        #expect(transport.requests.first?.header("Range") == nil)
    }

    @Test func aRunningJobsLogGoesOnWhereItWas() async throws {
        let transport = ScriptedTransport([part("two\n", from: 4, of: 8)])
        let (answer, text) = try await read(try gitea(transport), job(running: true), from: 4)
        #expect(answer == .soFar)
        #expect(text == "two\n")
        #expect(transport.requests.first?.header("Range") == "bytes=4-262147")
    }

    @Test func partsAreAskedForUntilTheLogsEnd() async throws {
        let transport = ScriptedTransport([part("two\n", from: 4, of: 12), part("end\n", from: 8, of: 12)])
        let (answer, text) = try await read(try gitea(transport), job(), from: 4)
        #expect(answer == .complete)
        #expect(text == "two\nend\n")
        #expect(transport.requests.map { $0.header("Range") } == ["bytes=4-262147", "bytes=8-262151"])
    }

    @Test(arguments: [true, false])
    func nothingBehindTheLastByteIsNoTrouble(isRunning: Bool) async throws {
        let transport = ScriptedTransport([
            Answer(Self.place, 416, headers: [(name: "Content-Range", value: "bytes */4")], "invalid range\n")
        ])
        let (answer, text) = try await read(try gitea(transport), job(running: isRunning), from: 4)
        #expect(answer == (isRunning ? .soFar : .complete))
        #expect(text.isEmpty)
    }

    @Test func aLogThatWasBegunAnewAndIsShorterIsNotPrintedTwice() async throws {
        let transport = ScriptedTransport([
            Answer(Self.place, 416, headers: [(name: "Content-Range", value: "bytes */2")], "")
        ])
        #expect(try await read(try gitea(transport), job(running: true), from: 4).text.isEmpty)
    }

    @Test func whereNoRangesAreServedTheKnownPartIsSkipped() async throws {
        let transport = ScriptedTransport([
            Answer(Self.place, 200, "one\ntwo\n"), Answer(Self.place, 200, "one\ntwo\n"),
        ])
        let (answer, text) = try await read(try gitea(transport), job(running: true), from: 4)
        #expect(answer == .soFar)
        #expect(text == "two\n")
    }

    @Test func whereNoRangesAreServedALogIsFetchedRarely() async throws {
        let transport = ScriptedTransport([
            Answer(Self.place, 200, "one\n"), Answer(Self.place, 200, "one\n"),
        ])
        let forge = try gitea(transport)
        let young = job(running: true, startedAt: 1_795_341_600)
        #expect(try await read(forge, young, from: 4).answer == .soFar)
        #expect(try await read(forge, young, from: 4).answer == .soFar)
        #expect(transport.requests.count == 2)
        // Once the job has finished nothing is worth waiting for.
        transport.add([Answer(Self.place, 200, "one\nend\n")])
        #expect(try await read(forge, job(), from: 4).text == "end\n")
    }

    @Test(arguments: [nil, "bytes 0-3/8", "bytes 4-7", "bytes x-y/z", "bytes */8"])
    func aPartOfOtherBytesThanWereAskedForIsNotTaken(range: String?) async throws {
        let headers = range.map { [(name: "Content-Range", value: $0)] } ?? []
        let transport = ScriptedTransport([
            Answer(Self.place, 206, headers: headers, "two\n"), Answer(Self.place, 200, "one\ntwo\n"),
        ])
        #expect(try await read(try gitea(transport), job(), from: 4).text == "two\n")
    }

    @Test func aWholeLogInPlaceOfAPartEndsEarly() async throws {
        let whole = String(repeating: "0123456789abcdef", count: 32 << 10)
        let transport = ScriptedTransport(
            [Answer(Self.place, 200, whole), Answer(Self.place, 200, whole)], pieceSize: 64 << 10)
        let (_, text) = try await read(try gitea(transport), job(), from: whole.utf8.count - 4)
        #expect(text == "cdef")
    }

    @Test func aJobThatHasNotBegunHasNoLogYet() async throws {
        for offset in [0, 4] {
            let transport = ScriptedTransport([Answer(Self.place, 404, #"{"message":"job not started"}"#)])
            #expect(try await read(try gitea(transport), job(running: true), from: offset).answer == .notYet)
        }
    }

    @Test func aLogThatWasThrownAwayIsNotWaitedFor() async throws {
        let transport = ScriptedTransport([Answer(Self.place, 404, #"{"message":"logs have been cleaned up"}"#)])
        let error = try await forgeError { _ = try await read(try gitea(transport), job(), from: 0) }
        #expect(error == .refused(host: "git.example", status: 404, detail: "the server has thrown the log away"))
        #expect(!error.isTransient)
    }

    @Test func aPortalsPageIsNoLog() async throws {
        for (status, offset) in [(404, 0), (200, 4), (403, 0)] {
            let transport = ScriptedTransport([
                Answer(Self.place, status, headers: [(name: "Content-Type", value: "text/html")], "<html>")
            ])
            let error = try await forgeError { _ = try await read(try gitea(transport), job(), from: offset) }
            guard case .intercepted = error else {
                Issue.record("\(status): \(error)")
                continue
            }
        }
    }
}
