import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A repository whose hook passes each push on to another one.
@Suite(.timeLimit(.minutes(2)))
struct HookUpstreamTests {
    /// A bare repository that passes pushes on to `upstream`, a bare one on this machine, where builds do nothing.
    private func mirroring(_ body: (HookScene, TestRepository) async throws -> Void) async throws {
        try await HookScene.with(installing: nil) { scene in
            let upstream = try await scene.fixture.bareRepository("upstream.git")
            try await scene.hook(["install", "--upstream", upstream.path]).check()
            try await body(scene, upstream)
        }
    }

    private func refs(_ repository: TestRepository) async throws -> String {
        try await repository.git("for-each-ref", "--format=%(objectname) %(refname)").check().output
    }

    /// Lets the upstream refuse a ref of this name for as long as there is a file `shut`.
    private func refusing(_ ref: String, _ scene: HookScene) throws {
        try scene.fixture.write("", to: "shut")
        try scene.fixture.write(
            "#!/bin/sh\n[ \"$1\" != \(ref) ] || [ ! -e '\(scene.fixture.path("shut"))' ] || { echo shut; exit 1; }\n",
            to: "upstream.git/hooks/update", executable: true)
    }

    private func open(_ scene: HookScene) throws {
        try FileManager.default.removeItem(atPath: scene.fixture.path("shut"))
    }

    @Test func theForgeOfTheUpstreamBuildsAndIsFollowed() async throws {
        try await PushScene.with { scene in
            let server = try await scene.fixture.bareRepository("server.git")
            try await scene.work.git("remote", "add", "origin", server.path).check()
            let helper = try scene.fixture.write(
                "#!/bin/sh\n[ \"$1\" != get ] || printf 'username=x\\npassword=gho_owner\\n'\n", to: "credentials",
                executable: true)
            try await server.git("config", "credential.helper", helper).check()
            try await scene.fixture.run(
                "\(GitFixture.builtPrograms)/hephy", "hook", "install", "--upstream", scene.double.hephyURL("acme/api"),
                server.path
            ).check()
            let pushed = try await scene.fixture.run("git", "push", "origin", "main", in: scene.work.path)
            #expect(pushed.status == 0, "\(pushed)")
            let tip = try await scene.work.commitID()
            #expect(try await scene.bare.commitID("refs/heads/main") == tip)
            let table = " * [new branch]      \(tip.prefix(7)) -> main"
            #expect(pushed.remote.contains { $0.hasSuffix(table) }, "\(pushed)")
            #expect(pushed.remote.contains { $0.contains("-----> Hephy Build #") && $0.contains("/actions/runs/") })
            #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
            #expect(!pushed.errors.contains("gho_owner"))
        }
    }

    @Test func exactlyTheUpdatedRefsGoOn() async throws {
        try await mirroring { scene, upstream in
            try await scene.push("-o", "hephy.trigger=none", "origin", "main", "main:one", "main:refs/notes/n").check()
            #expect(try scene.local.runs().isEmpty)
            #expect(try await refs(upstream) == refs(scene.bare))
            // Another branch of here, which no push has brought, stays here.
            try await scene.bare.git("branch", "own", "main").check()
            _ = try await scene.local.commit("next")
            try await scene.work.git("tag", "-a", "-m", "first", "v1").check()
            let pushed = try await scene.push("origin", "main", ":one", "v1")
            #expect(pushed.status == 0, "\(pushed)")
            #expect(try scene.local.runs().count == 2)
            try await scene.bare.git("branch", "-D", "own").check()
            #expect(try await refs(upstream) == refs(scene.bare), "\(pushed)")
            #expect(pushed.remote.contains { $0.contains("[deleted]") && $0.hasSuffix(" one") }, "\(pushed)")
        }
    }

    @Test func aForcedUpdateOverwritesWhatWasThereAndNothingElse() async throws {
        try await mirroring { scene, upstream in
            let first = try await scene.work.commitID()
            try await scene.push("-o", "hephy.trigger=none", "origin", "main").check()
            try await scene.work.git("commit", "--quiet", "--amend", "-m", "amended").check()
            let forced = try await scene.push("-f", "-o", "hephy.trigger=none", "origin", "main")
            #expect(try await refs(upstream) == refs(scene.bare), "\(forced)")
            // Somebody else has pushed to the upstream since.
            let amended = try await scene.work.commitID()
            try await scene.work.git("commit", "--quiet", "--allow-empty", "-m", "theirs").check()
            try await scene.work.git("push", "--quiet", upstream.path, "main").check()
            let theirs = try await scene.work.commitID()
            try await scene.work.git("reset", "--quiet", "--hard", first).check()
            let lost = try await scene.push("-f", "-o", "hephy.trigger=none", "origin", "main")
            #expect(lost.status == 0, "\(lost)")
            #expect(try await upstream.commitID("main") == theirs)
            #expect(lost.remote.contains { $0.hasPrefix("hephy: not on the upstream: main (") }, "\(lost)")
            #expect(amended != theirs)
        }
    }

    @Test func aMirrorThatFailsHalfWaySaysSoAndIsMadeGoodByTheNextPush() async throws {
        try await mirroring { scene, upstream in
            try refusing("refs/heads/dev", scene)
            try await scene.work.git("branch", "dev").check()
            let half = try await scene.push("-o", "hephy.trigger=none", "origin", "main", "dev")
            #expect(half.status == 0, "\(half)")
            #expect(half.remote.contains("hephy: on the upstream now: main"), "\(half)")
            #expect(half.remote.contains("hephy: not on the upstream: dev (hook declined)"), "\(half)")
            #expect(half.remote.last?.hasPrefix("hephy: hint: it is safe to push again: ") == true)
            #expect(try await refs(upstream).hasSuffix(" refs/heads/main\n"))
            let status = try await scene.hook(["status"])
            #expect(status.output.contains("    dev has not arrived there yet\n"), "\(status)")
            let json = try await scene.hook(["status", "--json"])
            #expect(json.output.contains(#""does" : "mirror""#) && json.output.contains(#""dev""#), "\(json)")
            try await OutputSchema.expect([json.output], scene.fixture)

            // It was forced meanwhile, which the upstream has never seen.
            try await scene.work.git("branch", "-f", "dev", scene.local.commit("other")).check()
            try await scene.push("-f", "-o", "hephy.trigger=none", "origin", "dev").check()
            try open(scene)
            _ = try await scene.local.commit("next")
            let next = try await scene.push("-o", "hephy.trigger=none", "origin", "main")
            #expect(
                next.remote.contains("hephy: 'dev' did not reach the upstream before and goes along"), "\(next)")
            #expect(try await refs(upstream) == refs(scene.bare), "\(next)")
            #expect(!(try await scene.hook(["status"])).output.contains("has not arrived"))
        }
    }

    @Test func moreThanThreeRefsGoOnAndStartNothing() async throws {
        try await mirroring { scene, upstream in
            let pushed = try await scene.push("origin", "main:a", "main:b", "main:c", "main:d")
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.last == "hephy: 4 refs could start runs; with more than 3 none is", "\(pushed)")
            #expect(try await refs(upstream) == refs(scene.bare))
            #expect(try scene.local.runs().isEmpty)
        }
    }

    @Test func anUpstreamThatIsAwayLosesNothing() async throws {
        try await mirroring { scene, upstream in
            try FileManager.default.moveItem(atPath: upstream.path, toPath: upstream.path + ".away")
            let away = try await scene.push()
            #expect(away.status == 0, "\(away)")
            #expect(away.remote.contains("hephy: not on the upstream: main"), "\(away)")
            try FileManager.default.moveItem(atPath: upstream.path + ".away", toPath: upstream.path)
            let tip = try await scene.local.commit("next")
            let next = try await scene.push()
            #expect(try await upstream.commitID("main") == tip, "\(next)")
            #expect(next.remote.last?.hasPrefix("-----> Done in ") == true, "\(next)")
        }
    }

    @Test func pushesAtTheSameTimeAllArrive() async throws {
        try await mirroring { scene, upstream in
            try await scene.push("-o", "hephy.trigger=none", "origin", "main").check()
            let names = (1...5).map { "branch-\($0)" }
            for name in names { try await scene.work.git("branch", name).check() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in names {
                    group.addTask {
                        try await scene.push("-o", "hephy.trigger=none", "origin", name, "HEAD:refs/tags/\(name)")
                            .check()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await refs(upstream) == refs(scene.bare))
        }
    }
}
