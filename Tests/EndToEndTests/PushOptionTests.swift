import HephyTestSupport
import Testing

/// `-o hephy.*` is ours and stays here; every other push option reaches the server as git sent it.
@Suite(.timeLimit(.minutes(1)))
struct PushOptionTests {
    /// Writes what the server was given, one option and a NUL each.
    private static let recorder = """
        #!/bin/sh
        number=0
        while [ "$number" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
            eval "printf '%s\\\\0' \\"\\$GIT_PUSH_OPTION_$number\\""
            number=$((number + 1))
        done > push-options

        """

    private static func recorded(in scene: PushScene) throws -> [String] {
        try scene.fixture.read(scene.bare.path + "/push-options").split(separator: "\0").map(String.init)
    }

    private static func withRecorder(
        _ commits: [TestCommit] = [TestCommit(["README": "hello\n"])], _ body: (PushScene) async throws -> Void
    ) async throws {
        try await PushScene.with(commits) { scene in
            try scene.fixture.write(recorder, to: scene.bare.path + "/hooks/post-receive", executable: true)
            try await body(scene)
        }
    }

    @Test func optionsOfOthersReachTheServerUnchanged() async throws {
        let options = [
            "ci.skip", "ci.variable=NAME=a b  c", "topic=größe", "note=\"quoted\" \\back\\slash", "\"begins", "tab=a\tb",
            "hephy", "Hephy.backend=ko", "hephyx.a=b", "😀=é", "merge_request.title=it's $HOME `id`", "=", "a=\\303",
        ]
        try await Self.withRecorder { scene in
            let flags = options.flatMap { ["-o", $0] }
            let command = ["git", "push"] + flags + ["-o", "hephy.logs=all", "hephy", "main"]
            try await scene.fixture.run(command, in: scene.work.path, environment: scene.environment).check()
            #expect(try Self.recorded(in: scene) == options)
        }
    }

    @Test func optionsFromConfigurationAreTreatedAlike() async throws {
        try await Self.withRecorder { scene in
            try await scene.work.git("config", "--add", "push.pushOption", "ci.skip").check()
            try await scene.work.git("config", "--add", "push.pushOption", "hephy.trigger=none").check()
            try await scene.git("push", "hephy", "main").check()
            #expect(try Self.recorded(in: scene) == ["ci.skip"])
        }
    }

    @Test func bytesThatAreNoTextReachTheServer() async throws {
        try await Self.withRecorder { scene in
            let script = "git push -o \"$(printf 'a\\377b')\" hephy main"
            try await scene.fixture.run("sh", "-c", script, in: scene.work.path, environment: scene.environment).check()
            let bytes = try await scene.fixture.run("od", "-An", "-tx1", scene.bare.path + "/push-options").check()
            #expect(bytes.line == " 61 ff 62 00")
        }
    }

    @Test func ownOptionsAloneLeaveTheServerWithoutAny() async throws {
        try await Self.withRecorder { scene in
            try await scene.git("push", "-o", "hephy.backend=kaniko", "-o", "hephy.logs=none", "hephy", "main").check()
            #expect(try Self.recorded(in: scene).isEmpty)
        }
    }

    @Test func ownOptionsWorkWhereTheServerTakesNone() async throws {
        try await PushScene.with([TestCommit(["README": "hello\n"])]) { scene in
            try await scene.bare.git("config", "receive.advertisePushOptions", "false").check()
            try await scene.git("push", "-o", "hephy.trigger=none", "hephy", "main").check()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
        }
    }

    struct WrongOption: Sendable {
        var option: String
        var reason: String
        var hint: String?
    }

    static let wrong = [
        WrongOption(option: "hephy.backned=ko", reason: "backned", hint: "did you mean 'hephy.backend'?"),
        WrongOption(option: "hephy.backend=kanko", reason: "kanko", hint: "did you mean 'kaniko'?"),
        WrongOption(option: "hephy.trigger=never", reason: "never", hint: nil),
        WrongOption(option: "hephy.timeout=soon", reason: "soon", hint: nil),
        WrongOption(option: "hephy.backend=\u{1b}[31mko", reason: "ko", hint: nil),
    ]

    @Test(arguments: wrong) func anOptionNobodyKnowsRefusesTheWholePush(_ entry: WrongOption) async throws {
        try await PushScene.with([PushScene.buildable, TestCommit(["a": "b\n"], on: "other")]) { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "other:gone").check()
            let ran = try await scene.git("push", "-o", entry.option, "hephy", "main", "other", ":gone")
            #expect(ran.status == 1)
            for ref in ["main -> main (", "other -> other (", "gone ("] {
                let line = ran.errors.split(separator: "\n").first { $0.contains(" ! [remote rejected] \(ref)") }
                #expect(line?.contains(entry.reason) == true, "\(ran)")
            }
            if let hint = entry.hint { #expect(ran.said.contains("hint: \(hint)"), "\(ran)") }
            #expect(!ran.errors.contains("\u{1b}"))
            #expect(try await scene.remoteRefs() == ["refs/heads/gone"])
            #expect(try scene.requests().isEmpty)
        }
    }

    @Test func aSettingOfTheEnvironmentThatNobodyUnderstandsRefusesThePush() async throws {
        try await PushScene.with { scene in
            let ran = try await scene.git("push", "hephy", "main", environment: ["HEPHY_FOLLOW": "perhaps"])
            #expect(ran.status == 1)
            #expect(ran.errors.contains("! [remote rejected] main -> main ("))
            #expect(ran.errors.contains("HEPHY_FOLLOW"), "\(ran)")
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test func triggerNonePushesAnInvalidConfigurationAndStartsNothing() async throws {
        let broken = TestCommit([PushScene.configPath: "build_backend: nothing\n", "Dockerfile": "FROM scratch\n"])
        try await PushScene.with([broken]) { scene in
            let ran = try await scene.git("push", "-o", "hephy.trigger=none", "hephy", "main").check()
            #expect(ran.errors.contains("* [new branch]      main -> main"))
            #expect(try scene.requests().isEmpty)
        }
    }

    @Test func optionsAreWorthNothingOnADryRunButTheirMistakesCount() async throws {
        try await PushScene.with { scene in
            let good = try await scene.git("push", "--dry-run", "-o", "hephy.backend=kaniko", "hephy", "main")
            #expect(good.status == 0, "\(good)")
            let wrong = try await scene.git("push", "--dry-run", "-o", "hephy.backend=x", "hephy", "main")
            #expect(wrong.status == 1, "\(wrong)")
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }
}
