import HephyTestSupport
import Testing

/// Runs that hephy itself starts.
@Suite(.timeLimit(.minutes(1)))
struct RunDispatchTests {
    /// A workflow that a push of `main` does not start.
    private static func dispatched(
        inputs: [String] = ["backend", "platforms", "deploy", "sha", "hephy_id"],
        runName: String? = "hephy ${{ inputs.hephy_id || github.sha }}"
    ) -> [String: TreeEntry] {
        RunFiles.go.merging([
            ".github/workflows/hephy.yml": .text(RunFiles.ours(on: "", inputs: inputs, runName: runName))
        ]) { $1 }
    }

    @Test func aWorkflowThatThePushDoesNotStartIsDispatchedWithThePlan() async throws {
        try await RunScene.play(Self.dispatched(), plans: [.over("success")], time: .real) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let dispatch = try #require(try scene.dispatches.first)
            #expect(try scene.dispatches.count == 1)
            #expect(dispatch.status == 200)
            #expect(dispatch.apiVersion == "2026-03-10")
            #expect(dispatch.ref == "main")
            let inputs = try #require(dispatch.inputs)
            #expect(inputs["backend"] == "ko")
            #expect(inputs["platforms"] == "linux/amd64,linux/arm64")
            #expect(inputs["sha"] == scene.tip)
            #expect(inputs["deploy"] == nil)
            #expect((inputs["hephy_id"] ?? "").count >= 16)
            #expect(pushed.text.contains("-----> ko for linux/amd64, linux/arm64   (go.mod; "))
            #expect(pushed.text.contains("/actions/runs/\(try #require(dispatch.run))\n"))
            #expect(try scene.requests("GET", "/runs").filter { $0.query?["event"] == "workflow_dispatch" }.isEmpty)
        }
    }

    @Test(arguments: ["3.19.0", "3.20.4"])
    func onAnOlderServerTheRunIsFoundByItsNonce(_ version: String) async throws {
        try await RunScene.play(
            Self.dispatched(), plans: [GitHubScenario.Plan(appearAfterPolls: 2)],
            change: { $0.server = .init(version: version) }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let dispatch = try #require(try scene.dispatches.last)
            #expect(try scene.dispatches.count == 1)
            #expect(dispatch.status == 204)
            #expect(dispatch.apiVersion == "2022-11-28")
            #expect(pushed.text.contains("-----> Hephy Build #1 for "))
        }
    }

    @Test func aServerThatHidesItsVersionRefusesTheNewOneOnce() async throws {
        try await RunScene.play(
            Self.dispatched(), plans: [.over("success")],
            change: { scenario in
                scenario.server = .init(version: "3.19.0")
                scenario.faults = [
                    .init(.status, path: "/api/v3/meta", nth: 1, status: 404, body: "{\"message\":\"Not Found\"}")
                ]
                scenario.expectedRefusals = [.init("unsupported-api-version", count: 1)]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.map(\.status) == [204])
        }
    }

    @Test(arguments: ["option", "environment"])
    func anOverrideAlwaysDispatchesWithItsBackend(_ way: String) async throws {
        try await RunScene.play(plans: [GitHubScenario.Plan.over("success")]) { scene in
            let pushed =
                way == "option"
                ? try await scene.push(options: ["backend=kaniko", "platforms=linux/arm64"])
                : try await scene.push(environment: ["HEPHY_BACKEND": "kaniko", "HEPHY_PLATFORMS": "linux/arm64"])
            #expect(pushed.status == 0, "\(pushed.text)")
            let dispatch = try #require(try scene.dispatches.first)
            #expect(dispatch.inputs?["backend"] == "kaniko")
            #expect(dispatch.inputs?["platforms"] == "linux/arm64")
            #expect(pushed.text.contains("-----> kaniko for linux/arm64   (kaniko was chosen by "))
            // The push starts its own run of the file; the override's is the one that counts.
            #expect(try scene.runs.map(\.event) == ["push", "workflow_dispatch"])
            #expect(pushed.text.contains("-----> Hephy Build #2 for "))
            #expect(!pushed.text.contains("Hephy Build #1"))
        }
    }

    @Test func inputsThatTheFileDoesNotDeclareAreKeptBackAndNamed() async throws {
        try await RunScene.play(
            Self.dispatched(inputs: ["sha"], runName: nil), plans: [.over("success")]
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.first?.inputs == ["sha": scene.tip])
            #expect(
                pushed.text.contains(
                    "hephy: 'hephy.yml' takes no input 'backend', 'platforms'; it decides itself\n"), "\(pushed.text)")
        }
    }

    @Test func aDispatchBeforeTheFileIsOnTheDefaultBranchSaysSo() async throws {
        try await RunScene.play(
            Self.dispatched(), before: ["README": "hello\n"],
            change: { $0.expectedRefusals = [.init("no-such-workflow", count: 1)] }
        ) { scene in
            let pushed = try await scene.push(["hephy", "main:refs/heads/feature"])
            #expect(pushed.status == 3, "\(pushed.text)")
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("main -> feature"))
            #expect(pushed.text.contains("hephy: \(scene.host) has no workflow 'hephy.yml' to start, "))
            #expect(pushed.text.contains("hint: a workflow can be started once its file is on the default branch"))
            #expect(try await scene.hasLanded("feature"))
        }
    }

    @Test func aRunThatTheForgeTellsLateIsWaitedFor() async throws {
        try await RunScene.play(
            Self.dispatched(), plans: [GitHubScenario.Plan(visibleAfterGets: 2)]
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
        }
    }

    @Test func whenNobodySaysWhetherTheDispatchArrivedItIsNotSentAgain() async throws {
        try await RunScene.play(
            Self.dispatched(), plans: [.over("success")],
            change: { $0.faults = [.init(.cut, path: "*/dispatches", method: "POST", afterBytes: 5)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(try scene.dispatches.count == 1)
            #expect(pushed.text.contains("did not say whether the run was started; looking for it"), "\(pushed.text)")
            #expect(pushed.status == 0)
            #expect(try scene.runs.count == 1)
        }
    }

    @Test func aDispatchThatNeverArrivedIsLookedForAndNotSentAgain() async throws {
        try await RunScene.play(
            Self.dispatched(),
            change: { $0.faults = [.init(.status, path: "*/dispatches", method: "POST", status: 502)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 5, "\(pushed.text)")
            #expect(try scene.dispatches.count == 1)
            #expect(try scene.runs.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func withoutABackendNothingIsDispatchedAndThePushStands() async throws {
        let files = RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])
        try await RunScene.play(files.merging(["README": "hello\n"]) { $1 }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 3, "\(pushed.text)")
            #expect(pushed.git.status == 1)
            #expect(pushed.text.contains("hephy: no build backend recognised in \(scene.tip.prefix(7)): "))
            #expect(pushed.text.contains("hephy: hint: add one of Dockerfile, go.mod, spin.toml"))
            #expect(try scene.dispatches.isEmpty)
            #expect(try await scene.hasLanded())
        }
    }

    @Test func theConfigurationOfThePushedCommitDecides() async throws {
        var files = Self.dispatched()
        files[".hephy/build-config.yaml"] = """
            build_backend: buildkit
            platforms: [linux/arm64, wasi/wasm]

            """
        files["Dockerfile"] = "FROM scratch\nCOPY . /\n"
        try await RunScene.play(files, plans: [.over("success")]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let inputs = try scene.dispatches.first?.inputs
            #expect(inputs?["backend"] == "buildkit")
            #expect(inputs?["platforms"] == "linux/arm64")
            #expect(pushed.text.contains("wasi/wasm is skipped: "), "\(pushed.text)")
        }
    }

    @Test func anInvalidConfigurationRefusesTheRefBeforeAnythingIsSent() async throws {
        var files = Self.dispatched()
        files[".hephy/build-config.yaml"] = "build_backend: ko\nplatfroms: [linux/amd64]\n"
        try await RunScene.play(files) { scene in
            let pushed = try await scene.push()
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 3, "\(pushed.text)")
            #expect(
                pushed.text.contains("! [remote rejected] main -> main (.hephy/build-config.yaml:2:1: "),
                "\(pushed.text)")
            #expect(pushed.text.contains("platforms"))
            #expect(try await !scene.hasLanded())
            #expect(try scene.double.journal().filter { $0.refs != nil }.isEmpty)
            let anyway = try await scene.push(options: ["trigger=none"])
            #expect(anyway.status == 0, "\(anyway.text)")
            #expect(try await scene.hasLanded())
        }
    }
}
