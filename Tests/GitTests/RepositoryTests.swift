import Git
import HephyTestSupport
import Testing

struct RepositoryTests {
    /// A repository, its program, and whether libgit2 serves it.
    private static func withRepository(
        _ commits: [TestCommit], _ body: (TestRepository, GitProgram) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture async throws in
            let work = try await fixture.repository("work", commits)
            try await body(work, GitProgram(environment: fixture.environment, directory: work.path))
        }
    }

    private static func contents(
        _ path: String, at revision: String, git: GitProgram, limit: Int = 1000
    ) async throws -> (text: String?, isReadByLibrary: Bool) {
        let location = try await RepositoryLocation(git)
        let read = await BlockingThread.run {
            Result {
                let repository = location.repository()
                guard let id = repository.id(of: revision) else { throw GitError.unknownRevision(revision) }
                let tree = repository.tree(of: try repository.commit(id))
                let bytes = try tree.contents(of: path, limit: limit)
                return (bytes.map { String(decoding: $0, as: UTF8.self) }, repository.isReadByLibrary)
            }
        }
        return try read.get()
    }

    @Test func filesAreReadFromACommitThatIsNotCheckedOut() async throws {
        try await Self.withRepository([
            TestCommit(["a/b.txt": "old"]), TestCommit(["a/b.txt": "new"]),
        ]) { _, git async throws in
            let old = try await Self.contents("a/b.txt", at: "HEAD~1", git: git)
            let new = try await Self.contents("a/b.txt", at: "refs/heads/main", git: git)
            #expect(old.text == "old")
            #expect(new.text == "new")
            #expect(new.isReadByLibrary)
        }
    }

    @Test func aDirectoryIsNoFileAndAFileNoDirectory() async throws {
        try await Self.withRepository([TestCommit(["a/b.txt": "x"])]) { _, git async throws in
            #expect(try await Self.contents("a", at: "HEAD", git: git).text == nil)
            #expect(try await Self.contents("a/b.txt/c", at: "HEAD", git: git).text == nil)
            #expect(try await Self.contents("nowhere/c", at: "HEAD", git: git).text == nil)
        }
    }

    @Test func annotatedTagsOfTagsLeadToTheirCommit() async throws {
        try await Self.withRepository([TestCommit(["f": "tagged"])]) { work, git in
            try await work.git("tag", "-a", "-m", "one", "v1").check()
            try await work.git("tag", "-a", "-m", "two", "v2", "v1").check()
            #expect(try await Self.contents("f", at: "refs/tags/v2", git: git).text == "tagged")
        }
    }

    @Test func aFileBeyondTheLimitIsNotHeld() async throws {
        try await Self.withRepository([TestCommit(["big": .text(String(repeating: "x", count: 2000))])]) {
            _, git async throws in
            await #expect(throws: GitError.self) { try await Self.contents("big", at: "HEAD", git: git, limit: 1999) }
            #expect(try await Self.contents("big", at: "HEAD", git: git, limit: 2000).text?.count == 2000)
        }
    }

    @Test func aTreeOutlivesTheNamesOfItsMakers() async throws {
        try await Self.withRepository([TestCommit(["f": "alive"])]) { _, git async throws in
            let location = try await RepositoryLocation(git)
            let text = await BlockingThread.run {
                func tree() throws -> Tree {
                    let repository = location.repository()
                    guard let id = repository.id(of: "HEAD") else { throw GitError.unknownRevision("HEAD") }
                    return repository.tree(of: try repository.commit(id))
                }
                return Result { try tree().contents(of: "f", limit: 10) }
            }
            #expect(try text.get().map { String(decoding: $0, as: UTF8.self) } == "alive")
        }
    }

    @Test func aSHA256RepositoryIsReadThroughGit() async throws {
        try await GitFixture.with { fixture async throws in
            let path = "\(fixture.scratch)/sha256"
            let git = GitProgram(environment: fixture.environment, directory: path)
            try await fixture.run(["git", "init", "-q", "--object-format=sha256", path]).check()
            try await fixture.run(["sh", "-c", "echo -n long > f && git add f && git commit -qm one"], in: path).check()
            let read = try await Self.contents("f", at: "HEAD", git: git)
            #expect(read.text == "long")
            #expect(!read.isReadByLibrary)
        }
    }

    @Test func whatAPartialCloneLacksIsFetchedThroughGit() async throws {
        try await Self.withRepository([TestCommit(["f": "fetched"])]) { work, _ in
            let fixture = work.fixture
            try await work.git("config", "uploadpack.allowFilter", "true").check()
            let clone = "\(fixture.scratch)/partial"
            try await fixture.run([
                "git", "clone", "-q", "--bare", "--filter=blob:none", "file://\(work.path)", clone,
            ]).check()
            let git = GitProgram(environment: fixture.environment, directory: clone)
            #expect(try await Self.contents("f", at: "HEAD", git: git).text == "fetched")
        }
    }

    @Test func aMissingRepositoryIsNamed() async throws {
        try await GitFixture.with { fixture async throws in
            let git = GitProgram(environment: fixture.environment, directory: fixture.scratch)
            await #expect(throws: GitError.notARepository(path: fixture.scratch)) {
                try await RepositoryLocation(git)
            }
        }
    }

    @Test(arguments: ["nothing", "-x", "HEAD:", "HEAD^{tree}", "a\nb", ""])
    func whatNamesNoCommitIsUnknown(_ revision: String) async throws {
        try await Self.withRepository([TestCommit(["f": "x"])]) { _, git async throws in
            let location = try await RepositoryLocation(git)
            await #expect(throws: GitError.unknownRevision(revision)) { try await location.commit(revision) }
        }
    }
}
