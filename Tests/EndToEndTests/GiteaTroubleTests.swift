import HephyTestSupport
import Testing

/// A Gitea or Forgejo that refuses, stutters or lies; started runs, and coming back to them.
@Suite(.timeLimit(.minutes(1)))
struct GiteaTroubleTests {
    typealias Plan = GiteaScenario.Plan
    typealias Server = GiteaScenario.Server
    typealias Fault = GiteaScenario.Fault

    private static let telling = GiteaRunTests.telling

    // MARK: - Started runs

    @Test(arguments: telling)
    func anOverrideStartsARunAndFollowsThatOne(server: Server) async throws {
        let files = RunFiles.go.merging([
            "\(GiteaScene.folder(server.product))/hephy.yml": .text(RunFiles.ours(on: ""))
        ]) { $1 }
        try await GiteaScene.play(server, files, plans: [RunPlans.threeJobs], before: files) { scene in
            let pushed = try await scene.push(options: ["backend=ko", "trigger=dispatch"], ["hephy", "main:main"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
            let dispatch = try #require(try scene.requests("POST", "/dispatches").first)
            #expect(dispatch.inputs?["backend"] == "ko")
            #expect(dispatch.inputs?["sha"] == scene.tip)
            #expect(try scene.requests("POST").count == 1)
            #expect(try scene.runs.map(\.event) == ["workflow_dispatch"])
        }
    }

    @Test func aTokenThatMayOnlyReadStartsNothingAndTheScopeIsNamed() async throws {
        for server in [Server.gitea, .forgejo] {
            let files = RunFiles.go.merging([
                "\(GiteaScene.folder(server.product))/hephy.yml": .text(RunFiles.ours(on: ""))
            ]) { $1 }
            try await GiteaScene.play(
                server, files,
                change: {
                    $0.tokens = ["reader": .init("gta_reader", scopes: ["read:repository"])]
                    $0.git = .init(auth: GiteaScenario.Git.Auth.none)
                    $0.expectedRefusals = ["insufficient-scope", .init("insufficient-permission", optional: true)]
                }
            ) { scene in
                let pushed = try await scene.push(options: ["trigger=dispatch"], token: "gta_reader")
                #expect(try await scene.hasLanded(), "\(pushed.text)")
                #expect(pushed.status == 4, "\(pushed.text)")
                #expect(pushed.text.contains("it needs the scope 'write:repository'"), "\(pushed.text)")
            }
        }
    }

    // MARK: - Tokens

    @Test(arguments: telling)
    func aWrongTokenIsSaidAndThePushStands(server: Server) async throws {
        try await GiteaScene.play(
            server,
            change: {
                $0.git = .init(auth: GiteaScenario.Git.Auth.none)
                $0.expectedRefusals = ["bad-credentials"]
            }
        ) { scene in
            let pushed = try await scene.push(token: "gta_other")
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains(" does not take the token: "), "\(pushed.text)")
            #expect(pushed.text.contains("_TOKEN with "), "\(pushed.text)")
            #expect(!pushed.text.contains("gta_other"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test(arguments: [Server.gitea, .forgejo])
    func aServerThatWantsASignInIsFollowedWithATokenAndNotWithout(server: Server) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.threeJobs], change: { $0.server.signInRequired = true }) {
            let pushed = try await $0.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let watched = try await $0.hephy("watch", token: nil)
            #expect(watched.status == 4, "\(watched.errors)")
            #expect(watched.errors.contains(" shows nothing without a token\n"), "\(watched.errors)")
        }
    }

    @Test(arguments: telling)
    func aPublicRepositoryIsFollowedWithoutAToken(server: Server) async throws {
        try await GiteaScene.play(
            server, plans: [RunPlans.threeJobs],
            change: {
                $0.git = .init(auth: GiteaScenario.Git.Auth.none)
                $0.repositories["acme/api"]?.private = false
            }
        ) { scene in
            let pushed = try await scene.push(token: nil)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(!pushed.text.contains("once a minute"))
            #expect(try scene.requests().allSatisfy { $0.token == nil })
        }
    }

    @Test func aTokenOfTheEnvironmentGoesToTheServerThatIsNamed() async throws {
        try await GiteaScene.play(.forgejo, plans: [RunPlans.threeJobs]) { scene in
            let variables = ["FORGEJO_TOKEN": "gta_owner", "FORGEJO_URL": scene.double.origin]
            #expect(try await scene.push().status == 0)
            let watched = try await scene.fixture.run(
                ["\(GitFixture.builtPrograms)/hephy", "watch"], in: scene.work.path,
                environment: scene.environment(nil).merging(variables.mapValues { $0 }) { $1 })
            #expect(watched.status == 0, "\(watched.errors)")
        }
    }

    // MARK: - A server in trouble

    struct Trouble: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fault: Fault
    }

    @Test(
        arguments: [Server.gitea, .forgejo],
        [
            Trouble(
                testDescription: "502 while looking for the run",
                fault: Fault(.status, path: "*/actions/runs", nth: 2, count: 3, status: 502)),
            Trouble(
                testDescription: "502 while following",
                fault: Fault(.status, path: "*/jobs", nth: 2, count: 3, status: 502)),
            Trouble(testDescription: "resets", fault: Fault(.reset, path: "*/jobs", nth: 2, count: 2)),
            Trouble(
                testDescription: "truncated answers",
                fault: Fault(.cut, path: "*/jobs", nth: 2, count: 2, afterBytes: 20)),
            Trouble(testDescription: "malformed JSON", fault: Fault(.malformedJSON, path: "*/jobs", nth: 2, count: 2)),
            Trouble(testDescription: "a proxy's page", fault: Fault(.html200, path: "*/jobs", nth: 2, count: 4)),
            Trouble(
                testDescription: "429", fault: Fault(.status, path: "*/jobs", nth: 2, count: 1, status: 429, body: "")),
        ])
    func aServerInTroubleIsAskedAgain(server: Server, trouble: Trouble) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.threeJobs], change: { $0.faults = [trouble.fault] }) {
            scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test(arguments: [Server.gitea, .forgejo])
    func aServerThatGoesAwayForGoodLeavesTheVerdictUnknown(server: Server) async throws {
        try await GiteaScene.play(
            server, plans: [RunPlans.threeJobs], change: { $0.faults = [Fault(.gone, path: "*/jobs", nth: 3)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 5, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Lost sight of the run, its verdict is unknown: "))
            #expect(try await scene.hasLanded())
        }
    }

    // MARK: - Coming back

    private static let endless = Plan(
        jobs: [.init("build", steps: RunPlans.steps)],
        timeline: [.init("in_progress", jobs: ["build": "in_progress:2"], times: 100_000)])

    @Test(arguments: telling)
    func aRunIsStoppedWhereTheServerCanAndElsewhereItsPageIsNamed(server: Server) async throws {
        try await GiteaScene.play(server, plans: [Self.endless]) { scene in
            let pushed = try await scene.push(options: ["timeout=20s"])
            #expect(pushed.status == 9, "\(pushed.text)")
            let cancelled = try await scene.hephy("cancel")
            if server.description == Server.gitea.description {
                #expect(cancelled.status == 0, "\(cancelled.errors)")
                let watched = try await scene.watchAtOnce()
                #expect(watched.status == 7, "\(watched.errors)")
                #expect(watched.errors.contains("-----> Cancelled after "), "\(watched.errors)")
            } else {
                #expect(cancelled.status != 0)
                #expect(cancelled.errors.contains("whose API has no way to cancel the run\n"), "\(cancelled.errors)")
                #expect(cancelled.errors.contains("/acme/api/actions/runs/"), "\(cancelled.errors)")
            }
        }
    }

    @Test(arguments: telling)
    func aFinishedRunIsToldAgain(server: Server) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.red]) { scene in
            #expect(try await scene.push().status == 1)
            for arguments in [[], ["HEAD"], [String(scene.tip.prefix(10))]] {
                let watched = try await scene.fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy-virtual-helper", "watch"] + arguments, in: scene.work.path,
                    environment: scene.environment("gta_owner"))
                #expect(watched.status == 1, "\(watched.errors)")
                #expect(watched.errors.contains("-----> hephy.yml #1 for \(scene.tip.prefix(7))"))
            }
        }
    }

    @Test(.enabled(if: Processes.areKnown), arguments: [Server.gitea, .forgejo])
    func ctrlCDetachesAndTheRunIsFoundAgain(server: Server) async throws {
        try await GiteaScene.play(server, plans: [Self.endless]) { scene in
            let screen = try await Terminal.run(
                ["git", "push", "hephy", "main"], in: scene.work.path, keys: [.interrupt(after: "hephy.yml #1 for ")],
                environment: scene.environment("gta_owner"), fixture: scene.fixture)
            #expect(screen.status == 130, "\(screen.text)")
            #expect(
                screen.text.contains("hephy: detached; the run goes on: 'hephy watch' comes back to it"),
                "\(screen.text)")
            #expect(try scene.requests("POST").isEmpty)
            let watch = try await Terminal.run(
                ["hephy", "watch"], in: scene.work.path, keys: [.interrupt(after: "hephy.yml #1 for ")],
                environment: scene.environment("gta_owner"), fixture: scene.fixture)
            #expect(watch.status == 130, "\(watch.text)")
        }
    }
}
