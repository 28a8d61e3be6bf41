import HephyTestSupport
import Testing

/// An invalid configuration refuses its ref before anything is sent, where the push would start a run of hephy's.
@Suite(.timeLimit(.minutes(1)))
struct RefusalTests {
    private static let broken = "version: 1\nbuild_backend: ko\nplatfroms: [linux/amd64]\n"
    private static let reason = ".hephy/build-config.yaml:3:1: "

    private static let brokenCommit = TestCommit([
        "Dockerfile": "FROM scratch\n", PushScene.workflowPath: .text(PushScene.workflow),
        PushScene.configPath: .text(broken),
    ])
    private static let other = TestCommit(["README": "hello\n"], on: "other")

    @Test func theRefIsRefusedWithTheFirstProblemAndAllAreShown() async throws {
        try await PushScene.with([Self.brokenCommit]) { scene in
            let ran = try await scene.git("push", "hephy", "main")
            #expect(ran.status == 1)
            #expect(ran.errors.contains(" ! [remote rejected] main -> main (\(Self.reason)"), "\(ran)")
            #expect(ran.said.contains { $0.hasPrefix("\(Self.reason)error: ") }, "\(ran)")
            #expect(ran.said.contains("    platfroms: [linux/amd64]"), "\(ran)")
            #expect(ran.said.contains("    ^"), "\(ran)")
            #expect(ran.said.contains("    did you mean 'platforms'?"), "\(ran)")
            #expect(try await scene.remoteRefs().isEmpty)
            #expect(try scene.requests().isEmpty)
        }
    }

    @Test func otherRefsOfTheSamePushLand() async throws {
        try await PushScene.with([Self.brokenCommit, Self.other]) { scene in
            let ran = try await scene.git("push", "hephy", "main", "other")
            #expect(ran.status == 1)
            #expect(ran.errors.contains(" * [new branch]      other -> other"), "\(ran)")
            #expect(ran.errors.contains(" ! [remote rejected] main -> main (\(Self.reason)"), "\(ran)")
            #expect(try await scene.remoteRefs() == ["refs/heads/other"])
            #expect(try await scene.work.git("for-each-ref", "--format=%(refname)", "refs/remotes").check().line
                == "refs/remotes/hephy/other")
        }
    }

    @Test func withAtomicNoneLands() async throws {
        try await PushScene.with([Self.brokenCommit, Self.other]) { scene in
            let ran = try await scene.git("push", "--atomic", "hephy", "main", "other")
            #expect(ran.status == 1)
            #expect(ran.errors.contains(" ! [remote rejected] main -> main (\(Self.reason)"), "\(ran)")
            #expect(ran.errors.contains(" other -> other (atomic push failed"), "\(ran)")
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test func scriptsSeeItInPorcelain() async throws {
        try await PushScene.with([Self.brokenCommit, Self.other]) { scene in
            let ran = try await scene.git("push", "--porcelain", "hephy", "main", "other")
            #expect(ran.status == 1)
            #expect(ran.output.contains("!\trefs/heads/main:refs/heads/main\t[remote rejected] (\(Self.reason)"))
            #expect(ran.output.contains("*\trefs/heads/other:refs/heads/other\t[new branch]\n"))
            #expect(!ran.output.contains("hephy: "))
        }
    }

    @Test func aDryRunSaysTheSame() async throws {
        try await PushScene.with([Self.brokenCommit]) { scene in
            let ran = try await scene.git("push", "--dry-run", "hephy", "main")
            #expect(ran.status == 1)
            #expect(ran.errors.contains(" ! [remote rejected] main -> main (\(Self.reason)"), "\(ran)")
        }
    }

    @Test func itIsOnlyAWarningWhereNoWorkflowOfHephysIs() async throws {
        let commit = TestCommit([PushScene.configPath: .text(Self.broken)])
        try await PushScene.with([commit]) { scene in
            let ran = try await scene.git("push", "hephy", "main").check()
            #expect(ran.errors.contains(" * [new branch]      main -> main"))
            #expect(ran.said.contains { $0.hasPrefix(Self.reason) }, "\(ran)")
            #expect(try scene.requests().isEmpty)
        }
    }

    @Test func deletingAndTaggingWhatIsInvalidWorks() async throws {
        try await PushScene.with([Self.brokenCommit]) { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "main:gone").check()
            try await scene.git("push", "hephy", ":gone").check()
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    @Test(arguments: ["-o", "environment", "config"]) func triggerNoneAlwaysPushes(_ way: String) async throws {
        try await PushScene.with([Self.brokenCommit], plans: [.green]) { scene in
            let ran: GitFixture.Ran
            switch way {
            case "-o": ran = try await scene.git("push", "-o", "hephy.trigger=none", "hephy", "main")
            case "environment":
                ran = try await scene.git("push", "hephy", "main", environment: ["HEPHY_TRIGGER": "none"])
            default:
                try await scene.work.git("config", "hephy.trigger", "none").check()
                ran = try await scene.git("push", "hephy", "main")
            }
            #expect(ran.status == 0, "\(ran)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            #expect(try scene.requests().isEmpty)
        }
    }

    struct HostileFile: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var testDescription: String { name }
    }

    static let hostile = [
        HostileFile(name: "binary", bytes: [0xff, 0xfe, 0x00, 0x01]),
        HostileFile(name: "control characters", bytes: Array("build_backend: \"\\e]0;title\\a\"\n\u{1b}[2J: 1\n".utf8)),
        HostileFile(name: "two documents", bytes: Array("version: 1\n---\nversion: 1\n".utf8)),
        HostileFile(name: "too large", bytes: Array(repeating: UInt8(ascii: "#"), count: 3 << 20)),
        HostileFile(name: "deep", bytes: Array(repeating: UInt8(ascii: "["), count: 20000)),
        HostileFile(name: "a list", bytes: Array("- ko\n".utf8)),
        HostileFile(name: "line breaks in a key", bytes: Array("\"a\\nb\\r\\u2028c\": 1\n".utf8)),
    ]

    @Test(arguments: hostile) func aFileMadeToConfuseIsRefusedInOneLine(_ file: HostileFile) async throws {
        var commit = PushScene.buildable
        commit.changes[PushScene.configPath] = .file(file.bytes)
        try await PushScene.with([commit]) { scene in
            let ran = try await scene.git("push", "hephy", "main")
            #expect(ran.status == 1, "\(ran)")
            let rejected = ran.errors.split(separator: "\n").filter { $0.hasPrefix(" ! [remote rejected] main -> main (") }
            #expect(rejected.count == 1, "\(ran)")
            #expect(rejected.first?.contains(".hephy/build-config.yaml") == true, "\(ran)")
            #expect(rejected.first?.hasSuffix(")") == true, "\(ran)")
            #expect(!ran.errors.contains("\u{1b}"))
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }
}
