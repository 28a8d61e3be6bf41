import HephyTestSupport
import Testing

/// Which token goes where, and what is done without a good one.
@Suite(.timeLimit(.minutes(1)))
struct RunCredentialTests {
    typealias Token = GitHubScenario.Token

    private static let dispatched = RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 }

    private static func isPublic(_ scenario: inout GitHubScenario) {
        for name in scenario.repositories.keys { scenario.repositories[name]?.private = false }
        scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
    }

    /// A server that takes the push from anybody and hides its runs.
    private static func isPrivate(_ scenario: inout GitHubScenario) {
        scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
    }

    @Test func withoutATokenAPublicRunIsFollowedOnceAMinute() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs],
            change: { scenario in
                Self.isPublic(&scenario)
                scenario.expectedRefusals = [.init("requires-authentication", path: "*/logs", count: 1)]
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: no token for \(scene.host): following what is public, once a minute"))
            #expect(pushed.text.contains("-----> Done in "))
            #expect(try scene.apiRequests.allSatisfy { $0.token == nil })
            #expect(try scene.apiRequests.count < 20)
        }
    }

    @Test func withoutATokenAPrivateRunCannotBeSeen() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs],
            change: { scenario in
                Self.isPrivate(&scenario)
                scenario.expectedRefusals = ["repository-hidden"]
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("it is not there, or the token may not see it"))
            #expect(pushed.text.contains("with GH_HOST=\(scene.host)\n"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func withoutATokenNothingIsDispatchedAndThePushStands() async throws {
        try await RunScene.play(
            Self.dispatched,
            change: { scenario in
                Self.isPublic(&scenario)
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("so 'hephy.yml' cannot be started; the push itself stands"))
            #expect(pushed.text.contains("it needs 'Actions: write'"))
            #expect(try scene.dispatches.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aTokenWithoutTheRightToReadRunsIsToldWhichOneItNeeds() async throws {
        try await RunScene.play(
            plans: [.over("success")],
            change: { scenario in
                let rights = ["metadata": "read", "contents": "write", "workflows": "write"]
                scenario.tokens = ["weak": Token("github_pat_weak", kind: .fineGrained, permissions: rights)]
                scenario.expectedRefusals = ["insufficient-permission"]
            }
        ) { scene in
            let pushed = try await scene.push(token: "github_pat_weak")
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: the token may not list runs on \(scene.host)"), "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: it needs "))
            #expect(!pushed.text.contains("github_pat_weak"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func aTokenThatMayOnlyReadCannotDispatch() async throws {
        try await RunScene.play(
            Self.dispatched,
            change: { scenario in
                let rights = ["metadata": "read", "contents": "write", "workflows": "write", "actions": "read"]
                scenario.tokens = ["reader": Token("github_pat_reader", kind: .fineGrained, permissions: rights)]
                scenario.expectedRefusals = [.init("insufficient-permission", path: "*/dispatches")]
            }
        ) { scene in
            let pushed = try await scene.push(token: "github_pat_reader")
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("may not start 'hephy.yml' on 'main'"))
            #expect(pushed.text.contains("hint: it needs "))
            #expect(pushed.text.contains("rite"))
        }
    }

    @Test func aTokenThatMayNotReadAnnotationsStillShowsTheLog() async throws {
        try await RunScene.play(
            plans: [RunPlans.red],
            change: { scenario in
                let rights = ["metadata": "read", "contents": "write", "workflows": "write", "actions": "write"]
                scenario.tokens = ["fine": Token("github_pat_fine", kind: .fineGrained, permissions: rights)]
            }
        ) { scene in
            let pushed = try await scene.push(token: "github_pat_fine")
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("main.c:3: expected ';'"))
            #expect(pushed.text.contains("(this token may not read annotations)"))
        }
    }

    @Test func singleSignOnNamesThePageThatAuthorisesTheToken() async throws {
        let page = "https://github.com/orgs/acme/sso?authorization_request=A1"
        try await RunScene.play(
            plans: [.over("success")], tls: true,
            change: { scenario in
                scenario.tokens = ["owner": Token("gho_owner", ssoUrl: page)]
                scenario.expectedRefusals = ["sso-required"]
            }
        ) { scene in
            try await scene.work.git("remote", "set-url", "hephy", "hephy::github.com/acme/api").check()
            let pushed = try await scene.push(proxied: true)
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: open \(page)\n"))
        }
    }

    @Test func singleSignOnThatIsWantedInTheMiddleEndsFollowing() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs], change: { $0.faults = [.init(.sso, path: "*/jobs", nth: 3)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("-----> No longer allowed to look at the run, which goes on"))
        }
    }

    @Test func theNextCredentialIsUsedWhereTheFirstMayNotAsk() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs],
            change: { scenario in
                scenario.tokens["weak"] = Token(
                    "github_pat_weak", kind: .fineGrained, permissions: ["metadata": "read", "contents": "write"])
                scenario.expectedRefusals = ["insufficient-permission"]
            }
        ) { scene in
            let environment = ["GH_HOST": scene.host, "GH_ENTERPRISE_TOKEN": "github_pat_weak"]
            let pushed = try await scene.push(environment: environment)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
            let watched = try await scene.hephy("watch", environment: environment)
            #expect(watched.status == 0, "\(watched)")
        }
    }

    @Test func aTokenThatMayOnlyReadLeavesStartingAndCancellingToTheNext() async throws {
        let plan = GitHubScenario.Plan(
            jobs: [.init("build", steps: RunPlans.steps)],
            timeline: [.init("in_progress", jobs: ["build": "in_progress:3"], times: 1000), .init("success")])
        try await RunScene.play(
            Self.dispatched, plans: [plan],
            change: { scenario in
                let rights = ["metadata": "read", "contents": "write", "actions": "read"]
                scenario.tokens["reader"] = Token("github_pat_reader", kind: .fineGrained, permissions: rights)
                scenario.expectedRefusals = [.init("insufficient-permission", count: 2)]
            }
        ) { scene in
            let environment = ["GH_HOST": scene.host, "GH_ENTERPRISE_TOKEN": "github_pat_reader"]
            let pushed = try await scene.push(options: ["timeout=5s"], environment: environment)
            #expect(pushed.status == 9, "\(pushed.text)")
            #expect(try scene.dispatches.map(\.status) == [403, 200])
            #expect(pushed.text.split(separator: "\n").count { $0.contains("-----> ko for ") } == 1, "\(pushed.text)")
            let cancelled = try await scene.hephy("cancel", environment: environment)
            #expect(cancelled.status == 0, "\(cancelled)")
            #expect(try scene.requests("POST", "/cancel").map(\.status) == [403, 202])
        }
    }

    @Test func anExpiredTokenLeavesTheRunToTheNext() async throws {
        try await RunScene.play(
            plans: [RunPlans.threeJobs], change: { $0.expectedRefusals = ["bad-credentials"] }
        ) { scene in
            let environment = ["GH_HOST": scene.host, "GH_ENTERPRISE_TOKEN": "ghp_expired"]
            let pushed = try await scene.push(environment: environment)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(!pushed.text.contains("ghp_expired"))
        }
    }

    @Test func workflowFilesThatTheTokenMayNotChangeAreRefusedWithTheMend() async throws {
        try await RunScene.play(
            change: { $0.tokens = ["owner": Token("gho_owner", scopes: ["repo"])] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("! [remote rejected] main -> main (refusing to allow an OAuth App"))
            #expect(
                pushed.text.contains(
                    "hephy: hint: the token may push, but not change workflow files: "
                        + "gh auth refresh -h 127.0.0.1 -s workflow\n"), "\(pushed.text)")
            #expect(!pushed.text.contains("----->"))
            #expect(try scene.runs.isEmpty)
        }
    }

    @Test func anEnterpriseTokenWithoutItsHostIsNeverSent() async throws {
        try await RunScene.play(
            plans: [.over("success")],
            change: { scenario in
                Self.isPublic(&scenario)
                scenario.tokens["enterprise"] = Token("ghp_enterprise")
                scenario.expectedRefusals = [.init("requires-authentication", path: "*/logs", count: 1)]
            }
        ) { scene in
            let tokens = [
                "GH_ENTERPRISE_TOKEN": "ghp_enterprise", "GITHUB_ENTERPRISE_TOKEN": "ghp_enterprise",
                "GH_TOKEN": "ghp_enterprise", "GITHUB_TOKEN": "ghp_enterprise",
            ]
            let without = try await scene.push(token: nil, environment: tokens)
            #expect(without.status == 0, "\(without.text)")
            #expect(try scene.double.journal().allSatisfy { $0.token == nil })
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            let with = try await scene.push(token: nil, environment: tokens.merging(["GH_HOST": scene.host]) { $1 })
            #expect(with.status == 0, "\(with.text)")
            #expect(try scene.apiRequests.contains { $0.token == "enterprise" })
        }
    }

    @Test func aRepositoryOnGitHubItselfIsReachedByItsBareName() async throws {
        try await RunScene.play(
            plans: [.over("success")], time: .real, tls: true,
            change: { $0.tokens["git"] = Token("gho_git") }
        ) { scene in
            try await scene.work.git("remote", "set-url", "hephy", "hephy::github.com/acme/api").check()
            let pushed = try await scene.push(
                token: "gho_git",
                environment: ["GH_TOKEN": "gho_owner", "GH_ENTERPRISE_TOKEN": "ghp_enterprise"], proxied: true)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("To hephy::github.com/acme/api\n"))
            let run = "https://github.com/acme/api/actions/runs/"
            #expect(pushed.text.contains("-----> Hephy Build #1 for \(scene.tip.prefix(7))   \(run)"))
            #expect(try scene.apiRequests.allSatisfy { $0.token == "owner" && $0.host == "api.github.com" })
            #expect(try !scene.apiRequests.contains { $0.path == "/meta" })
        }
    }
}
