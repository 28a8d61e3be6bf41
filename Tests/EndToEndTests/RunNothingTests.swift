import HephyTestSupport
import Testing

/// Pushes that start nothing, and how many refs may start something.
@Suite(.timeLimit(.minutes(1)))
struct RunNothingTests {
    struct Idle: Sendable, CustomTestStringConvertible {
        var files: [String: String]
        var message = "a commit"
        var changes: [String: TreeEntry] = ["README": "more\n"]
        var says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        Idle(files: [:], says: "has no workflow"),
        Idle(
            files: ["ci.yml": RunFiles.other("CI", on: "{ push: { branches: [release] } }")],
            says: "no run of 'ci.yml' on 'main': "),
        Idle(files: ["ci.yml": RunFiles.other("CI", on: "pull_request")], says: "no run of 'ci.yml' on 'main': "),
        Idle(
            files: ["ci.yml": RunFiles.other("CI")], message: "docs [skip ci]",
            says: "the commit message says '[skip ci]'"),
        Idle(
            files: ["ci.yml": RunFiles.other("CI", on: "{ push: { paths: ['src/**'] } }")],
            says: "no run of 'ci.yml' on 'main': "),
        Idle(
            files: ["ci.yml": RunFiles.other("CI", on: "{ push: { paths-ignore: ['README'] } }")],
            says: "no run of 'ci.yml' on 'main': "),
        Idle(
            files: [
                "ci.yml": RunFiles.other("CI", on: "pull_request"),
                "tag.yml": RunFiles.other("Tag", on: "{ push: { tags: ['v*'] } }"),
            ], says: "runs on a push to 'main'"),
    ])
    func wherePushesStartNothingNothingIsAsked(_ idle: Idle) async throws {
        let before = RunFiles.workflows(idle.files).merging(["README": "hello\n", "src/a": "a\n"]) { $1 }
        try await RunScene.play(idle.changes, before: before, message: idle.message, time: .real) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: nothing to follow: "), "\(pushed.text)")
            #expect(pushed.text.contains(idle.says), "\(pushed.text)")
            #expect(try scene.apiRequests.map(\.path) == [])
            #expect(try scene.runs.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func deletesAndPushesWithoutNewsStartNothing() async throws {
        try await RunScene.play(before: RunFiles.app) { scene in
            try await scene.work.git("push", scene.bare.path, "main", "main:refs/heads/old").check()
            for arguments in [["hephy", "main"], ["hephy", ":old"], ["--dry-run", "hephy", ":main"]] {
                let pushed = try await scene.push(arguments)
                #expect(pushed.git.status == 0, "\(pushed.text)")
                #expect(!pushed.text.contains("----->"), "\(pushed.text)")
                #expect(try scene.apiRequests.map(\.path) == [])
                #expect(try scene.runs.isEmpty)
            }
        }
    }

    @Test func aTagWithoutATriggerStartsNothingAndOneWithItIsFollowed() async throws {
        let files = RunFiles.workflows([
            "ci.yml": RunFiles.other("CI", on: "{ push: { branches: [main] } }"),
            "release.yml": RunFiles.other("Release", on: "{ push: { tags: ['v*'] } }"),
        ])
        try await RunScene.play(files, before: files) { scene in
            try await scene.work.git("push", scene.bare.path, "main").check()
            try await scene.work.git("tag", "-m", "release", "v1", scene.tip).check()
            try await scene.work.git("tag", "trial", scene.tip).check()
            let idle = try await scene.push(["hephy", "trial"])
            #expect(idle.status == 0, "\(idle.text)")
            #expect(idle.text.contains("nothing to follow"))
            #expect(try scene.apiRequests.map(\.path) == [])
            let pushed = try await scene.push(["hephy", "v1"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Release #1 for \(scene.tip.prefix(7))"), "\(pushed.text)")
        }
    }

    @Test func aDryRunSaysWhatWouldRun() async throws {
        try await RunScene.play { scene in
            let attach = try await scene.push(["--dry-run", "hephy", "main"])
            #expect(attach.status == 0)
            #expect(attach.text.contains("hephy: would follow 'hephy.yml' on 'main'\n"), "\(attach.text)")
            let dispatch = try await scene.push(options: ["backend=buildkit"], ["-n", "hephy", "main"])
            #expect(dispatch.text.contains("-----> buildkit for "), "\(dispatch.text)")
            #expect(dispatch.text.contains("hephy: would start 'hephy.yml' on 'main'\n"))
            #expect(try scene.apiRequests.map(\.path) == [])
            #expect(try scene.runs.isEmpty)
            #expect(try await !scene.hasLanded())
        }
    }

    @Test func moreThanThreeRefsStartNothingOfOurs() async throws {
        let files = RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 }
        try await RunScene.play(files) { scene in
            let refs = ["a", "b", "c", "d"].map { "main:refs/heads/\($0)" }
            let pushed = try await scene.push(["hephy"] + refs)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: 4 refs could start runs; with more than 3 none is"))
            #expect(try scene.apiRequests.map(\.path) == [])
        }
    }

    @Test func ofSeveralRefsTheRefusedOneIsNotFollowed() async throws {
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]),
            change: { $0.git = .init(refuseRefs: ["refs/heads/locked": "protected branch hook declined"]) }
        ) { scene in
            let pushed = try await scene.push(
                ["hephy", "main:locked", "main:open"].map {
                    $0 == "hephy" ? $0 : $0.replacing(":", with: ":refs/heads/")
                })
            #expect(pushed.git.status == 1)
            #expect(
                pushed.text.contains("! [remote rejected] main -> locked (protected branch hook declined)"),
                "\(pushed.text)")
            #expect(try scene.runs.map(\.branch) == ["open"])
            #expect(pushed.text.contains("-----> CI #1 for "))
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func withoutFollowingTheOwnRunIsStartedAndNothingElseAsked() async throws {
        try await RunScene.play { scene in
            let attached = try await scene.push(options: ["follow=false"])
            #expect(attached.status == 0, "\(attached.text)")
            #expect(try scene.apiRequests.map(\.path) == [])
            let dispatched = try await scene.push(
                options: ["follow=false", "backend=kaniko"], ["hephy", "main:refs/heads/main2"])
            #expect(dispatched.status == 0, "\(dispatched.text)")
            #expect(try scene.dispatches.map(\.status) == [200])
            #expect(try scene.requests("GET", "/jobs").isEmpty)
            #expect(dispatched.text.contains(" is started: \(scene.double.origin)/acme/api/actions/runs/"))
            let watched = try await scene.watchAtOnce()
            #expect(watched.status == 0, "\(watched)")
            #expect(watched.errors.contains("-----> Hephy Build #2 for "))
        }
    }
}
