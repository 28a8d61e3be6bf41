import HephyTestSupport
import Testing

/// Where commands work, and `hephy open`.
@Suite(.timeLimit(.minutes(1)))
struct CommandPlaceTests {
    /// A place to call `hephy` in.
    enum Place: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case subdirectory = "work/a/b"
        case linkedWorkTree = "linked/a"
        case bareRepository = "clone.git"
        case gitDirectory = "work/.git"

        var testDescription: String { rawValue }
    }

    @Test(arguments: Place.allCases) func everyCommandWorks(in place: Place) async throws {
        let files = RunFiles.app.merging(["a/b/file": "x\n"]) { $1 }
        try await RunScene.play(files, plans: [.over("success")]) { scene in
            #expect(try await scene.push().status == 0)
            try scene.fixture.write("x\n", to: "work/a/b/file")
            try await scene.work.git("worktree", "add", "--quiet", "--detach", scene.fixture.path("linked")).check()
            let url = scene.double.hephyURL("acme/api")
            try await scene.fixture.run(
                "git", "clone", "--quiet", "--bare", scene.work.path, scene.fixture.path("clone.git")
            ).check()
            try await scene.fixture.run(
                "git", "-C", scene.fixture.path("clone.git"), "remote", "add", "hephy", url
            ).check()
            let run = try #require(try scene.runs.first?.run.map(String.init))
            let commands = [
                ["status", "main"], ["runs"], ["logs", run], ["watch", run], ["open", "--print", run],
                ["redeploy", "--ref", "main", "main"], ["cancel", run], ["detect", "main"], ["check", "main"],
            ]
            for command in commands {
                let ran = try await scene.fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy"] + command, in: scene.fixture.path(place.rawValue),
                    environment: scene.environment("gho_owner"))
                #expect(ran.status == 0, "\(command): \(ran)")
            }
        }
    }

    @Test func theBareRepositoryOfThisMachineTellsItsOwnRuns() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            #expect(try await scene.push().status == 0)
            let bare = scene.fixture.path("home/.data/hephy/repositories/app.git")
            for command in [["status", "main"], ["runs"], ["logs", "main"], ["watch", "main"]] {
                let ran = try await scene.fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy"] + command, in: bare, environment: scene.environment)
                #expect(ran.status == 0, "\(command): \(ran)")
            }
        }
    }

    @Test func gitFindsTheCommandsAsItsOwn() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            #expect(try await scene.push().status == 0)
            try await scene.fixture.run(
                "ln", "-s", "\(GitFixture.builtPrograms)/hephy", scene.fixture.path("programs/git-hephy")
            ).check()
            let ran = try await scene.fixture.run(
                ["git", "hephy", "status"], in: scene.work.path, environment: scene.environment("gho_owner"))
            #expect(ran.status == 0, "\(ran)")
            #expect(ran.output.hasPrefix("main is at "), "\(ran)")
        }
    }

    @Test func theRunsPageIsOpenedInTheBrowserThatIsNamed() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            #expect(try await scene.push().status == 0)
            let run = try #require(try scene.runs.first?.run)
            let page = "\(scene.double.origin)/acme/api/actions/runs/\(run)"
            let noted = scene.fixture.path("opened")
            try scene.fixture.write(
                "#!/bin/sh\nprintf '%s\\n' \"$@\" > '\(noted)'\n", to: "programs/browser", executable: true)
            for (browser, arguments) in [
                ("browser", page), ("/no/such/program:browser --new", "--new\n\(page)"),
                ("browser place=%s", "place=\(page)"),
            ] {
                let opened = try await scene.hephy("open", environment: ["BROWSER": browser])
                #expect(opened.status == 0, "\(opened)")
                #expect(try scene.fixture.read("opened") == "\(arguments)\n")
            }
            let none = try await scene.hephy(
                "open", environment: ["BROWSER": nil, "DISPLAY": nil, "WAYLAND_DISPLAY": nil])
            #expect(none.output == "\(page)\n")
            let printed = try await scene.hephy("open", "--print", environment: ["BROWSER": "/bin/false"])
            #expect(printed.status == 0 && printed.output == "\(page)\n", "\(printed)")
        }
    }

    @Test func aRunOfThisMachineHasNoPage() async throws {
        try await LocalScene.with(.steps([:])) { scene in
            #expect(try await scene.push().status == 0)
            let opened = try await scene.hephy("open")
            #expect(opened.status == 6 && opened.output == "", "\(opened)")
            #expect(opened.errors.contains(" executes on this machine and has no page\n"), "\(opened)")
        }
    }
}
