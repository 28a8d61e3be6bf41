import HephyTestSupport
import Testing

/// What settings, the place a push comes from, and the kind of server change about a run.
@Suite(.timeLimit(.minutes(1)))
struct RunSettingsTests {
    typealias Token = GitHubScenario.Token

    @Test func triggerNoneStartsAndAsksNothing() async throws {
        try await RunScene.play { scene in
            let pushed = try await scene.push(options: ["trigger=none"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.apiRequests.map(\.path) == [])
            #expect(try await scene.hasLanded())
        }
    }

    @Test func triggerAttachFollowsThePushsRunWhateverIsOverridden() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            let pushed = try await scene.push(options: ["trigger=attach"], environment: ["HEPHY_BACKEND": "kaniko"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.isEmpty)
            #expect(pushed.text.contains("-----> Hephy Build #1 for "))
        }
    }

    @Test func triggerDispatchStartsARunThoughThePushDoes() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            try await scene.work.git("config", "hephy.trigger", "dispatch").check()
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.map(\.status) == [200])
            #expect(try scene.dispatches.first?.inputs?["backend"] == "ko")
        }
    }

    @Test func triggerDispatchWithoutAWorkflowOfHephysSaysWhatIsMissing() async throws {
        try await RunScene.play(RunFiles.workflows(["ci.yml": RunFiles.other("CI")])) { scene in
            let pushed = try await scene.push(options: ["trigger=dispatch"])
            #expect(pushed.status == 3, "\(pushed.text)")
            #expect(pushed.text.contains("has no workflow of hephy's to start"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func anInvalidConfigurationIsAWarningWhereNoRunOfHephysFollows() async throws {
        var files = RunFiles.workflows(["ci.yml": RunFiles.other("CI")])
        files[".hephy/build-config.yaml"] = "build_backend: docker\n"
        try await RunScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains(".hephy/build-config.yaml:1:16: "))
            #expect(pushed.text.contains("-----> CI #1 for "))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func ourTokenIsMaskedInLogsAndColoursStayOffPipes() async throws {
        let lines = RunPlans.log(["token gho_owner here", "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} end"])
        let plan = GitHubScenario.Plan.over(
            "success", job: .init("build", steps: RunPlans.steps, log: .init(lines: lines)))
        try await RunScene.play(plans: [plan]) { scene in
            let pushed = try await scene.push(options: ["logs=all"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(!pushed.text.contains("gho_owner"))
            #expect(pushed.text.contains("token *** here\n"), "\(pushed.text)")
            #expect(!pushed.text.contains("\u{1b}"))
            #expect(pushed.text.contains("red  end") || pushed.text.contains("red end"), "\(pushed.text)")
        }
    }

    @Test func aBareRepositoryAndALinkedWorkTreePushTheSameWay() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            let fixture = scene.fixture
            let url = scene.double.hephyURL("acme/api")
            try await fixture.run("git", "clone", "--quiet", "--bare", "work", "mirror.git").check()
            try await fixture.run("git", "remote", "add", "hephy", url, in: "mirror.git").check()
            let bare = try await fixture.run(
                ["git", "push", "hephy", "main:refs/heads/main"], in: "mirror.git",
                environment: scene.environment("gho_owner"))
            #expect(bare.status == 0, "\(bare)")
            #expect(bare.errors.contains("-----> ko for "))
            #expect(try fixture.read("mirror.git/hephy/runs.jsonl").split(separator: "\n").count == 2)

            try await scene.work.git("worktree", "add", "--quiet", "-b", "side", "../linked", "main").check()
            let linked = try await fixture.run(
                ["git", "push", "-o", "hephy.trigger=dispatch", "hephy", "HEAD:refs/heads/side"], in: "linked",
                environment: scene.environment("gho_owner"))
            #expect(linked.status == 0, "\(linked)")
            #expect(linked.errors.contains("-----> ko for "))
            #expect(try fixture.read("work/.git/hephy/runs.jsonl").split(separator: "\n").count == 3)
        }
    }

    @Test func enterpriseServersAndCloudHostsAreAskedAtTheirOwnPlaces() async throws {
        try await RunScene.play(plans: [.over("success")], tls: true) { scene in
            for (host, variable, api) in [
                ("git.corp.example", "GH_ENTERPRISE_TOKEN", "git.corp.example"),
                ("acme.ghe.com", "GH_TOKEN", "api.acme.ghe.com"),
            ] {
                try await scene.work.git("remote", "set-url", "hephy", "hephy::\(host)/acme/api").check()
                try await scene.work.commit([TestCommit(["host": .text(host)])])
                let before = try scene.apiRequests.count
                let pushed = try await scene.push(environment: [variable: "gho_owner", "GH_HOST": host], proxied: true)
                #expect(pushed.status == 0, "\(host): \(pushed.text)")
                #expect(pushed.text.contains("   https://\(host)/acme/api/actions/runs/"), "\(pushed.text)")
                let asked = try scene.apiRequests.dropFirst(before)
                #expect(Set(asked.map(\.host)) == [api])
                #expect(asked.contains { $0.token == "owner" })
            }
        }
    }

    @Test func aHostThatIsNoForgeGetsThePushAndOneSentence() async throws {
        try await RunScene.play(
            plans: [.over("success")],
            change: {
                $0.git = .init(auth: GitHubScenario.Git.Auth.none)
                $0.faults = [.init(.status, path: "/api/v3/meta", nth: 1, count: 99, status: 404, body: "nothing")]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("main -> main"))
            #expect(
                pushed.text.contains("hephy: no forge that hephy knows answers at '\(scene.host)'"), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aHostThatIsNoForgeRunsNoneOfTheCommitsWorkflowsAndThePushSucceeds() async throws {
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]),
            change: {
                $0.git = .init(auth: GitHubScenario.Git.Auth.none)
                $0.faults = [.init(.status, path: "/api/v3/meta", nth: 1, count: 99, status: 404, body: "nothing")]
            }
        ) { scene in
            let quiet = try await scene.push(["-q", "hephy", "main:refs/heads/quiet"])
            #expect(quiet.git.status == 0, "\(quiet.text)")
            #expect(quiet.text.isEmpty, "\(quiet.text)")
            let pushed = try await scene.push()
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(
                pushed.text.contains(
                    "hephy: nothing to follow: no forge that hephy knows answers at '\(scene.host)'\nhephy: hint: "),
                "\(pushed.text)")
            #expect(try await scene.hasLanded())
            let asked = try await scene.push(options: ["trigger=attach"], ["hephy", "main:refs/heads/asked"])
            #expect(asked.git.status == 1, "\(asked.text)")
            #expect(asked.text.contains("hephy: no forge that hephy knows answers at '\(scene.host)'"))
        }
    }
}
