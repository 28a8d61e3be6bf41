import HephyTestSupport
import Testing

/// Logs of Gitea and Forgejo: as they are written, in parts, and whatever is in them.
@Suite(.timeLimit(.minutes(1)))
struct GiteaLogTests {
    typealias Plan = GiteaScenario.Plan
    typealias Server = GiteaScenario.Server

    /// A build whose log grows while it runs.
    private static func growing(_ log: GitHubScenario.Log) -> Plan {
        Plan(
            jobs: [.init("build", steps: RunPlans.steps, log: log)],
            timeline: [
                .init("in_progress", jobs: ["build": "in_progress:2"], times: 12),
                .init("success", jobs: ["build": "success"]),
            ])
    }

    private static let lines = (1...40).map { "line \($0) of the build" }

    private func expectOnce(_ lines: [String], in text: String) {
        let printed = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(printed.filter { $0.hasPrefix("line ") } == lines.map { $0[...] }, "\(text)")
    }

    @Test(arguments: GiteaRunTests.logging)
    func aRunningJobsLogIsPrintedAsItGrowsAndNoByteIsFetchedTwice(server: Server) async throws {
        try await GiteaScene.play(server, plans: [Self.growing(.init(lines: Self.lines, grow: 4))]) { scene in
            let pushed = try await scene.push(options: ["logs=all"])
            #expect(pushed.status == 0, "\(pushed.text)")
            expectOnce(Self.lines, in: pushed.text)
            let parts = try scene.requests("GET", "/logs")
            #expect(parts.contains { $0.status == 206 && $0.range?.hasPrefix("bytes=") == true })
            let size = Self.lines.reduce(0) { $0 + $1.utf8.count + 30 }
            let fetched = parts.filter { $0.status == 200 || $0.status == 206 }.reduce(0) { $0 + ($1.bytes ?? 0) }
            #expect(fetched <= size, "\(fetched) bytes of \(size)")
        }
    }

    @Test func whereNoRangesAreServedNoLineIsLostOrDoubled() async throws {
        for server in [Server.gitea, .forgejo] {
            try await GiteaScene.play(
                server, plans: [Self.growing(.init(lines: Self.lines, grow: 4))], change: { $0.server.ranges = false }
            ) { scene in
                let pushed = try await scene.push(options: ["logs=all"])
                #expect(pushed.status == 0, "\(pushed.text)")
                expectOnce(Self.lines, in: pushed.text)
            }
        }
    }

    @Test func aLogThatIsShorterForOnceIsNotPrintedTwice() async throws {
        try await GiteaScene.play(
            .gitea, plans: [Self.growing(.init(lines: Self.lines, grow: 4, shrinkAt: 4))]
        ) { scene in
            let pushed = try await scene.push(options: ["logs=all"])
            #expect(pushed.status == 0, "\(pushed.text)")
            expectOnce(Self.lines, in: pushed.text)
        }
    }

    @Test func aLogThatWasThrownAwayIsSaidAtOnce() async throws {
        try await GiteaScene.play(
            .gitea, plans: [.over("failure", job: .init("build", steps: RunPlans.steps, log: .init(cleanedUp: true)))]
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("log not available: the server has thrown the log away"), "\(pushed.text)")
            #expect(try scene.requests("GET", "/logs").count == 1)
        }
    }

    @Test func aLogThatComesLateIsWaitedFor() async throws {
        try await GiteaScene.play(
            .forgejo,
            plans: [
                .over(
                    "failure",
                    job: .init("build", steps: RunPlans.steps, log: .init(lines: ["::error::boom"], notFoundTimes: 2)))
            ]
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1)
            #expect(pushed.text.contains("error: boom"), "\(pushed.text)")
        }
    }

    @Test(arguments: GiteaRunTests.logging)
    func aHostileLogHarmsNoTerminal(server: Server) async throws {
        let plan = Plan(
            jobs: [.init("build", steps: RunPlans.steps, log: .init(generateMegabytes: 0.5, hostile: true))],
            timeline: [.init("failure", jobs: ["build": "failure:3"])])
        try await GiteaScene.play(server, plans: [plan]) { scene in
            let pushed = try await scene.push(options: ["logs=all"])
            #expect(pushed.status == 1)
            let harmful = pushed.text.unicodeScalars.filter { scalar in
                (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7f...0x9f).contains(scalar.value)
                    || scalar == "\u{202e}"
            }
            #expect(harmful.isEmpty, "\(harmful.count)")
            #expect(pushed.text.contains("cleared"))
        }
    }

    @Test(arguments: [Server.gitea, .forgejo], [nil, "/git"])
    func whichProductItIsComesFromTheServerItself(server: Server, prefix: String?) async throws {
        for wantsSignIn in [false, true] {
            try await GiteaScene.play(
                server, plans: [RunPlans.red], isRecognised: false,
                change: {
                    $0.server.prefix = prefix
                    $0.server.signInRequired = wantsSignIn
                }
            ) { scene in
                let pushed = try await scene.push()
                #expect(pushed.status == 1, "\(pushed.text)")
                #expect(pushed.text.contains("main.c:3: expected ';'"), "\(pushed.text)")
                let kept = try await scene.work.git("config", "--get-regexp", #"^hephy\..*\.forge$"#).line
                #expect(kept.hasSuffix(" \(server.product.rawValue)"), "\(kept)")
            }
        }
    }

    @Test func aServerBelowAPathIsFollowedThere() async throws {
        try await GiteaScene.play(.forgejo, plans: [RunPlans.red], change: { $0.server.prefix = "/git" }) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed.text)")
            #expect(pushed.text.contains("main.c:3: expected ';'"), "\(pushed.text)")
            #expect(try scene.requests().allSatisfy { $0.path?.hasPrefix("/git/api/v1/") == true })
        }
    }
}
