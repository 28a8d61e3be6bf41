import HephyTestSupport
import Testing

/// A command through `hephy::` over ssh, to a real sshd, does what the same command does without it, by as many
/// connections.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SSHTransportTests {
    @Test(arguments: ServiceCases.reading) func readingIsWhatGitItselfGives(_ entry: ServiceCases.Case) async throws {
        try await play(entry)
    }

    @Test(arguments: ServiceCases.writing) func pushingIsWhatGitItselfDoes(_ entry: ServiceCases.Case) async throws {
        try await play(entry)
    }

    private func play(_ entry: ServiceCases.Case) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            try await RelaySides.with(
                url: { "ssh://forge.example\($0)" }, in: fixture, environment: server.environment
            ) { sides in
                try await sides.play(entry)
            }
        }
    }

    private func with(
        acceptsProtocol: Bool = true, _ body: (TestRepository, TestRepository, SSHServer) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture, acceptsProtocol: acceptsProtocol)
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            let bare = try await fixture.bareRepository("it's bare.git")
            try await body(work, bare, server)
        }
    }

    @Test(arguments: [true, false]) func eachPushAndEachFetchIsOneConnection(_ acceptsProtocol: Bool) async throws {
        try await with(acceptsProtocol: acceptsProtocol) { work, bare, server in
            let url = "hephy::forge.example:" + bare.path
            func git(_ arguments: String...) async throws {
                try await work.fixture.run(["git"] + arguments, in: work.path, environment: server.environment).check()
                #expect(try server.connections() == 1, "\(arguments)")
            }
            try await git("push", url, "main")
            try await git("push", url, "main")
            try await git("push", "--dry-run", url, "main:next")
            try await git("push", url, "main:next", "main:gone")
            try await git("push", url, ":gone")
            try await git("ls-remote", url)
            try await git("fetch", url, "next")
            try await git("clone", "--quiet", "--branch", "next", url, "copy")
            try await git("archive", "--remote=\(url)", "--output=archive.tar", "next")
        }
    }

    @Test func whatARuleOfInsteadOfTurnsIntoSSHGoesOverSSH() async throws {
        try await with { work, bare, server in
            let base = "ssh://forge.example" + bare.path.dropLast("bare.git".count)
            for (rule, commands) in [
                ("insteadOf", [["push", "https://code.example/bare.git", "main"]]),
                ("pushInsteadOf", [["push", "https://code.example/bare.git", "main"]]),
                ("insteadOf", [["ls-remote", "https://code.example/bare.git"]]),
            ] {
                for command in commands {
                    var words = command
                    words[1] = "hephy::" + words[1]
                    let ran = try await work.fixture.run(
                        ["git", "-c", "url.\(base).\(rule)=https://code.example/"] + words, in: work.path,
                        environment: server.environment)
                    #expect(ran.status == 0, "\(ran)")
                    #expect(try server.connections() == 1, "\(rule) \(command)")
                }
            }
            // And with `vcs`, where git itself rewrites.
            try await work.git("remote", "add", "origin", "https://code.example/bare.git").check()
            try await work.git("config", "remote.origin.vcs", "hephy").check()
            try await work.git("config", "url.\(base).insteadOf", "https://code.example/").check()
            for command in [["push", "origin", "main:vcs"], ["fetch", "origin"]] {
                let ran = try await work.fixture.run(
                    ["git"] + command, in: work.path, environment: server.environment)
                #expect(ran.status == 0, "\(ran)")
                #expect(try server.connections() == 1, "\(command)")
            }
        }
    }

    @Test func theServersOptionsArriveAndItsProgramsAreCalledByTheirPath() async throws {
        try await with { work, bare, server in
            try await bare.git("config", "receive.advertisePushOptions", "true").check()
            try work.fixture.write(
                "#!/bin/sh\necho \"$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0\" >options\n",
                to: bare.path + "/hooks/pre-receive", executable: true)
            try work.fixture.write(
                "#!/bin/sh\necho called >>'\(work.fixture.path("called"))'\nexec git receive-pack \"$@\"\n",
                to: "programs/receive", executable: true)
            let ran = try await work.fixture.run(
                [
                    "git", "push", "-o", "été=1", "-o", "hephy.trigger=none",
                    "--receive-pack=\(work.fixture.path("programs/receive"))", "hephy::forge.example:" + bare.path,
                    "main",
                ], in: work.path, environment: server.environment)
            #expect(ran.status == 0, "\(ran)")
            #expect(try work.fixture.read(bare.path + "/options") == "1 été=1\n")
            #expect(try work.fixture.read("called") == "called\n")
        }
    }

    @Test(arguments: ["push", "fetch"]) func whatSSHSaysIsShownAsGitShowsIt(_ command: String) async throws {
        try await with { work, _, server in
            for (url, ssh) in [("forge.example:/nowhere", nil), ("forge.example:x", "echo no way >&2; exit 255; :")] {
                var environment = server.environment
                if let ssh { environment["GIT_SSH_COMMAND"] = ssh }
                let words = ["git", command]
                let plain = try await work.fixture.run(
                    words + [url, "main"], in: work.path, environment: environment)
                let ran = try await work.fixture.run(
                    words + ["hephy::" + url, "main"], in: work.path, environment: environment)
                #expect(ran.status == plain.status)
                #expect(ran.errors == plain.errors)
            }
        }
    }

    /// What a server does that dies in the middle: before the commands, after them, inside the pack, behind it.
    ///
    /// Git alone leaves with 128 then; of a helper that ends in a push it makes 1 and a line (transport-helper.c).
    @Test(arguments: [":", "head -c 1", "head -c 100000", "cat"]) func aServerThatDiesInThePushIsSaidInGitsWords(
        _ reads: String
    ) async throws {
        try await with { work, bare, server in
            try await work.fixture.run(
                "sh", "-c", "head -c 4000000 /dev/urandom >big && git add big && git commit -qm big", in: work.path
            ).check()
            let program = try work.fixture.write(
                "#!/bin/sh\ngit receive-pack --advertise-refs \"$@\"\n\(reads) >/dev/null\nexit 1\n",
                to: "programs/receive", executable: true)
            let words = ["git", "push", "--receive-pack=\(program)"]
            let url = "forge.example:" + bare.path
            let plain = try await work.fixture.run(
                words + [url, "main"], in: work.path, environment: server.environment)
            let ran = try await work.fixture.run(
                words + ["hephy::" + url, "main"], in: work.path, environment: server.environment)
            #expect(plain.status == 128, "\(plain)")
            #expect(ran.status == 1, "\(ran)")
            let last = "error: failed to push some refs to 'hephy::\(url)'\n"
            #expect(Self.sorted(ran.errors) == Self.sorted(plain.errors + last))
            #expect(try await bare.git("for-each-ref").check().output == "")
            try await Processes(fixture: work.fixture).end()
        }
    }

    /// Several processes speak at once.
    private static func sorted(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }

    @Test func aBigPushAndAShallowPartialCloneOfIt() async throws {
        try await with { work, bare, server in
            var noise = SystemRandomNumberGenerator()
            let bytes = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &noise) }
            try await work.commit([TestCommit(["big": .file(bytes)], on: "big")])
            try await bare.git("config", "uploadpack.allowFilter", "true").check()
            let url = "hephy::forge.example:" + bare.path
            let ran = try await work.fixture.run(
                ["git", "push", url, "big", "main"], in: work.path, environment: server.environment)
            #expect(ran.status == 0, "\(ran)")
            let cloned = try await work.fixture.run(
                ["git", "clone", "--quiet", "--depth=1", "--filter=blob:none", "--branch", "big", url, "copy"],
                in: work.path, environment: server.environment)
            #expect(cloned.status == 0, "\(cloned)")
            #expect(try await work.fixture.run("cat", "work/copy/big").standardOutput == bytes)
        }
    }
}
