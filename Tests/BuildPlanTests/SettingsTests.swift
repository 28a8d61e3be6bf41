import BuildPlan
import Testing
import YAML

@Suite struct SettingsTests {
    private func settings(
        _ options: [String] = [], environment: [String: String] = [:], gitConfig: [String: String] = [:]
    ) throws(SettingError) -> PushSettings {
        try PushSettings(options: options, environment: environment) { gitConfig[$0] }
    }

    private func error(
        _ options: [String] = [], environment: [String: String] = [:], gitConfig: [String: String] = [:]
    ) -> SettingError? {
        do throws(SettingError) {
            _ = try settings(options, environment: environment, gitConfig: gitConfig)
            return nil
        } catch {
            return error
        }
    }

    private func configuration(_ text: String) throws -> BuildConfiguration {
        try #require(BuildConfiguration.parse(Array(text.utf8)).configuration)
    }

    @Test func nothingSaidGivesTheDefaults() throws {
        let settings = try settings()
        #expect(settings.trigger == Setting(.auto, from: .default))
        #expect(settings.follow == Setting(true, from: .default))
        #expect(settings.logs == Setting(.auto, from: .default))
        #expect(settings.timeout == Setting(nil, from: .default))
        let commit = settings.forCommit(with: nil)
        #expect(commit.backend == Setting(nil, from: .default))
        #expect(commit.platforms == Setting([], from: .default))
        #expect(commit.deploy == Setting(true, from: .default))
    }

    @Test func anOptionBeatsTheEnvironmentTheFileAndGitsConfiguration() throws {
        let file = try configuration("build_backend: ko\nplatforms: [linux/s390x]\ndeploy: {target: none}\n")
        let environment = ["HEPHY_BACKEND": "spin", "HEPHY_PLATFORMS": "linux/386", "HEPHY_DEPLOY": "yes"]
        let git = ["hephy.backend": "kaniko", "hephy.platforms": "linux/arm", "hephy.deploy": "true"]

        let all = try settings(
            ["backend=buildkit", "platforms=linux/amd64,linux/arm64", "deploy=false"], environment: environment,
            gitConfig: git
        ).forCommit(with: file)
        #expect(all.backend == Setting(.buildkit, from: .option(key: "backend")))
        #expect(all.platforms == Setting([.linuxAMD64, .linuxARM64], from: .option(key: "platforms")))
        #expect(all.deploy == Setting(false, from: .option(key: "deploy")))

        let withoutOptions = try settings(environment: environment, gitConfig: git).forCommit(with: file)
        #expect(withoutOptions.backend == Setting(.spin, from: .environment("HEPHY_BACKEND")))
        #expect(withoutOptions.platforms.value.map(\.description) == ["linux/386"])
        #expect(withoutOptions.deploy == Setting(true, from: .environment("HEPHY_DEPLOY")))

        let project = try settings(gitConfig: git).forCommit(with: file)
        #expect(project.backend == Setting(.ko, from: .configuration(Mark(line: 1, column: 16))))
        #expect(project.platforms.value.map(\.description) == ["linux/s390x"])
        #expect(project.platforms.source == .configuration(Mark(line: 2, column: 13)))
        #expect(project.deploy == Setting(false, from: .configuration(Mark(line: 3, column: 9))))

        let user = try settings(gitConfig: git).forCommit(with: nil)
        #expect(user.backend == Setting(.kaniko, from: .gitConfig("hephy.backend")))
        #expect(user.platforms.value.map(\.description) == ["linux/arm/v7"])
        #expect(user.deploy == Setting(true, from: .gitConfig("hephy.deploy")))
    }

    @Test func theFileSuppliesOnlyWhatItNames() throws {
        let file = try configuration("build_backend: auto\ndeploy: {target: kubernetes}\n")
        let commit = try settings(gitConfig: ["hephy.backend": "ko"]).forCommit(with: file)
        #expect(commit.backend == Setting(.ko, from: .gitConfig("hephy.backend")))
        #expect(commit.deploy == Setting(true, from: .configuration(Mark(line: 2, column: 9))))
    }

    @Test func autoAsAnOptionPutsDetectionAboveTheFile() throws {
        let file = try configuration("build_backend: ko\n")
        let commit = try settings(["backend=auto"]).forCommit(with: file)
        #expect(commit.backend == Setting(nil, from: .option(key: "backend")))
        #expect(commit.backend.source.isOverride)
    }

    @Test func onlyOptionsAndEnvironmentOverride() {
        #expect(SettingSource.option(key: "backend").isOverride)
        #expect(SettingSource.environment("HEPHY_BACKEND").isOverride)
        #expect(!SettingSource.configuration(Mark(line: 1, column: 1)).isOverride)
        #expect(!SettingSource.gitConfig("hephy.backend").isOverride)
        #expect(!SettingSource.default.isOverride)
    }

    @Test(
        arguments: [
            (["trigger=none"], .none), (["trigger=none", "trigger=dispatch"], .dispatch), (["trigger=attach"], .attach),
            ([], .auto),
        ] as [([String], PushSettings.Trigger)])
    func theLastOptionOfAKeyCounts(options: [String], expected: PushSettings.Trigger) throws {
        #expect(try settings(options).trigger.value == expected)
    }

    @Test(
        arguments: [
            ("follow", true), ("follow=true", true), ("follow=false", false), ("follow=no", false), ("follow=ON", true),
            ("follow=0", false),
        ])
    func aBooleanOptionWithoutValueIsTrue(option: String, expected: Bool) throws {
        #expect(try settings([option]).follow == Setting(expected, from: .option(key: "follow")))
    }

    @Test(
        arguments: [
            ("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("1h0m5s", 3605), ("8760h", 31_536_000),
            ("none", nil),
        ] as [(String, Int?)])
    func aTimeoutIsReadAsATime(text: String, seconds: Int?) throws {
        let timeout = try settings(["timeout=\(text)"]).timeout
        #expect(timeout == Setting(seconds.map { .seconds($0) }, from: .option(key: "timeout")))
    }

    @Test(
        arguments: [
            "", "0", "0s", "-1", "+1", "1.5h", "m", "5 m", "5x", "30m1h", "1h1h", "1h30", "8761h",
            "99999999999999999999",
            "9223372036854775807h", "٣m", "15M",
        ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(
            error(["timeout=\(text)"])
                == .badValue(
                    key: .timeout, value: text, source: .option(key: "timeout"),
                    allowed: "a time such as 90, 90s, 15m or 1h30m, or none", suggestion: nil))
    }

    @Test func variablesThatAreNoSettingsAreLeftAlone() throws {
        let environment = ["HEPHY_SHARE": "/x", "HEPHY_TRIGGERS": "x", "HEPHY_FOLLOW": "", "TRIGGER": "none"]
        #expect(try settings(environment: environment) == settings())
    }

    @Test(
        arguments: [
            (["triger=none"], "unknown push option 'hephy.triger' (hephy.trigger)"),
            (["platform=x"], "unknown push option 'hephy.platform' (hephy.platforms)"),
            (["zebra"], "unknown push option 'hephy.zebra'"), ([""], "unknown push option 'hephy.'"),
            (["\u{1B}[1m=x"], "unknown push option 'hephy.\\u{1B}[1m'"),
            (["trigger"], "'-o hephy.trigger' has no value: it takes one of auto, dispatch, attach, none"),
            (["trigger="], "'-o hephy.trigger' is '', not one of auto, dispatch, attach, none"),
            (["logs=al"], "'-o hephy.logs' is 'al', not one of auto, all, failed, none (all)"),
            (["backend=Docker"], "'-o hephy.backend' is 'Docker', not one of auto, kaniko, buildkit, ko, spin"),
            (
                ["backend=build-kit"],
                "'-o hephy.backend' is 'build-kit', not one of auto, kaniko, buildkit, ko, spin (buildkit)"
            ),
            (
                ["platforms=linux/amd64,arm64"],
                "'-o hephy.platforms' is 'linux/amd64,arm64', not platforms such as linux/amd64,linux/arm64 or wasi/wasm (linux/arm64)"
            ),
            (["follow=maybe"], "'-o hephy.follow' is 'maybe', not true or false"),
        ])
    func aBadOptionIsNamed(options: [String], expected: String) {
        let told = error(options).map { $0.problem + ($0.suggestion.map { " (\($0))" } ?? "") }
        #expect(told == expected)
    }

    @Test func aBadValueNamesThePlaceItComesFrom() {
        #expect(error(environment: ["HEPHY_LOGS": "x"])?.problem.hasPrefix("'HEPHY_LOGS' is 'x', not") == true)
        #expect(
            error(gitConfig: ["hephy.deploy": "x"])?.problem.hasPrefix("'git config hephy.deploy' is 'x', not") == true)
        #expect(SettingSource.configuration(Mark(line: 3, column: 2)).description == ".hephy/build-config.yaml:3:2")
    }

    @Test func aBadValueIsToldEvenWhereAnotherBeatsIt() {
        #expect(error(["logs=all"], environment: ["HEPHY_LOGS": "x"]) != nil)
    }
}
