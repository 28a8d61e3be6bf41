import HephyTestSupport
import Testing

/// `GIT_TRACE` names what connects, over ssh and on this machine, as it does without hephy.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SSHTraceTests {
    /// Where the trace goes, as the user says it; the file is the side's own.
    enum Target: String, Sendable, CaseIterable {
        case one = "1"
        case two = "2"
        case word = "TRUE"
        case descriptor = "9"
        case file
    }

    private func play(
        over transport: String, _ body: (RelaySides, SSHServer) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            let environment = server.environment.merging(["HEPHY_TRIGGER": "none"]) { $1 }
            try await RelaySides.with(
                url: { "\(transport)\($0)" }, in: fixture, environment: environment
            ) { try await body($0, server) }
        }
    }

    /// Runs `git` with a trace of its side, and gives what that says of services and of git's programs that pack.
    private func trace(_ command: String, _ value: String, on side: RelaySides.Side) async throws -> [String] {
        let file = side.bare.path + ".trace"
        let errors = side.bare.path + ".errors"
        let script = """
            rm -f "$2"
            GIT_TRACE=$1 git \(command.replacing("URL", with: side.url)) 9>>"$2" 2>"$3" || exit 1
            [ "$1" != 9 ] || ! grep trace: "$3" || exit 2
            case $1 in 9 | /*) cat "$2" ;; *) cat "$3" ;; esac
            """
        let words = ["sh", "-c", script, "sh", value == "file" ? file : value, file, errors]
        let ran = try await side.work.fixture.run(words, in: side.work.path, environment: side.environment).check()
        return side.normalised(ran.output).split(separator: "\n").compactMap { line in
            guard let start = line.firstRange(of: "trace: ") else { return nil }
            let text = line[start.upperBound...]
            let isService = ["upload-pack '", "receive-pack '"].contains { text.contains($0) }
            if isService, let command = text.firstRange(of: "run_command: ") {
                // Git says as well which variables it takes away.
                let shown = text[command.upperBound...]
                let isUnset = shown.hasPrefix("unset ")
                return "run " + (isUnset ? shown.split(separator: "; ", maxSplits: 1).last ?? "" : shown)
            }
            return ["pack-objects", "upload-pack", "receive-pack"].first { text.hasPrefix("built-in: git \($0)") }
        }.sorted()
    }

    @Test(arguments: ["ssh://forge.example", "file://"], Target.allCases)
    func theTraceNamesWhatConnects(_ transport: String, _ target: Target) async throws {
        try await play(over: transport) { sides, server in
            for command in [
                "ls-remote forge", "fetch forge", "-c protocol.version=0 fetch URL main", "push forge main topic",
                "fetch --upload-pack='git upload-pack' forge",
            ] {
                let expected = try await trace(command, target.rawValue, on: sides.plain)
                let found = try await trace(command, target.rawValue, on: sides.relayed)
                #expect(expected.contains { $0.hasPrefix("run ") }, "\(expected)")
                #expect(found == expected, "\(command)")
            }
        }
    }

    @Test(arguments: ["", "0", "false", "nothing", "4", "/nowhere/trace"])
    func whereNothingIsToBeTracedNothingIs(_ value: String) async throws {
        try await play(over: "ssh://forge.example") { sides, _ in
            for side in [sides.plain, sides.relayed] {
                let ran = try await side.work.fixture.run(
                    ["git", "push", "forge", "main"], in: side.work.path,
                    environment: side.environment.merging(["GIT_TRACE": value]) { $1 })
                #expect(ran.status == 0, "\(ran)")
                #expect(!ran.errors.contains("run_command"), "\(ran)")
            }
        }
    }
}
