import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Plain pushes to a bare repository whose hook builds them on its machine.
@Suite(.timeLimit(.minutes(2)))
struct HookRunTests {
    @Test func aPlainPushIsBuiltAndFollowed() async throws {
        try await HookScene.with { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            let tip = try await scene.work.commitID()
            #expect(try await scene.landed() == tip)
            let lines = pushed.remote
            #expect(
                lines.contains { $0.hasPrefix("-----> kaniko for linux/\(LocalScene.architecture)   (") }, "\(pushed)")
            #expect(lines.contains("-----> Hephy Build #1 for \(tip.prefix(7))"), "\(pushed)")
            #expect(lines.contains("       building"), "\(pushed)")
            #expect(lines.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
            #expect(!pushed.errors.contains("\u{1b}[1G"))
            // The same run is there for whoever works on the server.
            let watched = try await scene.fixture.run(
                ["\(GitFixture.builtPrograms)/hephy", "watch"], in: scene.bare.path,
                environment: scene.local.environment)
            #expect(watched.status == 0, "\(watched)")
        }
    }

    @Test func aRedRunIsToldAndThePushStands() async throws {
        try await HookScene.with(.steps(["build-local.sh": "echo broken here; exit 1"])) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            #expect(try await scene.landed() == scene.work.commitID())
            #expect(pushed.remote.contains { $0.hasPrefix("-----> Failed after ") }, "\(pushed)")
            #expect(pushed.remote.contains { $0.contains("on the server, in app.git: hephy watch --logs all ") })
        }
    }

    @Test func aPusherWhoGoesLeavesTheRunAlone() async throws {
        try await HookScene.with(.steps(["build-local.sh": LocalScene.waiting(for: "go")])) { scene in
            async let pushing = scene.fixture.run(
                ["sh", "-c", "echo $$ >../pusher; exec git push origin main"], in: scene.work.path,
                environment: scene.local.environment)
            let run = try await eventually("the run") { try scene.local.runs().first }
            let pusher = try #require(Int32(try scene.fixture.read("pusher").filter(\.isNumber)))
            kill(pusher, SIGKILL)
            _ = try await pushing
            try scene.local.allow("go")
            try await Processes(fixture: scene.fixture).end()
            #expect(try await scene.landed() == scene.work.commitID())
            #expect(try scene.local.record(of: run).ending == "success")
        }
    }

    @Test func severalRefsDeletesAndTagsAreAsThroughTheHelper() async throws {
        try await HookScene.with { scene in
            try await scene.work.git("branch", "other").check()
            _ = try await scene.local.commit("other", on: "other")
            try await scene.work.git("tag", "v1").check()
            let pushed = try await scene.push("origin", "main", "other", "v1")
            #expect(pushed.remote.count { $0.contains(": done in ") } == 3, "\(pushed)")
            #expect(try scene.local.runs().count == 3)

            let deleted = try await scene.push("origin", ":other")
            #expect(deleted.status == 0)
            #expect(deleted.remote == [], "\(deleted)")

            for name in ["a", "b", "c", "d"] { try await scene.work.git("branch", name).check() }
            let many = try await scene.push("origin", "a", "b", "c", "d")
            #expect(many.status == 0)
            #expect(many.remote == ["hephy: 4 refs could start runs; with more than 3 none is"], "\(many)")
            #expect(try scene.local.runs().count == 3)
        }
    }

    @Test func pushOptionsWorkWithAnyClient() async throws {
        try await HookScene.with { scene in
            let none = try await scene.push("-o", "hephy.trigger=none", "origin", "main")
            #expect(none.status == 0, "\(none)")
            #expect(try scene.local.runs().isEmpty)
            _ = try await scene.local.commit("again")
            let wrong = try await scene.push("-o", "hephy.trigger=never", "origin", "main")
            #expect(wrong.remote.first?.contains("never") == true, "\(wrong)")
            #expect(try scene.local.runs().isEmpty)
            _ = try await scene.local.commit("and again")
            let chosen = try await scene.push("-o", "other", "-o", "hephy.backend=buildkit", "origin", "main")
            #expect(chosen.remote.first?.hasPrefix("-----> buildkit for ") == true, "\(chosen)")
        }
    }

    @Test func anInvalidConfigurationIsToldAndStartsNothing() async throws {
        let commit = TestCommit(["Dockerfile": "FROM scratch\n", PushScene.configPath: "build_backend: nonsense\n"])
        try await HookScene.with(.steps([:]), [commit]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.first?.hasPrefix("hephy: .hephy/build-config.yaml:1:") == true, "\(pushed)")
            #expect(try scene.local.runs().isEmpty)
        }
    }

    @Test func overSSHThePusherNeedsNothingButGit() async throws {
        try await HookScene.with { scene in
            let server = try await SSHServer(in: scene.fixture, variables: scene.local.serverVariables)
            try await scene.work.git("remote", "set-url", "origin", "ssh://localhost\(scene.bare.path)").check()
            let pushed = try await scene.push(
                "-o", "hephy.platforms=linux/s390x", "origin", "main",
                environment: server.environment.merging(["PATH": scene.local.plainPath]) { $1 })
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.contains { $0.hasPrefix("-----> build (linux/s390x)") }, "\(pushed)")
            #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
        }
    }

    @Test func whatARequestSaysOfItselfReachesNoBuild() async throws {
        try await HookScene.with(.steps(["build-local.sh": "env"])) { scene in
            try await scene.bare.git("config", "hephy.local.env", "HTTP_PROXY,REMOTE_USER,SSH_AUTH_SOCK").check()
            let pushed = try await scene.push(environment: [
                "GATEWAY_INTERFACE": "CGI/1.1", "HTTP_PROXY": "http://evil.example", "REMOTE_USER": "ada",
                "SSH_CONNECTION": "1", "SSH_AUTH_SOCK": "/evil", "GIT_COMMITTER_EMAIL": "ada@http.evil",
            ])
            #expect(pushed.remote.contains("       HEPHY_PUSH=false"), "\(pushed)")
            #expect(!pushed.errors.contains("evil"), "\(pushed)")
            #expect(!pushed.errors.contains("GIT_"), "\(pushed)")
        }
    }
}
