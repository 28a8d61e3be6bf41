import HephyTestSupport
import Testing

/// Which token a GitLab is asked with, and what is said where none may.
@Suite(.timeLimit(.minutes(1)))
struct GitLabCredentialTests {
    /// What Git Credential Manager's browser sign-on leads to.
    private static let pushOnly = GitLabScenario.Token(
        "glpat-push", kind: "oauth", scopes: ["read_repository", "write_repository"])

    @Test func aTokenThatMayOnlyPushGivesWayToTheNext() async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.tokens["pushes"] = Self.pushOnly
            scenario.expectedRefusals = ["insufficient-scope"]
        }) { scene in
            try scene.fixture.write(
                """
                #!/bin/sh
                [ "$1 $2 $3 $4 $5" = "config get token --host \(scene.host)" ] || exit 1
                echo glpat-owner

                """, to: "programs/glab", executable: true)
            let pushed = try await scene.push(
                token: "glpat-push", environment: ["GITLAB_HOST": scene.double.origin])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.pushOptions.first == "ci.input=backend=ko", "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
            #expect(!pushed.text.contains("glpat"))
        }
    }

    @Test func theEnvironmentsTokenGoesToTheNamedHostAlone() async throws {
        try await PipelineScene.play(change: { $0.tokens["env"] = .init("glpat-env") }) { scene in
            var environment: [String: String?] = ["GITLAB_TOKEN": "glpat-env", "GITLAB_HOST": scene.host]
            #expect(try await scene.push(environment: environment).status == 0)
            #expect(Set(try scene.requests().map(\.token)) == ["env"])
            environment["GITLAB_HOST"] = "gitlab.corp.example"
            let watched = try await scene.fixture.run(
                ["\(GitFixture.builtPrograms)/hephy-virtual-helper", "watch"], in: scene.work.path,
                environment: scene.environment("glpat-owner", environment))
            #expect(watched.status == 0, "\(watched)")
            #expect(try scene.requests().last?.token == "owner")
        }
    }

    @Test func whereNoTokenMayCallTheAPITheScopeIsNamed() async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.tokens = ["pushes": Self.pushOnly]
            scenario.expectedRefusals = [
                "insufficient-scope", .init("requires-authentication", optional: true),
            ]
        }) { scene in
            let pushed = try await scene.push(token: "glpat-push")
            #expect(pushed.status == 4)
            #expect(pushed.text.contains("hephy: hint: it needs the scope 'read_api' or 'api'"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aPublicProjectIsFollowedWithoutAToken() async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.projects[PipelineScene.project]?.visibility = "public"
            scenario.tokens = ["pushes": Self.pushOnly]
            scenario.expectedRefusals = ["insufficient-scope", .init("requires-authentication", optional: true)]
        }) { scene in
            let pushed = try await scene.push(token: "glpat-push")
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("no credential for \(scene.host) may call the API: following what is public"))
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test func aWrongTokenIsSaidToBeOne() async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
            scenario.expectedRefusals = [
                "bad-credentials", .init("requires-authentication", optional: true),
                .init("git-bad-credentials", optional: true),
            ]
        }) { scene in
            let pushed = try await scene.push(token: "glpat-wrong")
            #expect(pushed.status == 4)
            #expect(pushed.text.contains("\(scene.host) does not take the token: 401 Unauthorized"), "\(pushed.text)")
            #expect(pushed.text.contains("GITLAB_TOKEN with GITLAB_HOST=\(scene.host)"))
        }
    }

    @Test func aReporterMayFollowButNotMakeAPipeline() async throws {
        try await PipelineScene.play(change: { scenario in
            scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
            scenario.tokens = ["reporter": .init("glpat-owner", role: "reporter")]
            scenario.expectedRefusals = ["insufficient-role", .init("requires-authentication", optional: true)]
        }) { scene in
            let pushed = try await scene.push(options: ["platforms=linux/amd64"])
            #expect(pushed.status == 4)
            #expect(pushed.text.contains("at least the role Developer"), "\(pushed.text)")
            #expect(pushed.text.contains("the push's own pipeline was left out"), "\(pushed.text)")
        }
    }
}
