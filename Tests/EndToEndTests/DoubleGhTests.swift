import HephyTestSupport
import Testing

/// A client that nobody here wrote is content with the double.
///
/// `scripts/test-tools` gets it.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Peer.gh.isWanted, "no gh: see scripts/test-tools"))
struct DoubleGhTests {
    /// Runs `gh` against the double as it plays `github.localhost`, the one host that gh speaks to without TLS.
    static func gh(
        _ arguments: String..., fixture: GitFixture, _ double: GitHubDouble
    ) async throws -> GitFixture.Ran {
        let program = try #require(Peer.gh.program, "gh is not installed: run scripts/test-tools")
        return try await fixture.run(
            [program] + arguments,
            environment: [
                "GH_HOST": "github.localhost", "GH_REPO": "github.localhost/acme/api", "GH_TOKEN": "gho_owner",
                "GH_NO_UPDATE_NOTIFIER": "1", "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1",
                "http_proxy": double.proxy,
            ])
    }

    static func inScene(
        _ plan: GitHubScenario.Plan, _ body: (GitFixture, GitHubDouble, _ runID: String) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario([plan]), in: fixture) { double in
                let run = try await DoubleRunTests.push(scene, to: double)
                try await body(fixture, double, String(run.split(separator: "/").last ?? ""))
            }
        }
    }

    static let done = GitHubScenario.Plan(
        jobs: [.init("build / linux", steps: ["Set up job", "Run make", "Complete job"])],
        timeline: [.init("success", jobs: ["build / linux": "success"])])

    @Test func listingShowsTheRunOfThePush() async throws {
        try await Self.inScene(.green) { fixture, double, id in
            let listed = try await Self.gh("run", "list", fixture: fixture, double).check()
            let columns = listed.line.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(columns.count == 9)
            #expect(columns.contains("Hephy Build") && columns.contains(Substring(id)) && columns.first == "queued")
        }
    }

    @Test func viewingAFinishedRunPrintsItsLogByStep() async throws {
        try await Self.inScene(Self.done) { fixture, double, id in
            _ = try await double.curl("/repos/acme/api/actions/runs/\(id)/jobs")
            let log = try await Self.gh("run", "view", "--log", id, fixture: fixture, double).check()
            #expect(log.output.contains("build / linux\tRun make\t"))
            #expect(log.output.contains("output of Run make"))
            let view = try await Self.gh("run", "view", id, fixture: fixture, double).check()
            #expect(view.output.contains("✓ build / linux in 0s"))
        }
    }

    @Test func watchingARedRunFailsAndNamesTheStep() async throws {
        let red = GitHubScenario.Plan(
            jobs: [.init("build", steps: ["Set up job", "Run make", "Complete job"])],
            timeline: [
                .init("in_progress", jobs: ["build": "in_progress:2"]), .init("failure", jobs: ["build": "failure"]),
            ])
        try await Self.inScene(red) { fixture, double, id in
            let watched = try await Self.gh(
                "run", "watch", "--exit-status", "--interval", "1", id, fixture: fixture, double)
            #expect(watched.status == 1)
            #expect(watched.output.contains("X Run make"))
            #expect(watched.output.contains("X Process completed with exit code 1."))
        }
    }

    /// gh 2.87 and later ask for the run's details and print its address; older ones only say that it was created.
    @Test func startingAWorkflowMakesARunAndNewVersionsNameIt() async throws {
        try await Self.inScene(.green) { fixture, double, _ in
            let started = try await Self.gh(
                "workflow", "run", "hephy.yml", "--ref", "main", "-f", "hephy_id=n7", fixture: fixture, double
            ).check()
            let journal = try double.journal()
            let run = try #require(journal.last { $0.kind == "run" })
            #expect(run.event == "workflow_dispatch")
            #expect(run.title == "hephy n7")
            let dispatch = try #require(
                journal.last { $0.method == "POST" && $0.path?.hasSuffix("/dispatches") == true })
            if dispatch.status == 200 {
                #expect(started.output.contains("/acme/api/actions/runs/\(run.run ?? 0)"))
            } else {
                #expect(dispatch.status == 204)
            }
        }
    }

    @Test func theAPICommandReadsWhatHephyReads() async throws {
        try await Self.inScene(.green) { fixture, double, id in
            let told = try await Self.gh(
                "api", "-H", "X-GitHub-Api-Version: 2026-03-10", "repos/acme/api/actions/runs/\(id)", "--jq",
                ".head_branch + \" \" + .event", fixture: fixture, double
            ).check()
            #expect(told.line == "main push")
        }
    }
}
