import HephyTestSupport
import Testing

/// Corners: several refs with one bad configuration, clocks, tags, concurrency groups, many and oddly named jobs.
@Suite(.timeLimit(.minutes(1)))
struct RunEdgeTests {
    typealias Job = GitHubScenario.Job
    typealias State = GitHubScenario.State

    private static let dispatched = RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 }

    @Test(arguments: [false, true])
    func besideARefusedRefTheOthersGoAsAtomicDemands(_ isAtomic: Bool) async throws {
        let files = RunFiles.go.merging(
            RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "push: { branches: ['**'] }")])
        ) { $1 }
        try await RunScene.play(files, plans: [.over("success")]) { scene in
            try await scene.work.commit([
                TestCommit([".hephy/build-config.yaml": "build_backend: 7\n"], on: "bad", base: scene.tip)
            ])
            let flags = isAtomic ? ["--atomic"] : []
            let pushed = try await scene.push(flags + ["hephy", "main", "bad"])
            #expect(pushed.git.status == 1)
            #expect(pushed.status == 3, "\(pushed.text)")
            #expect(pushed.text.contains("! [remote rejected] bad -> bad (.hephy/build-config.yaml:1:16: "))
            #expect(try await scene.hasLanded() == !isAtomic)
            #expect(pushed.text.contains("-----> Done in ") == !isAtomic, "\(pushed.text)")
            if isAtomic { #expect(pushed.text.contains("main -> main (atomic push failed)"), "\(pushed.text)") }
        }
    }

    @Test(arguments: [-7200, 7200])
    func aServersWrongClockDoesNotHideADispatchedRun(_ offset: Int) async throws {
        try await RunScene.play(
            Self.dispatched, plans: [.over("success")],
            change: { $0.server = .init(version: "3.19.0", clockOffset: offset) }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.map(\.status) == [204])
        }
    }

    @Test(arguments: ["3.19.0", "3.21.0"])
    func aTagIsDispatchedByItsNameForItsCommit(_ version: String) async throws {
        try await RunScene.play(
            Self.dispatched, plans: [.over("success")], change: { $0.server = .init(version: version) }
        ) { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            try await scene.work.git("tag", "-m", "release", "v1.0", scene.tip).check()
            let pushed = try await scene.push(["hephy", "v1.0"])
            #expect(pushed.status == 0, "\(pushed.text)")
            let dispatch = try #require(try scene.dispatches.first)
            #expect(dispatch.ref == "v1.0")
            #expect(dispatch.inputs?["sha"] == scene.tip)
            #expect(!pushed.text.contains("warning"), "\(pushed.text)")
        }
    }

    @Test func deployFalseIsAnOverrideAndAnInput() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            let pushed = try await scene.push(options: ["deploy=false"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.first?.inputs?["deploy"] == "false")
        }
    }

    @Test func aRunBehindAnotherOfItsGroupSaysBehindWhich() async throws {
        let workflow = RunFiles.other("CI") + "concurrency: deploy\n"
        let plan = GitHubScenario.Plan(
            jobs: [Job("test", steps: RunPlans.steps)],
            timeline: [State("in_progress", jobs: ["test": "in_progress:2"], times: 1000), State("success")])
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": workflow]), change: { $0.workflows["ci.yml"] = [plan] }
        ) { scene in
            #expect(try await scene.push(options: ["timeout=5s"]).status == 9)
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            let second = try await scene.push(options: ["timeout=5m"])
            #expect(second.status == 9, "\(second.text)")
            let first = "\(scene.double.origin)/acme/api/actions/runs/\(try #require(try scene.runs.first?.run))"
            #expect(second.text.contains("waiting for #1   \(first)\n"), "\(second.text)")
        }
    }

    @Test func aRunOfManyJobsIsSeenWhole() async throws {
        let names = (1...130).map { "test (\($0))" }
        let ends = Dictionary(uniqueKeysWithValues: names.map { ($0, "success") })
        let plan = GitHubScenario.Plan(
            jobs: names.map { Job($0, steps: ["Set up job", "Do it", "Complete job"]) },
            timeline: [State("success", jobs: ends)])
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]), change: { $0.workflows["ci.yml"] = [plan] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let lines = pushed.text.split(separator: "\n")
            for name in names { #expect(lines.count { $0.hasPrefix("-----> \(name)  ") } == 1, "\(name)") }
        }
    }

    @Test func namesFromTheForgeCannotTouchTheTerminalOrForgeALine() async throws {
        let name = "b\u{1b}[2J\u{1b}]0;x\u{7}\n-----> Done in 1s\u{202e}"
        let step = "s\r-----> forged\u{9b}2J"
        let plan = GitHubScenario.Plan(
            jobs: [
                Job(
                    name, steps: ["Set up job", step, "Complete job"], conclusion: "failure", failStep: 2,
                    annotations: [
                        .init(path: "a\u{1b}c", line: 1, level: "failure", message: "m\n-----> forged\u{1b}[2J")
                    ])
            ],
            timeline: [
                State("in_progress", jobs: [name: "in_progress:2"], times: 3),
                State("failure", jobs: [name: "failure:2"]),
            ])
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]), change: { $0.workflows["ci.yml"] = [plan] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(!pushed.text.unicodeScalars.contains { [0x1b, 0x9b, 0x07, 0x202e].contains($0.value) })
            let lines = pushed.text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" })
            #expect(!lines.contains { $0.hasPrefix("-----> Done") || $0.hasPrefix("-----> forged") }, "\(pushed.text)")
        }
    }
}
