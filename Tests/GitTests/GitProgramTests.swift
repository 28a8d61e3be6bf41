import Git
import HephyTestSupport
import Testing

/// What a `git` that is run to its end gives, whatever it does.
@Suite(.timeLimit(.minutes(1)))
struct GitProgramTests {
    /// A `git` that is this shell script.
    private static func with(_ script: String, _ body: (GitProgram, GitFixture) async throws -> Void) async throws {
        try await GitFixture.with { fixture async throws in
            let folder = fixture.path("programs")
            try fixture.write("#!/bin/sh\n\(script)\n", to: "programs/git")
            try await fixture.run(["chmod", "+x", folder + "/git"]).check()
            var environment = fixture.environment
            environment["PATH"] = "\(folder):\(environment["PATH"] ?? "")"
            try await body(GitProgram(environment: environment), fixture)
        }
    }

    @Test func whatItSaysAndHowItEndsIsTold() async throws {
        try await Self.with("cat; printf wrong >&2; exit 3") { git, _ async throws in
            let output = try await git.run(["x"], input: Array("text".utf8))
            #expect(output.status == 3)
            #expect(output.standardOutput == Array("text".utf8))
            #expect(output.standardError == "wrong")
        }
    }

    @Test func anEndBySignalIsTold() async throws {
        try await Self.with("kill -TERM $$") { git, _ async throws in
            #expect(try await git.run([]).status == 128 + 15)
        }
    }

    @Test func whoDoesNotReadIsNotWaitedFor() async throws {
        try await Self.with("exec 0<&-; echo done") { git, _ async throws in
            let output = try await git.run([], input: [UInt8](repeating: 0x61, count: 1 << 20))
            #expect(output.standardOutput == Array("done\n".utf8))
        }
    }

    @Test func muchInputAndMuchOutputDoNotWaitForEachOther() async throws {
        try await Self.with("exec cat") { git, _ async throws in
            let input = [UInt8](repeating: 0x61, count: 1 << 20)
            #expect(try await git.run([], input: input).standardOutput == input)
        }
    }

    @Test func whoSaysTooMuchIsEnded() async throws {
        try await Self.with("exec cat /dev/zero") { git, _ async throws in
            await #expect(throws: GitError.programNotStarted(reason: "it said more than 1000 bytes")) {
                try await git.run([], outputLimit: 1000)
            }
        }
    }

    @Test func ofALongComplaintTheBeginningIsKept() async throws {
        try await Self.with("printf begin >&2; head -c 200000 /dev/zero | tr '\\0' x >&2") { git, _ async throws in
            let output = try await git.run([])
            #expect(output.standardError.hasPrefix("beginxxx") && output.standardError.utf8.count == 64 << 10)
        }
    }

    @Test func aCancelledTaskEndsIt() async throws {
        try await Self.with("echo $$ >\"$HOME/begun\"; exec sleep 600") { git, fixture async throws in
            let running = Task { try await git.run([]).status }
            while try await fixture.run(["test", "-s", fixture.path("home/begun")]).status != 0 {}
            running.cancel()
            #expect(try await running.value == 128 + 9)
        }
    }

    @Test func aMissingProgramIsNamed() async throws {
        await #expect(throws: GitError.programNotStarted(reason: "'git' was not found")) {
            try await GitProgram(environment: ["PATH": "/nonexistent"]).run(["x"])
        }
    }
}
