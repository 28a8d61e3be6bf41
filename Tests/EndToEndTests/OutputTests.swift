import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What reaches the screen, and what never does.
@Suite(.timeLimit(.minutes(1)))
struct OutputTests {
    /// Colours, and a log that tries more than that.
    private static let colourful = GitHubScenario.Plan(
        jobs: [
            .init("plan"),
            .init(
                "build",
                log: .init(lines: [
                    "##[group]Run make", "\u{1b}[36;1mmake\u{1b}[0m", "##[endgroup]",
                    "\u{1b}[32mgreen\u{1b}[0m \u{1b}]0;title\u{7}\u{1b}[2Jtext\u{202e}", "token gho_owner here",
                ])),
        ])

    private func expectPlain(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(!text.contains("\u{1b}"), "\(text.debugDescription)", sourceLocation: sourceLocation)
        #expect(!text.contains("\r"), "\(text.debugDescription)", sourceLocation: sourceLocation)
        #expect(text.isEmpty || text.hasSuffix("\n"), "\(text.debugDescription)", sourceLocation: sourceLocation)
    }

    @Test func offATerminalEveryLineIsCompleteAndPlain() async throws {
        try await PushScene.with(plans: [Self.colourful]) { scene in
            let ran = try await scene.git("push", "-o", "hephy.logs=all", "hephy", "main").check()
            expectPlain(ran.errors)
            #expect(ran.output.isEmpty)
            #expect(ran.errors.contains("-----> kaniko for linux/amd64"), "\(ran)")
            #expect(ran.errors.contains("green text"), "\(ran)")
            #expect(ran.errors.contains("-----> Done in "), "\(ran)")
        }
    }

    struct Style: Sendable, CustomTestStringConvertible {
        var name: String
        var environment: [String: String] = [:]
        var flags: [String] = []
        var hasColour = false
        var hasStatus = false
        var testDescription: String { name }
    }

    static let styles = [
        Style(name: "terminal", hasColour: true, hasStatus: true),
        Style(name: "NO_COLOR", environment: ["NO_COLOR": "1"]),
        Style(name: "TERM=dumb", environment: ["TERM": "dumb"]),
        Style(name: "--no-progress", flags: ["--no-progress"], hasColour: true),
    ]

    @Test(arguments: styles) func aTerminalGetsWhatItIsAskedFor(_ style: Style) async throws {
        try await PushScene.with(plans: [Self.colourful]) { scene in
            let command = ["git", "push"] + style.flags + ["-o", "hephy.logs=all", "hephy", "main"]
            let screen = try await Terminal.run(
                command, in: scene.work.path, environment: scene.environment.merging(style.environment) { _, own in own },
                fixture: scene.fixture)
            #expect(screen.status == 0, "\(screen.text)")
            // Git's own progress ends where its table of refs begins.
            let start = try #require(screen.text.firstRange(of: "main -> main")).upperBound
            let ours = String(screen.text[start...]).replacing("\r\n", with: "\n")
            #expect(ours.contains("\r\u{1b}[K") == style.hasStatus, "\(ours.debugDescription)")
            #expect(ours.contains("\u{1b}[32mgreen") == style.hasColour, "\(ours.debugDescription)")
            if !style.hasColour { expectPlain(ours) }
            for hostile in ["\u{1b}]", "\u{1b}[2J", "\u{202e}", "\u{7}"] { #expect(!ours.contains(hostile)) }
            #expect(ours.hasSuffix("\n") || ours.hasSuffix("\r\u{1b}[K"), "\(ours.debugDescription)")
        }
    }

    @Test func quietSaysNothingOfAGreenRun() async throws {
        try await PushScene.with(plans: [.green]) { scene in
            let ran = try await scene.git("push", "-q", "hephy", "main").check()
            #expect(ran.errors.isEmpty)
            #expect(ran.output.isEmpty)
            let screen = try await scene.terminal("push", "-q", "hephy", "main:other")
            #expect(screen.status == 0)
            #expect(screen.text.isEmpty, "\(screen.text.debugDescription)")
        }
    }

    @Test func quietSpeaksWhenTheVerdictIsBad() async throws {
        try await PushScene.with(plans: [PushScene.red]) { scene in
            let ran = try await scene.git("push", "-q", "hephy", "main")
            #expect(ran.status == 1)
            #expect(ran.errors.contains("build"), "\(ran)")
            #expect(ran.errors.contains(scene.double.origin), "\(ran)")
            expectPlain(ran.errors)
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
        }
    }

    @Test func porcelainLeavesStandardOutputToGit() async throws {
        try await PushScene.with(plans: [PushScene.red]) { scene in
            let ran = try await scene.git("push", "--porcelain", "hephy", "main")
            #expect(ran.status == 1)
            #expect(
                ran.output == """
                    To \(scene.double.hephyURL("acme/api"))
                    *\trefs/heads/main:refs/heads/main\t[new branch]
                    Done

                    """, "\(ran)")
        }
    }

    @Test func aDryRunSaysWhatWouldRunAndAsksNobody() async throws {
        try await PushScene.with { scene in
            let ran = try await scene.git("push", "--dry-run", "hephy", "main", "main:other").check()
            #expect(ran.said.contains("would follow 'hephy.yml' on 'main'"), "\(ran)")
            #expect(ran.said.contains("would start 'hephy.yml' on 'other'"), "\(ran)")
            #expect(try scene.requests().isEmpty)
            #expect(try await scene.remoteRefs().isEmpty)
        }
    }

    /// All ways to make git and curl talkative.
    private static let traces = [
        "GIT_TRACE": "1", "GIT_TRACE_CURL": "1", "GIT_CURL_VERBOSE": "1", "GIT_TRACE_PACKET": "1",
        "GIT_TRANSPORT_HELPER_DEBUG": "1", "GIT_TRACE2": "1", "HEPHY_LOGS": "all",
    ]

    @Test func theTokenIsInNoOutputHoweverTalkative() async throws {
        try await PushScene.with(plans: [Self.colourful]) { scene in
            let ran = try await scene.git("push", "-v", "hephy", "main", environment: Self.traces.mapValues { $0 })
            #expect(ran.status == 0, "\(ran)")
            #expect(!ran.errors.contains("gho_owner"))
            #expect(!ran.output.contains("gho_owner"))
            #expect(ran.errors.contains("token *** here"))
            let noted = try await scene.fixture.run("grep", "-r", "gho_owner", "work/.git", in: scene.fixture.scratch)
            #expect(noted.status == 1, "\(noted)")
        }
    }

    @Test(.enabled(if: Processes.areKnown)) func theTokenIsInNoCommandLine() async throws {
        try await PushScene.with(plans: [PushScene.endless]) { scene in
            let environment: [String: String?] = ["GH_ENTERPRISE_TOKEN": nil]
            let processes = Processes(fixture: scene.fixture)
            async let pushing = scene.git("push", "hephy", "main", environment: environment)
            var seen: Set<String> = []
            _ = try await eventually("jobs") {
                seen.formUnion(processes.running().map(\.command))
                return try scene.requests().first { $0.path?.hasSuffix("/jobs") == true }
            }
            let helper = try await processes.appearance(of: "git-remote-hephy")
            kill(helper.id, SIGKILL)
            _ = try await pushing
            #expect(seen.contains { $0.contains("git-remote-hephy") })
            #expect(seen.allSatisfy { !$0.contains("gho_owner") })
        }
    }
}
