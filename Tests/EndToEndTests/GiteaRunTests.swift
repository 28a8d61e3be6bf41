import HephyTestSupport
import Testing

/// What a push to Gitea or Forgejo says and how it ends, by the fate of its run and the server's version.
@Suite(.timeLimit(.minutes(1)))
struct GiteaRunTests {
    typealias Plan = GiteaScenario.Plan
    typealias Server = GiteaScenario.Server

    /// Those that tell of their runs.
    static let telling = [
        Server(.gitea, "1.25.5"), .gitea, Server(.forgejo, "12.0.1"), Server(.forgejo, "15.0.3"), .forgejo,
    ]
    /// Those that have logs as well.
    static let logging = [Server(.gitea, "1.25.5"), .gitea, .forgejo]

    @Test(arguments: telling)
    func aGreenRunIsFollowedToItsEnd(server: Server) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.threeJobs]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.git.status == 0)
            #expect(pushed.text.contains(" * [new branch]      main -> main\n"))
            #expect(pushed.text.contains("-----> ko for linux/amd64, linux/arm64   (go.mod; one main package: "))
            let run = try #require(try scene.runs.first)
            #expect(
                pushed.text.contains("-----> hephy.yml #1 for \(scene.tip.prefix(7))   \(scene.page(run))\n"),
                "\(pushed.text)")
            for job in ["plan", "build", "deploy"] { #expect(pushed.text.contains("\n-----> \(job)")) }
            #expect(pushed.text.contains("-----> Done in "))
            #expect(try scene.runs.map(\.event) == ["push"])
            #expect(try scene.requests("POST").isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    /// `ROOT_URL` of a server behind a proxy is easily left at what it was when the server was set up.
    @Test(arguments: [Server.gitea, .forgejo], [nil, "/git"])
    func pagesAreOnTheHostThatWasAskedWhateverTheServerTakesItselfFor(server: Server, prefix: String?) async throws {
        try await GiteaScene.play(
            server, plans: [RunPlans.threeJobs],
            change: { scenario in
                scenario.server.prefix = prefix
                scenario.server.rootUrl = "http://gitea.internal:3000"
                // Further pages are named by it as well.
                scenario.server.pageSize = 2
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let run = try #require(try scene.runs.first)
            #expect(
                pushed.text.contains("-----> hephy.yml #1 for \(scene.tip.prefix(7))   \(scene.page(run))\n"),
                "\(pushed.text)")
            for job in ["plan", "build", "deploy"] {
                #expect(pushed.text.contains("\n-----> \(job)"), "\(pushed.text)")
            }
            #expect(!pushed.text.contains("gitea.internal"), "\(pushed.text)")
        }
    }

    @Test(arguments: logging)
    func aRedRunShowsItsLog(server: Server) async throws {
        try await GiteaScene.play(server, plans: [RunPlans.red]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("main.c:3: expected ';'"))
            #expect(pushed.text.contains("-----> Failed after "))
            #expect(pushed.text.contains(": build   \(scene.double.origin)/acme/api/actions/runs/"))
            #expect(!pushed.text.contains("gh run view"))
            #expect(try await scene.hasLanded())
        }
    }

    @Test func theStepThatFailedIsNamedWhereTheServerTellsSteps() async throws {
        for (server, isTold) in [(Server.gitea, true), (Server(.gitea, "1.25.5"), false), (.forgejo, false)] {
            try await GiteaScene.play(server, plans: [RunPlans.red]) { scene in
                let pushed = try await scene.push()
                #expect(pushed.text.contains("failed in step 'Build it'") == isTold, "\(server): \(pushed.text)")
                #expect(!pushed.text.contains("failed in step 'Run actions/checkout@v4'"))
            }
        }
    }

    @Test(arguments: ["12.0.1", "15.0.3"])
    func aServerWithoutLogsIsFollowedByItsStatesAloneAndSaysSoOnce(version: String) async throws {
        try await GiteaScene.play(Server(.forgejo, version), plans: [RunPlans.red]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            let note = "Forgejo \(version) has no API for logs: they are on the run's page"
            #expect(pushed.text.ranges(of: note).count == 1, "\(pushed.text)")
            let run = try #require(try scene.runs.first)
            #expect(pushed.text.contains("more: \(scene.page(run))\n"))
            #expect(!pushed.text.contains("log not available"))
            #expect(pushed.text.contains("-----> Failed after "))
            #expect(try scene.requests("GET", "/logs").isEmpty)
        }
    }

    /// What a finished run's push ends with.
    struct Fate: Sendable, CustomTestStringConvertible {
        var plan: Plan
        var status: Int32
        var says: String
        var testDescription: String { says }
    }

    @Test(
        arguments: telling,
        [
            Fate(plan: .over("cancelled"), status: 7, says: "-----> Cancelled after "),
            Fate(plan: .over("skipped"), status: 0, says: "-----> Done: the run was skipped, nothing ran"),
            Fate(
                plan: Plan(timeline: [.init("queued"), .init("failure")]), status: 1,
                says: "-----> Failed: a problem in the workflow file"),
        ])
    func theStatusIsThatOfTheRunsOwnEnd(server: Server, fate: Fate) async throws {
        try await GiteaScene.play(server, plans: [fate.plan]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == fate.status, "\(pushed.text)")
            #expect(pushed.text.contains(fate.says), "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test(arguments: [Server(.gitea, "1.23.8"), Server(.gitea, "1.24.7"), Server(.forgejo, "11.0.6")])
    func aServerThatTellsNoRunsIsNotFollowed(server: Server) async throws {
        try await GiteaScene.play(server) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let name = "\(server.product == .gitea ? "Gitea" : "Forgejo") \(server.version)"
            #expect(pushed.text.contains("hephy: nothing to follow: "), "\(pushed.text)")
            #expect(pushed.text.contains(" runs \(name), whose API has no way to list runs\n"), "\(pushed.text)")
            #expect(pushed.text.contains("\(scene.double.origin)/acme/api/actions\n"))
            #expect(try await scene.hasLanded())
            let watched = try await scene.hephy("watch", scene.tip)
            #expect(watched.status == 5, "\(watched.errors)")
        }
    }

    @Test(arguments: telling)
    func everyWorkflowThatThePushStartsIsFollowed(server: Server) async throws {
        let folder = GiteaScene.folder(server.product)
        let files: [String: TreeEntry] = [
            "\(folder)/one.yml": .text(RunFiles.other("One")), "\(folder)/two.yml": .text(RunFiles.other("Two")),
            ".github/workflows/three.yml": .text(RunFiles.other("Three")),
        ]
        try await GiteaScene.play(
            server, files, change: { $0.workflows["two.yml"] = [.over("failure", job: .init("test"))] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("-----> one.yml #1 for "))
            #expect(pushed.text.contains("-----> two.yml #2 for "))
            #expect(!pushed.text.contains("three.yml"))
            #expect(try scene.runs.count == 2)
        }
    }

    @Test(arguments: telling)
    func aPushThatStartsNothingIsNotWaitedFor(server: Server) async throws {
        try await GiteaScene.play(server, ["README": "nothing to build\n"]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("nothing to follow"))
            #expect(try scene.runs.isEmpty)
        }
    }

    @Test(arguments: telling)
    func aRunThatNeverAppearsEndsWithSix(server: Server) async throws {
        try await GiteaScene.play(server, plans: [Plan(never: true)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 6, "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }
}
