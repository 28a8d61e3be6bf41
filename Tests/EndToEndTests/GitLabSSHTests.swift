import HephyTestSupport
import Testing

/// A push over ssh to a GitLab: its options go through `git send-pack`, and its pipeline is followed over https.
@Suite(.timeLimit(.minutes(1)))
struct GitLabSSHTests {
    private static func play(
        advertises: Bool, _ body: (PipelineScene, SSHServer) async throws -> Void
    ) async throws {
        try await PipelineScene.play(tls: true, change: { $0.projects[PipelineScene.project]?.pushedElsewhere = true })
        {
            scene in
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: [PipelineScene.project: scene.bare.path]))
            try await scene.bare.git("config", "receive.advertisePushOptions", "\(advertises)").check()
            try scene.fixture.write(
                """
                #!/bin/sh
                number=0
                while [ "$number" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
                    eval "echo \\"\\$GIT_PUSH_OPTION_$number\\""
                    number=$((number + 1))
                done >push-options

                """, to: "api.git/hooks/post-receive", executable: true)
            try await scene.work.git(
                "remote", "set-url", "hephy", "hephy::git@git.corp.example:\(PipelineScene.project)"
            ).check()
            try await body(scene, server)
        }
    }

    @Test func theDetectedBackendGoesAlong() async throws {
        try await Self.play(advertises: true) { scene, server in
            let pushed = try await scene.push(environment: server.environment, proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(
                try scene.pushOptions == ["ci.input=backend=ko", "ci.input=platforms=linux/amd64,linux/arm64"])
            #expect(pushed.text.contains("https://git.corp.example/acme/team/api/-/pipelines/"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aServerWithoutPushOptionsTakesThePushAllTheSame() async throws {
        try await Self.play(advertises: false) { scene, server in
            let pushed = try await scene.push(environment: server.environment, proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.pushOptions.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }
}
