import HephyTestSupport
import Testing

/// Logs of jobs: which are shown, how they are fetched, and what of them reaches the screen.
@Suite(.timeLimit(.minutes(1)))
struct RunLogTests {
    typealias Job = GitHubScenario.Job
    typealias Log = GitHubScenario.Log

    private static func build(_ log: Log? = nil, conclusion: String = "success") -> GitHubScenario.Plan {
        .over(
            conclusion,
            job: Job("build", steps: RunPlans.steps, failStep: conclusion == "failure" ? 3 : nil, log: log))
    }

    @Test func byItselfTheBuildStepsOfAWorkflowOfHephysAreShown() async throws {
        try await RunScene.play(plans: [RunPlans.threeJobs]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("output of Build it\n"))
            #expect(pushed.text.contains("output of Roll out\n"))
            #expect(!pushed.text.contains("output of Decide"))
            #expect(!pushed.text.contains("output of Set up job"))
            #expect(!pushed.text.contains("output of Run actions/checkout"))
        }
    }

    @Test func ofOtherWorkflowsOnlyTheStepsAreNamed() async throws {
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]),
            change: {
                $0.workflows["ci.yml"] = [.init(jobs: [Job("test", steps: ["Set up job", "Do it", "Complete job"])])]
            }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("Do it"))
            #expect(!pushed.text.contains("output of"))
            #expect(try scene.requests("GET", "/logs").isEmpty)
        }
    }

    @Test func allLogsAreShownWhereThatIsAsked() async throws {
        try await RunScene.play(plans: [RunPlans.threeJobs]) { scene in
            let pushed = try await scene.push(options: ["logs=all"])
            #expect(pushed.status == 0, "\(pushed.text)")
            for step in ["Set up job", "Decide", "Run actions/checkout@v4", "Build it", "Roll out", "Complete job"] {
                #expect(pushed.text.contains("output of \(step)\n"), "\(step)")
            }
        }
    }

    @Test(arguments: ["none", "failed"])
    func logsOfAGreenRunAreNotFetchedWhereNobodyWantsThem(_ logs: String) async throws {
        try await RunScene.play(plans: [RunPlans.threeJobs]) { scene in
            let pushed = try await scene.push(options: ["logs=\(logs)"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(!pushed.text.contains("output of"))
            #expect(try scene.requests("GET", "/logs").isEmpty)
        }
    }

    @Test func failedShowsTheFailedStepInFullAndNoneNothingOfIt() async throws {
        let lines = (1...60).map { "line \($0)" } + ["##[error]broken"]
        let plan = Self.build(Log(lines: RunPlans.log(lines)), conclusion: "failure")
        try await RunScene.play(plans: [plan]) { scene in
            let failed = try await scene.push(options: ["logs=failed"])
            #expect(failed.status == 1, "\(failed.text)")
            for number in 1...60 { #expect(failed.text.contains(" line \(number)\n")) }
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            let none = try await scene.push(options: ["logs=none"])
            #expect(none.status == 1, "\(none.text)")
            #expect(!none.text.contains("line 60"))
            #expect(try scene.requests("GET", "/logs").count == 1)
        }
    }

    @Test func aLogThatIsNotThereYetIsAskedForAgain() async throws {
        let late = Log(lines: RunPlans.log(["here at last"]), blobMissingTimes: 2, notFoundTimes: 1)
        try await RunScene.play(plans: [Self.build(late)]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("here at last\n"))
        }
    }

    @Test func aLogThatNeverComesDoesNotHoldTheVerdict() async throws {
        try await RunScene.play(plans: [Self.build(Log(never: true))]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("log not available"))
            #expect(pushed.text.contains("-----> Done in "))
        }
    }

    @Test(arguments: [GitHubScenario.Fault.Kind.expiredLink, .blobMissing, .cut, .status])
    func aLogThatFailsOnceComesTheSecondTime(_ kind: GitHubScenario.Fault.Kind) async throws {
        let path = kind == .expiredLink ? "*/jobs/*/logs" : "/actions-results/*"
        try await RunScene.play(
            plans: [Self.build(Log(lines: RunPlans.log((1...200).map { "line \($0)" })))],
            change: { $0.faults = [.init(kind, path: path, nth: 1, afterBytes: kind == .cut ? 3000 : nil)] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            let shown = pushed.text.split(separator: "\n").filter { $0.contains("line ") }
            #expect(shown.count == 200, "every line once: \(shown.count)")
            #expect(shown.last?.hasSuffix("line 200") == true)
        }
    }

    @Test func theLogsOfAHostileRunCannotTouchTheTerminal() async throws {
        let plan = Self.build(Log(generateMegabytes: 10, hostile: true))
        try await RunScene.play(plans: [plan], time: .real) { scene in
            let meter = try scene.fixture.write(
                """
                import os, resource, subprocess, sys
                status = subprocess.call(sys.argv[2:])
                kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
                open(sys.argv[1], "w").write(str(kilobytes // 1024 if sys.platform == "darwin" else kilobytes))
                sys.exit(status)

                """, to: "meter.py")
            try scene.fixture.write(
                """
                #!/bin/sh
                exec \(DoubleProcess.python) "\(meter)" "\(scene.fixture.path("peak"))" \
                    "\(GitFixture.builtPrograms)/git-remote-hephy" "$@"

                """, to: "programs/git-remote-hephy", executable: true)
            let screen = try await Terminal.run(
                ["git", "push", "-o", "hephy.logs=all", "hephy", "main"], in: scene.work.path,
                environment: scene.environment("gho_owner"), fixture: scene.fixture)
            #expect(screen.status == 0)
            #expect(screen.bytes.count > 5 << 20)
            #expect(Self.strangers(in: screen.bytes) == [])
            #expect(String(validating: screen.bytes, as: UTF8.self) != nil)
            #expect(screen.text.contains("-----> Done in "))
            // A log's line cannot look like one of ours, which begin at the margin.
            #expect(!screen.lines.contains { $0.hasPrefix("-----> forged") })
            let peak = try #require(Int(try scene.fixture.read("peak")))
            #expect(peak < 60 << 10, "\(peak) KiB at most")
        }
    }

    /// Control characters and sequences that are neither colours nor what rewrites the status line.
    private static func strangers(in bytes: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        let text = String(decoding: bytes, as: UTF8.self)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar.value {
            case 0x1b:
                let sequence = rest.prefix(24)
                guard sequence.first == "[", let end = sequence.dropFirst().firstIndex(where: { $0.value >= 0x40 })
                else {
                    found.insert("ESC \(sequence.first.map(String.init) ?? "")")
                    continue
                }
                let parameters = rest[rest.index(after: rest.startIndex)..<end]
                let isColor = rest[end] == "m" && parameters.allSatisfy { "0123456789;".unicodeScalars.contains($0) }
                let isOwn = rest[end] == "K" && (parameters.isEmpty || parameters.elementsEqual("K".unicodeScalars))
                if !isColor && !isOwn { found.insert("CSI \(String(parameters))\(rest[end])") }
                rest = rest[rest.index(after: end)...]
            case 0x09, 0x0a, 0x0d: break
            case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069, 0x200e, 0x200f:
                found.insert("U+" + String(scalar.value, radix: 16))
            default: break
            }
        }
        return found
    }
}
