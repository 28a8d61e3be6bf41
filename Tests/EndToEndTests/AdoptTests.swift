import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy adopt`: a remote that is there goes through hephy.
@Suite(.timeLimit(.minutes(1)))
struct AdoptTests {
    private func hephy(_ arguments: String..., in folder: String, _ fixture: GitFixture) async throws -> GitFixture.Ran
    {
        try await fixture.run(["\(GitFixture.builtPrograms)/hephy"] + arguments, in: folder)
    }

    @Test func aPlainPushToOriginIsFollowed() async throws {
        try await PushScene.with { scene in
            try await scene.work.git("remote", "add", "origin", scene.double.url("acme/api")).check()
            let adopted = try await hephy("adopt", in: scene.work.path, scene.fixture)
            #expect(adopted.status == 0, "\(adopted)")
            let pushed = try await scene.git("push", "origin", "main")
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.errors.contains("-----> Hephy Build #"), "\(pushed)")
            #expect(try await scene.work.git("remote", "get-url", "origin").line == scene.double.url("acme/api"))
            #expect(try await hephy("adopt", in: scene.work.path, scene.fixture).output.contains("already"))
        }
    }

    @Test func overSSHAndWithLFSToo() async throws {
        try await LocalScene.with(.steps([:])) { local in
            let work = local.work
            let bare = try await local.fixture.bareRepository("app.git")
            try await work.git("remote", "add", "origin", "file://\(bare.path)").check()
            try await hephy("adopt", in: work.path, local.fixture).check()
            try await work.git("lfs", "install", "--local").check()
            try await work.git("lfs", "track", "*.bin").check()
            try local.fixture.write("large", to: "work/a.bin")
            try await work.git("add", ".").check()
            try await work.git("commit", "--quiet", "-m", "large").check()
            let pushed = try await local.push("origin", "main")
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.errors.contains("-----> Done in "), "\(pushed)")
            let objects = try await local.fixture.run("find", bare.path + "/lfs/objects", "-type", "f").check()
            #expect(objects.output.split(separator: "\n").count == 1, "\(pushed)")

            let server = try await SSHServer(in: local.fixture)
            try await work.git("remote", "add", "far", "localhost:\(bare.path)").check()
            try await hephy("adopt", "far", in: work.path, local.fixture).check()
            try await work.git("commit", "--quiet", "--allow-empty", "-m", "next").check()
            let far = try await local.push("far", "main", environment: server.environment)
            #expect(far.status == 0, "\(far)")
            #expect(far.errors.contains("hephy: nothing to follow: "), "\(far)")
            #expect(try await bare.commitID("main") == work.commitID())
        }
    }

    @Test func undoingMakesTheFileWhatItWas() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [LocalScene.buildable])
            try await work.git("remote", "add", "origin", "https://github.com/acme/api").check()
            let odd = try fixture.read("work/.git/config") + "# mine\n[remote \"origin\"]  ; twice\n\tprune=true"
            try fixture.write(odd, to: "work/.git/config")
            try await work.git("worktree", "add", "--quiet", "-b", "linked", "../linked").check()
            #expect(try await hephy("adopt", in: fixture.path("linked"), fixture).status == 0)
            #expect(try await work.git("config", "remote.origin.vcs").line == "hephy")
            let undone = try await hephy("adopt", "--undo", in: work.path, fixture)
            #expect(undone.status == 0, "\(undone)")
            #expect(try fixture.read("work/.git/config") == odd)
            #expect(!FileManager.default.fileExists(atPath: work.path + "/.git/hephy"))

            try await hephy("adopt", in: work.path, fixture).check()
            try await work.git("config", "core.compression", "3").check()
            let changed = try fixture.read("work/.git/config")
            let refused = try await hephy("adopt", "--undo", in: work.path, fixture)
            #expect(refused.status == 2, "\(refused)")
            #expect(refused.errors.contains("was changed since 'origin' was adopted"), "\(refused)")
            #expect(refused.errors.contains("hint: ") && refused.errors.contains("--unset remote.origin.vcs"))
            #expect(try fixture.read("work/.git/config") == changed)
        }
    }

    @Test func whatHephyItselfHasNotedIsUndoneWithIt() async throws {
        try await PipelineScene.play { scene in
            try await scene.work.git("remote", "add", "origin", scene.double.url(PipelineScene.project)).check()
            let before = try scene.fixture.read("work/.git/config")
            try await hephy("adopt", in: scene.work.path, scene.fixture).check()
            let pushed = try await scene.push(["origin", "main"], isKnown: false)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.fixture.read("work/.git/config").contains("forge = gitlab"))
            let undone = try await hephy("adopt", "--undo", in: scene.work.path, scene.fixture)
            #expect(undone.status == 0, "\(undone)")
            #expect(try scene.fixture.read("work/.git/config") == before)
        }
    }

    @Test(arguments: [
        ("https://ada:secret@github.com/acme/api", "holds a password"), ("../api.git", "is a path from here"),
        ("git://github.com/acme/api", "is no scheme"),
    ])
    func whatHephyCannotPushToIsNotAdopted(_ url: String, _ words: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [LocalScene.buildable])
            try await work.git("remote", "add", "origin", url).check()
            let before = try fixture.read("work/.git/config")
            let ran = try await hephy("adopt", in: work.path, fixture)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.errors.contains(words), "\(ran)")
            #expect(!ran.errors.contains("secret"))
            #expect(try fixture.read("work/.git/config") == before)
            #expect(try await hephy("adopt", "other", in: work.path, fixture).errors.contains("has no remote 'other'"))
            #expect(try await hephy("adopt", "--undo", in: work.path, fixture).status == 2)
        }
    }
}
