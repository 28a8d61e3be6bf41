import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The hooks behind everything that brings a push: sshd, a web server with `git http-backend`, and `git daemon`.
@Suite(.timeLimit(.minutes(2)))
struct HookTransportTests {
    enum Transport: String, CaseIterable, Sendable {
        case ssh
        case http
        case daemon
    }

    /// Runs `body` with `origin` leading to the repository by that way, and what git has to be told for it.
    private func by(
        _ transport: Transport, _ options: [String], _ steps: [String: String],
        _ body: (HookScene, [String: String?]) async throws -> Void
    ) async throws {
        try await HookScene.with(.steps(steps), installing: options) { scene in
            let fixture = scene.fixture
            switch transport {
            case .ssh:
                let server = try await SSHServer(in: fixture, variables: scene.local.serverVariables)
                try await scene.work.git("remote", "set-url", "origin", "ssh://localhost\(scene.bare.path)").check()
                try await body(scene, server.environment)
            case .http:
                try FileManager.default.createDirectory(
                    atPath: fixture.path("served/case"), withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    atPath: fixture.path("served/case/app.git"), withDestinationPath: scene.bare.path)
                try await GitServer.with(in: fixture, environment: scene.local.environment) { server in
                    let url = "\(server.origins["http"] ?? "")/smart/case/app.git"
                    try await scene.bare.git("config", "http.receivepack", "true").check()
                    try await scene.work.git("remote", "set-url", "origin", url).check()
                    try await body(scene, [:])
                }
            case .daemon:
                // As inetd starts it; git's proxy command stands for the network.
                let daemon = try fixture.write(
                    """
                    #!/bin/sh
                    exec git daemon --inetd --export-all --enable=receive-pack --base-path='\(fixture.scratch)'

                    """, to: "daemon", executable: true)
                try await scene.work.git("config", "core.gitProxy", daemon).check()
                try await scene.work.git("remote", "set-url", "origin", "git://localhost/app.git").check()
                try await body(scene, [:])
            }
        }
    }

    @Test(arguments: Transport.allCases)
    func aPushIsBuiltAndFollowed(by transport: Transport) async throws {
        let script = "printf 'plain \\033[1G\\033[Kwords\\033]0;title\\007 and \\033[31mred\\033[0m\\n'"
        try await by(transport, [], ["build-local.sh": script]) { scene, environment in
            let pushed = try await scene.push(
                "-o", "hephy.platforms=linux/s390x", "origin", "main", environment: environment)
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.contains { $0.hasPrefix("-----> build (linux/s390x)") }, "\(pushed)")
            #expect(pushed.remote.contains { $0.hasPrefix("       plain words and red") }, "\(pushed)")
            #expect(!pushed.errors.contains("\u{1b}"), "\(pushed)")
            #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
        }
    }

    @Test(arguments: Transport.allCases)
    func aGateRefusesWhatIsRed(by transport: Transport) async throws {
        let script = "test \"$(cat hello)\" != broken"
        try await by(transport, ["--gate"], ["build-local.sh": script]) { scene, environment in
            try await scene.push("origin", "main", environment: environment).check()
            let tip = try await scene.landed()
            _ = try await scene.local.commit("broken")
            let pushed = try await scene.push("origin", "main", environment: environment)
            #expect(pushed.status == 1, "\(pushed)")
            #expect(pushed.errors.contains("(pre-receive hook declined)"), "\(pushed)")
            #expect(try await scene.landed() == tip)
        }
    }
}
