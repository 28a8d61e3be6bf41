import Forge
import RunTail
import Testing

/// What the runner itself prints at the start of each step: the lines of the script, the shell, the environment.
@Suite struct LogFoldTests {
    private static let steps = [
        Sample.step(1, "Set up job", .completed(.success), 0...1),
        Sample.step(2, "Run actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", .completed(.success), 1...3),
        Sample.step(3, "steps of hephy", .completed(.success), 3...4),
        Sample.step(4, "build with kaniko", .completed(.skipped), 4...4),
        Sample.step(5, "build with buildkit", .completed(.success), 4...9),
        Sample.step(6, "build with ko", .completed(.skipped), 9...9),
        Sample.step(7, "Complete job", .completed(.success), 10...10),
    ]
    /// The form of actions/runner: group, script lines in cyan, shell, environment, the end of the group, then the output.
    private static let log = """
        @0.5 Current runner version: '2.340.0'
        @1.2 ##[group]Run actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        @1.2 with:
        @1.2   persist-credentials: false
        @1.2 ##[endgroup]
        @3.2 ##[group]Run mkdir -p "$RUNNER_TEMP/hephy"
        @3.2 \u{1b}[36;1mmkdir -p "$RUNNER_TEMP/hephy"\u{1b}[0m
        @3.3 shell: /usr/bin/sh -e {0}
        @3.3 ##[endgroup]
        @5.1 ##[group]Run HEPHY_STEPS=$RUNNER_TEMP/hephy HEPHY_OUTPUT=$GITHUB_OUTPUT
        @5.1 \u{1b}[36;1mHEPHY_STEPS=$RUNNER_TEMP/hephy HEPHY_OUTPUT=$GITHUB_OUTPUT\u{1b}[0m
        @5.1 \u{1b}[36;1mexport HEPHY_STEPS HEPHY_OUTPUT HEPHY_SUMMARY\u{1b}[0m
        @5.1 \u{1b}[36;1msh "$HEPHY_STEPS/build-buildkit.sh"\u{1b}[0m
        @5.2 shell: /usr/bin/sh -e {0}
        @5.2 env:
        @5.2   HEPHY_BACKEND: buildkit
        @5.2   HEPHY_REGISTRY_PASSWORD: ***
        @5.2 ##[error]of the group
        @5.2 ##[endgroup]
        @5.5 #1 [internal] load build definition
        @5.6 ##[group]Run tests
        @5.7 a group of the build's own
        @5.8 ##[endgroup]
        @8.0 pushed

        """

    private func lines(
        _ logs: TailOptions.LogMode, log: String = log, steps: [Step] = steps, _ state: RunState = .completed(.success)
    ) async -> [String] {
        var script = TimelineForge.Script()
        script.jobs["4711"] = [(0, [Sample.job("1", "build (linux/amd64)", state, 0...10, steps: steps)])]
        script.logs["1"] = [.whole(log)]
        var stage = Stage(script)
        stage.options.isOurs = { _ in true }
        stage.options.logs = logs
        _ = await stage.follow(Sample.run(state, updated: 12))
        let lead = "       "
        return stage.output.lines.filter { $0.hasPrefix(lead) }.map { String($0.dropFirst(lead.count)) }
    }

    @Test func whatTheRunnerRepeatsIsLeftOutOfTheStepsThatAreShown() async {
        let shown = await lines(.auto)
        let wanted = [
            "[build with buildkit]", "error: of the group", "#1 [internal] load build definition", "Run tests",
            "a group of the build's own", "pushed",
        ]
        #expect(shown == wanted, "\(shown)")
    }

    @Test func allOfItIsShownWhereAllLogsAreWanted() async {
        let all = await lines(.all)
        for line in ["shell: /usr/bin/sh -e {0}", "env:", "  HEPHY_BACKEND: buildkit", "  persist-credentials: false"] {
            #expect(all.contains(line), "\(all)")
        }
    }

    @Test func withoutAHeadingTheGroupsTitleStays() async {
        let only = Self.steps.filter { !$0.name.hasPrefix("build with k") }
        let shown = await lines(.auto, steps: only)
        #expect(shown.first == "Run HEPHY_STEPS=$RUNNER_TEMP/hephy HEPHY_OUTPUT=$GITHUB_OUTPUT", "\(shown)")
        #expect(!shown.contains("env:") && shown.contains("pushed"), "\(shown)")
    }

    @Test func aGroupThatNeverEndsHidesNothingOfTheNextStep() async {
        let log = "@5.1 ##[group]Run x\n@5.2 env:\n@5.3   A: b\n@20.5 ##[group]Run y\n@20.6 ##[endgroup]\n@21.0 out\n"
        let steps = [
            Sample.step(5, "one", .completed(.success), 4...9), Sample.step(6, "two", .completed(.success), 20...22),
        ]
        #expect(await lines(.auto, log: log, steps: steps) == ["[one]", "[two]", "out"])
    }
}
