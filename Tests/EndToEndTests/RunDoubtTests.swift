import HephyTestSupport
import Testing

/// Pushes about which something is not known in time: what was there before, whether a request arrived, what a file says.
@Suite struct RunDoubtTests {
    private typealias Plan = GitHubScenario.Plan
    private typealias Token = GitHubScenario.Token

    @Test(.timeLimit(.minutes(1)))
    func anOldRunOfTheSameCommitIsNotTakenForThisPushs() async throws {
        // The commit ran green an hour ago; the listing before this push fails, and the new run is red and late.
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": RunFiles.other("CI")]),
            change: { scenario in
                scenario.workflows["ci.yml"] = [
                    Plan(timeline: [.init("success")], createdOffsetS: -3600), .over("success"),
                    Plan(jobs: [.init("test", conclusion: "failure", failStep: 1)], appearAfterPolls: 2),
                ]
                scenario.faults = [.init(.status, path: "*/actions/runs", nth: 1, status: 502)]
            }
        ) { scene in
            let first = try await scene.push(options: ["trigger=none"])
            try await scene.work.commit([TestCommit(["more": "x\n"])])
            let second = try await scene.push(options: ["trigger=none"])
            #expect(first.git.status == 0 && second.git.status == 0)
            let back = try await scene.push(["-f", "hephy", "HEAD~1:refs/heads/main"])
            #expect(back.status == 1, "\(back.text)")
            #expect(!back.text.contains("CI #1 for"), "\(back.text)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aRunThatWasStartedIsNotStartedAgainWithTheNextCredential() async throws {
        try await RunScene.play(
            RunFiles.go.merging(RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")])) { $1 },
            plans: [.over("success")], before: RunFiles.workflows(["hephy.yml": RunFiles.ours(on: "")]),
            change: { scenario in
                scenario.faults = [.init(.sso, path: "*/actions/runs/*", nth: 1)]
            }
        ) { scene in
            let host = String(scene.double.origin.drop { $0 != ":" }.dropFirst(3))
            let pushed = try await scene.push(environment: ["GH_HOST": host, "GH_ENTERPRISE_TOKEN": "gho_owner"])
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.dispatches.count == 1, "\(pushed.text)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aBranchAndATagOfOneNameShareTheirRun() async throws {
        try await RunScene.play(RunFiles.workflows(["ci.yml": RunFiles.other("CI")])) { scene in
            try await scene.work.git("tag", "main").check()
            let pushed = try await scene.push(["hephy", "refs/heads/main", "refs/tags/main"])
            let announced = pushed.text.split(separator: "\n").filter { $0.hasPrefix("-----> CI #") }
            #expect(Set(announced).count == announced.count, "\(pushed.text)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aWorkflowTooLargeToReadIsNotNoWorkflow() async throws {
        let text = RunFiles.other("CI") + "# " + String(repeating: "x", count: 1 << 20) + "\n"
        try await RunScene.play(
            RunFiles.workflows(["ci.yml": text]), change: { $0.workflows["ci.yml"] = [.over("success")] }
        ) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> CI #1 for "), "\(pushed.text)")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func triggerNonePushesWhateverElseIsWrong() async throws {
        try await RunScene.play { scene in
            let pushed = try await scene.push(
                options: ["trigger=none"], environment: ["HEPHY_PLATFORMS": "bad", "HEPHY_TIMEOUT": "soon"])
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(try await scene.hasLanded())
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aSettingThatIsWrongForGoodIsWarnedOf() async throws {
        try await RunScene.play(plans: [.over("success")]) { scene in
            try await scene.work.git("config", "hephy.timeout", "soon").check()
            let pushed = try await scene.push()
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: 'hephy.timeout' in git's configuration is passed over"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aTagOfABlobNamesNoCommit() async throws {
        try await RunScene.play { scene in
            try await scene.work.git("tag", "blob", "HEAD:go.mod").check()
            let pushed = try await scene.push(["hephy", "blob"])
            #expect(pushed.git.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: nothing to follow: 'blob' names no commit"), "\(pushed.text)")
        }
    }
}
