import HephyTestSupport
import Testing

/// A command through `hephy::` on a repository of this machine does what the same command does without it.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct FileTransportTests {
    @Test(arguments: ServiceCases.reading) func readingIsWhatGitItselfGives(_ entry: ServiceCases.Case) async throws {
        try await play(entry)
    }

    @Test(arguments: ServiceCases.writing) func pushingIsWhatGitItselfDoes(_ entry: ServiceCases.Case) async throws {
        try await play(entry)
    }

    private func play(_ entry: ServiceCases.Case) async throws {
        try await GitFixture.with { fixture in
            try await RelaySides.with(url: { "file://\($0)" }, in: fixture, environment: ["HEPHY_TRIGGER": "none"]) {
                sides in
                try await sides.play(entry)
            }
        }
    }

    @Test func aPathIsTakenAsItIsAndAURLDecoded() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            try await work.git("config", "hephy.trigger", "none").check()
            let bare = try await fixture.bareRepository("it's 100%25!.git")
            for url in [bare.path, "file://" + bare.path.replacing("%", with: "%25").replacing(" ", with: "%20")] {
                try await work.git("push", "hephy::\(url)", "main").check()
                try await work.git("ls-remote", "--exit-code", "hephy::\(url)", "main").check()
            }
        }
    }

    @Test func aBranchWhoseNameIsNoUTF8IsNotTakenForAnother() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            try await work.git("config", "hephy.trigger", "none").check()
            let bare = try await fixture.bareRepository("bare.git")
            let script = """
                name=refs/heads/caf$(printf '\\351')
                git update-ref "$name" HEAD
                git push "hephy::$1" "$name"
                git push --mirror "hephy::$1"
                git --git-dir="$1" rev-parse --verify "$name"
                """
            let ran = try await fixture.run(["sh", "-ec", script, "sh", bare.path], in: work.path)
            #expect(ran.status == 0, "\(ran)")
            #expect(!ran.errors.contains("deleted"), "\(ran)")
        }
    }

    @Test(arguments: [["protocol.file.allow=never"], ["protocol.allow=never", "protocol.hephy.allow=always"]])
    func theUsersPolicyForbidsIt(_ settings: [String]) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            let bare = try await fixture.bareRepository("bare.git")
            let policy = settings.flatMap { ["-c", $0] }
            for command in [["push", "hephy::\(bare.path)", "main"], ["ls-remote", "hephy::\(bare.path)"]] {
                let ran = try await fixture.run(["git"] + policy + command, in: work.path)
                #expect(ran.status == 128, "\(ran)")
                #expect(ran.said.first == "transport 'file' is not allowed by this git's configuration", "\(ran)")
            }
        }
    }
}
