import BuildPlan
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One line of `Tests/Fixtures/dockerfiles/cases.tsv`; the guard before kaniko reads the same table.
struct DockerfileCase: Sendable, CustomTestStringConvertible {
    static let directory: String = {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/" + tests + "/Fixtures/dockerfiles"
    }()

    static let all: [DockerfileCase] = {
        let table = FileManager.default.contents(atPath: directory + "/cases.tsv") ?? Data()
        return String(decoding: table, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return DockerfileCase(
                name: fields[0], backend: fields[1], needs: list(fields[2]), contexts: Set(list(fields[3])))
        }
    }()

    var name: String
    var backend: String
    var needs: [String]
    var contexts: Set<String>

    var testDescription: String { name }

    private static func list(_ field: String) -> [String] {
        field == "-" ? [] : field.split(separator: ",").map(String.init)
    }

    func bytes() throws -> [UInt8] {
        [UInt8](try #require(FileManager.default.contents(atPath: "\(Self.directory)/\(name).dockerfile")))
    }
}

struct DockerfileScanTests {
    @Test func theTableNamesEachFileOfItsDirectory() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: DockerfileCase.directory)
        let named = DockerfileCase.all.map { $0.name + ".dockerfile" }
        #expect(Set(files.filter { $0.hasSuffix(".dockerfile") }) == Set(named))
        #expect(named.count > 100)
    }

    @Test(arguments: DockerfileCase.all)
    func eachNeedIsFoundAtItsLine(_ example: DockerfileCase) throws {
        let scan = DockerfileScan(try example.bytes(), buildContexts: example.contexts)
        #expect(scan.needs.map { "\($0.kind.rawValue):\($0.line)" } == example.needs)
    }

    @Test(arguments: DockerfileCase.all)
    func theBackendFollowsFromTheNeeds(_ example: DockerfileCase) throws {
        let tree = DictionaryTree([:])
        tree.add("Dockerfile", try example.bytes())
        let found = try Detection.detect(in: tree, hints: DetectionHints(buildContexts: example.contexts))
        #expect(found.backend?.rawValue == example.backend)
        #expect(found.evidence("dockerfile-buildkit")?.line == example.needs.first.flatMap(Self.line))
    }

    private static func line(_ need: String) -> Int? {
        need.split(separator: ":").last.flatMap { Int($0) }
    }

    @Test func linkIsAHintAndNoNeed() {
        let scan = DockerfileScan(Array("FROM a\nCOPY --link a /a\nCOPY --link=false b /b\n".utf8))
        #expect(scan.needs.isEmpty)
        #expect(scan.hints.map(\.line) == [2])
        #expect(scan.hints.map(\.kind) == [.link])
    }

    @Test func stagesHaveTheirNamesAndBases() {
        let text = "ARG V=1.24\nFROM golang:${V} AS Build\nFROM build\nFROM ${X:-scratch}\nFROM $Y\n"
        let stages = DockerfileScan(Array(text.utf8)).stages
        #expect(stages.map(\.base) == ["golang:1.24", "build", "scratch", "$Y"])
        #expect(stages.map(\.name) == ["build", nil, nil, nil])
        #expect(stages.map(\.line) == [2, 3, 4, 5])
    }

    @Test func controlCharactersOfTheFileAreNotRepeated() throws {
        let scan = DockerfileScan(Array("FROM a\nADD https://x/\u{1B}[31m\u{202E}.git /x\n".utf8))
        let detail = try #require(scan.needs.first?.detail)
        #expect(detail == "ADD of the git repository 'https://x/\\u{1b}[31m\\u{202e}.git'")
    }

    @Test func aFileWithThousandsOfNeedsIsCutShort() {
        let scan = DockerfileScan(Array(("RUN" + String(repeating: " --a", count: 100_000)).utf8))
        #expect(scan.needs.count == 100)
    }

    @Test(.timeLimit(.minutes(1)))
    func shiftsWithoutEndDoNotMakeTheScanQuadratic() {
        let scan = DockerfileScan(Array(String(repeating: "RUN << a\n", count: 10_000).utf8))
        #expect(scan.needs.map(\.kind) == [.heredoc])
    }

    @Test func variablesThatDoubleEachOtherStayBounded() throws {
        var text = "ARG A0=xxxxxxxxxxxxxxxx\n"
        for index in 1...200 { text += "ARG A\(index)=$A\(index - 1)$A\(index - 1)\n" }
        let scan = DockerfileScan(Array((text + "FROM $A200\n").utf8))
        #expect(try #require(scan.stages.first).base.utf8.count <= 4096)
    }

    @Test func randomBytesNeverStopTheScan() {
        var random = SplitMix(seed: 7)
        let pieces = ["RUN ", "FROM ", "<<", "EOF", "\n", "\\\n", "\"", "'", "--", "[", "]", "# syntax=", "`", "${"]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                if Bool.random(using: &random) {
                    bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
                } else {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
            }
            #expect(DockerfileScan(bytes, buildContexts: ["a"]).needs.count <= 100)
        }
    }
}
