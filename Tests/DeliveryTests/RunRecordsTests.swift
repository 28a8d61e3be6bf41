import Delivery
import Git
import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct RunRecordsTests {
    private static func record(_ run: Int, status: Int32? = nil) -> RunRecord {
        RunRecord(
            time: 1_795_341_641, remote: "https://github.com/acme/api", remoteName: "hephy", product: "GitHub",
            run: "\(run)", number: run, name: "Hephy Build", ref: "refs/heads/main",
            sha: String(repeating: "a", count: 40), url: nil, isOurs: true, status: status)
    }

    @Test func whatWasAppendedIsReadInOrder() async throws {
        try await GitFixture.with { fixture in
            let records = RunRecords(commonDirectory: fixture.scratch)
            #expect(records.newest() == nil)
            #expect(records.append(Self.record(1)))
            #expect(records.append(Self.record(2)))
            #expect(records.append(Self.record(2, status: 1)))
            #expect(records.all().map(\.run) == ["1", "2", "2"])
            #expect(records.newest()?.status == 1)
        }
    }

    @Test func linesThatAreNoneArePassedOver() async throws {
        try await GitFixture.with { fixture in
            let records = RunRecords(commonDirectory: fixture.scratch)
            records.append(Self.record(1))
            let path = "\(fixture.scratch)/hephy/runs.jsonl"
            var text = try Data(contentsOf: URL(filePath: path))
            text.append(contentsOf: Array("{\"run\": 3\nnull\n\u{0}\n".utf8))
            try text.write(to: URL(filePath: path))
            records.append(Self.record(2))
            #expect(records.all().map(\.run) == ["1", "2"])
        }
    }

    @Test func aLineThatWasCutShortDoesNotSwallowTheNext() async throws {
        try await GitFixture.with { fixture in
            let records = RunRecords(commonDirectory: fixture.scratch)
            try fixture.write("{\"run\": \"1", to: "hephy/runs.jsonl")
            #expect(records.append(Self.record(2)))
            #expect(records.append(Self.record(3)))
            #expect(records.all().map(\.run) == ["2", "3"])
            let text = try fixture.read("hephy/runs.jsonl")
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aPipeInTheFilesPlaceHoldsNobodyUp() async throws {
        try await GitFixture.with { fixture in
            let records = RunRecords(commonDirectory: fixture.scratch)
            try await fixture.run("mkdir", "hephy").check()
            try await fixture.run("mkfifo", "hephy/runs.jsonl").check()
            let (isAppended, count) = await BlockingThread.run {
                (records.append(Self.record(1)), records.all().count)
            }
            #expect(!isAppended)
            #expect(count == 0)
        }
    }

    @Test func aFolderThatCannotBeMadeIsToldAndHarmsNothing() {
        let records = RunRecords(commonDirectory: "/dev/null")
        #expect(!records.append(Self.record(1)))
        #expect(records.all().isEmpty)
    }

    @Test func theFileDoesNotGrowForEver() async throws {
        try await GitFixture.with { fixture in
            let records = RunRecords(commonDirectory: fixture.scratch)
            let folder = "\(fixture.scratch)/hephy"
            records.append(Self.record(0))
            let line = try Data(contentsOf: URL(filePath: "\(folder)/runs.jsonl"))
            var text = Data()
            while text.count <= 512 << 10 { text.append(line) }
            try text.write(to: URL(filePath: "\(folder)/runs.jsonl"))
            records.append(Self.record(1))
            #expect(records.newest()?.run == "1")
            #expect(records.all().count == 501)
        }
    }
}
