import HephyTestSupport
import Testing

/// `hephy::local/NAME`: a bare repository that the first push makes.
@Suite(.timeLimit(.minutes(1)))
struct LocalRepositoryTests {
    private static let url = "hephy::local/team/app"

    private func with(
        objectFormat: String = "sha1", _ body: (TestRepository, _ bare: TestRepository) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository(
                "work", [TestCommit(["README": "hello\n"]), TestCommit(["README": "topic\n"], on: "topic")],
                objectFormat: objectFormat)
            // Its runs are not what is tested here.
            try await work.git("config", "hephy.trigger", "none").check()
            let path = try #require(fixture.environment["XDG_DATA_HOME"]) + "/hephy/repositories/team/app.git"
            try await body(work, TestRepository(fixture: fixture, path: path))
        }
    }

    @Test(arguments: ["sha1", "sha256"]) func theFirstPushMakesIt(_ format: String) async throws {
        try await with(objectFormat: format) { work, bare in
            let pushed = try await work.git("push", Self.url, "topic").check()
            #expect(pushed.errors == "To \(Self.url)\n * [new branch]      topic -> topic\n")
            #expect(try await bare.git("rev-parse", "--is-bare-repository").check().line == "true")
            #expect(try await bare.git("symbolic-ref", "HEAD").check().line == "refs/heads/topic")
            #expect(try await work.git("push", Self.url, "main").check().errors.contains("main -> main"))
            #expect(try await bare.git("symbolic-ref", "HEAD").check().line == "refs/heads/topic")
            try await work.git("clone", "--quiet", Self.url + ".git", "copy").check()
            #expect(try work.fixture.read("work/copy/README") == "topic\n")
            #expect(try await work.git("push", Self.url, "main").check().errors == "Everything up-to-date\n")
            try await work.git("push", "--delete", Self.url, "main").check()
            let left = try await bare.git("for-each-ref", "--format=%(refname)").check().line
            #expect(left == "refs/heads/topic")
        }
    }

    @Test func gitsOwnDefaultBranchStaysWhereItIsPushed() async throws {
        try await with { work, bare in
            try await work.git("-c", "init.defaultBranch=main", "push", Self.url, "topic", "main").check()
            #expect(try await bare.git("symbolic-ref", "HEAD").check().line == "refs/heads/main")
        }
    }

    @Test func nothingButAPushMakesIt() async throws {
        try await with { work, bare in
            for command in [["fetch", Self.url], ["ls-remote", Self.url], ["clone", Self.url, "copy"]] {
                let ran = try await work.fixture.run(["git"] + command, in: work.path)
                #expect(ran.status == 128)
                #expect(
                    ran.said == [
                        "'hephy::local/team/app' has no repository yet: the first push makes it",
                        "hint: git push hephy::local/team/app main",
                    ], "\(ran)")
            }
            let dry = try await work.git("push", "--dry-run", Self.url, "main").check()
            #expect(dry.errors == "To \(Self.url)\n * [new branch]      main -> main\n")
            #expect(try await work.fixture.run("test", "-e", bare.path).status == 1)
        }
    }

    @Test func whereItCannotBeMadeThePushSaysWhy() async throws {
        try await with { work, _ in
            try work.fixture.write("", to: "file")
            let place = work.fixture.path("file")
            let pushed = try await work.fixture.run(
                ["git", "push", Self.url, "main"], in: work.path, environment: ["XDG_DATA_HOME": place])
            #expect(pushed.status == 1)
            #expect(
                pushed.errors.hasPrefix(
                    """
                    hephy: no repository could be made at '\(place)/hephy/repositories/team/app.git': Not a directory
                    hephy: hint: XDG_DATA_HOME names the folder that holds them

                    """), "\(pushed)")
        }
    }

    @Test func ofManyThatMakeItAtOnceEachPushLands() async throws {
        try await with { work, bare in
            try await withThrowingTaskGroup(of: GitFixture.Ran.self) { group in
                for number in 0..<6 {
                    group.addTask { try await work.git("push", Self.url, "main:refs/heads/b\(number)") }
                }
                for try await ran in group { #expect(ran.status == 0, "\(ran)") }
            }
            let refs = try await bare.git("for-each-ref", "--format=%(refname:short)").check().line
            #expect(refs.split(separator: "\n") == ["b0", "b1", "b2", "b3", "b4", "b5"])
            let head = try await bare.git("rev-parse", "HEAD").check().line
            #expect(try await work.commitID("main") == head)
            let beside = try await work.fixture.run("ls", "-A", bare.path + "/..").check().line
            #expect(beside == "app.git")
        }
    }
}
