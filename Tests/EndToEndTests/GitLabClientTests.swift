import HephyTestSupport
import Testing

/// Clients that nobody here wrote are content with the double.
///
/// `scripts/test-tools --gitlab` gets them: GitLab's own, and the Python package.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Peer.glab.isWanted, "no glab: see scripts/test-tools"))
struct GitLabClientTests {
    private static let plan = GitLabScenario.Plan(
        jobs: [
            .init("build", stage: "build"),
            .init("unit", stage: "build", status: "failed", log: .init(lines: ["boom"])),
        ],
        timeline: [
            .init("running", jobs: ["build": "running", "unit": "running"], times: 2),
            .init("failed", jobs: ["build": "success", "unit": "failed"]),
        ])

    private static func glab(_ scene: PipelineScene, _ arguments: String...) async throws -> GitFixture.Ran {
        let program = try #require(Peer.glab.program, "glab is not installed: run scripts/test-tools --gitlab")
        try scene.fixture.write(
            """
            git_protocol: http
            check_update: false
            hosts:
                \(scene.host):
                    api_protocol: http
                    api_host: \(scene.host)
                    token: glpat-owner

            """, to: "home/.config/glab-cli/config.yml")
        try await scene.fixture.run("chmod", "600", scene.fixture.path("home/.config/glab-cli/config.yml")).check()
        return try await scene.fixture.run(
            [program] + arguments, in: scene.work.path,
            environment: [
                "GITLAB_HOST": scene.host, "NO_PROMPT": "1", "NO_COLOR": "1", "GLAB_CHECK_UPDATE": "false",
                "GLAB_CONFIG_DIR": scene.fixture.path("home/.config/glab-cli"),
            ])
    }

    private static func pushed(_ body: (PipelineScene) async throws -> Void) async throws {
        try await PipelineScene.play(
            plans: [plan], change: { $0.expectedRefusals = [.init("no-such-ref", optional: true)] }
        ) { scene in
            try await scene.work.git("remote", "add", "origin", scene.double.url(PipelineScene.project) + ".git")
                .check()
            #expect(try await scene.push(options: ["trigger=none"]).git.status == 0)
            // Pipelines are seen a look later.
            _ = try await scene.fixture.run(
                "curl", "-s", "-H", "Private-Token: glpat-owner",
                scene.double.site + "/api/v4/projects/acme%2Fteam%2Fapi/pipelines")
            try await body(scene)
        }
    }

    @Test func glabListsThePipelineOfThePush() async throws {
        try await Self.pushed { scene in
            let listed = try await Self.glab(scene, "ci", "list", "-R", PipelineScene.project)
            #expect(listed.status == 0, "\(listed)")
            #expect(listed.output.contains("#1500000101"), "\(listed)")
        }
    }

    @Test func glabShowsAPipelineAndItsJobs() async throws {
        try await Self.pushed { scene in
            let shown = try await Self.glab(scene, "ci", "get", "-R", PipelineScene.project, "-b", "main", "-F", "json")
            #expect(shown.status == 0, "\(shown)")
            #expect(shown.output.contains("1500000101"), "\(shown)")
        }
    }

    @Test func glabMakesAPipeline() async throws {
        try await Self.pushed { scene in
            let made = try await Self.glab(scene, "ci", "run", "-R", PipelineScene.project, "-b", "main")
            #expect(made.status == 0, "\(made)")
            #expect(try scene.pipelines.last?.event == "api")
        }
    }

    @Test func glabFollowsALogToItsEnd() async throws {
        try await Self.pushed { scene in
            let job = try #require(
                try await scene.fixture.run(
                    "curl", "-s", "-H", "Private-Token: glpat-owner",
                    scene.double.site + "/api/v4/projects/acme%2Fteam%2Fapi/pipelines/1500000101/jobs"
                ).output.firstMatch(of: /"id":(\d+)/)?.output.1)
            let traced = try await Self.glab(scene, "ci", "trace", String(job), "-R", PipelineScene.project)
            #expect(traced.output.contains("boom"), "\(traced)")
        }
    }

    @Test func pythonGitlabReadsMakesAndCancels() async throws {
        try await Self.pushed { scene in
            let python = try #require(Peer.gitLabPython.program, "run scripts/test-tools --gitlab")
            let script = try scene.fixture.write(
                """
                import gitlab, sys
                server = gitlab.Gitlab(sys.argv[1], private_token="glpat-owner")
                project = server.projects.get("acme/team/api")
                pipeline = project.pipelines.list(get_all=True)[0]
                while pipeline.status not in ("success", "failed"):
                    jobs = pipeline.jobs.list(get_all=True)
                    pipeline.refresh()
                assert pipeline.status == "failed", pipeline.status
                assert sorted(job.status for job in jobs) == ["failed", "success"], jobs
                failed = project.jobs.get([job.id for job in jobs if job.status == "failed"][0])
                assert b"boom" in failed.trace()
                assert pipeline.bridges.list(get_all=True) == []
                made = project.pipelines.create({"ref": "main", "inputs": {"backend": "ko"}})
                assert made.source == "api", made.source
                made.cancel()
                made.refresh()
                assert made.status == "canceled", made.status
                try:
                    project.pipelines.create({"ref": "nowhere"})
                    raise SystemExit("a ref that is not there")
                except gitlab.exceptions.GitlabCreateError as error:
                    assert "Reference not found" in str(error), error

                """, to: "client.py")
            let ran = try await scene.fixture.run([python, script, scene.double.site])
            #expect(ran.status == 0, "\(ran)")
        }
    }
}
