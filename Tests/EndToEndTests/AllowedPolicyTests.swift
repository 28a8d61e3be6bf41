import HephyTestSupport
import Testing

/// What the user's policy lets through works, in every command.
@Suite(.stage, .timeLimit(.minutes(1)))
struct AllowedPolicyTests {
    struct Policy: Sendable, CustomTestStringConvertible {
        var settings: [String]
        var list: String?
        var testDescription: String { (list.map { ["GIT_ALLOW_PROTOCOL=\($0)"] } ?? []).joined() + "\(settings)" }

        init(_ settings: String..., list: String? = nil) {
            self.settings = settings
            self.list = list
        }
    }

    static let policies = [
        Policy(list: "hephy:http"),
        Policy("protocol.http.allow=never", list: "hephy:http"),
        Policy("protocol.allow=never", "protocol.hephy.allow=always", "protocol.http.allow=always"),
        Policy("protocol.http.allow=user"),
        Policy("protocol.allow=user"),
        Policy("protocol.allow=never", "protocol.hephy.allow=user", "protocol.http.allow=user"),
    ]

    @Test(arguments: policies) func whatTheUsersPolicyAllowsWorks(_ policy: Policy) async throws {
        let stage = try #require(Stage.current)
        let folder = stage.fixture.uniqueName("allowed")
        let script = """
            set -e
            mkdir -p "$SIDE" && cp -R "$TEMPLATE/." "$SIDE" && cd "$SIDE/work"
            git push "$URL" main && git fetch "$URL" && git clone -q "$URL" copy && git ls-remote --exit-code "$URL" main
            """
        let ran = try await stage.fixture.run(
            ["sh", "-c", script],
            environment: [
                "SIDE": stage.fixture.path("served/" + folder), "TEMPLATE": stage.fixture.path("template"),
                "URL": "hephy::\(stage.server.origins["http"] ?? "")/smart/\(folder)/api.git",
                "GIT_ALLOW_PROTOCOL": policy.list,
                "GIT_CONFIG_PARAMETERS": policy.settings.map { "'\($0)'" }.joined(separator: " "),
            ])
        #expect(ran.status == 0, "\(ran)")
    }

    /// Where a submodule's command pushes, git says by GIT_PROTOCOL_FROM_USER=0 that it does not act for the user.
    @Test(arguments: [
        ([], "transport 'hephy' not allowed"),
        (["protocol.hephy.allow=always"], "hephy: refused: git is not acting for the user (GIT_PROTOCOL_FROM_USER=0)"),
    ])
    func aPushInEachSubmoduleIsRefused(_ settings: [String], _ sentence: String) async throws {
        let stage = try #require(Stage.current)
        let folder = stage.fixture.uniqueName("foreach")
        let script = """
            set -e
            mkdir -p "$SIDE" && cp -R "$TEMPLATE/." "$SIDE" && cd "$SIDE/work"
            git -c protocol.file.allow=always submodule --quiet add "$SIDE/api.git" sub
            git -C sub remote add forge "$URL"
            git submodule foreach 'git push forge HEAD:refs/heads/sub'
            """
        let url = "hephy::\(stage.server.origins["http"] ?? "")/smart/\(folder)/api.git"
        let parameters = settings.map { "'\($0)'" }.joined(separator: " ")
        let side = stage.fixture.path("served/" + folder)
        var environment: [String: String?] = [
            "SIDE": side, "TEMPLATE": stage.fixture.path("template"), "URL": url, "GIT_CONFIG_PARAMETERS": parameters,
        ]
        let ran = try await stage.fixture.run(["sh", "-c", script], environment: environment)
        #expect(ran.status != 0 && ran.errors.contains(sentence), "\(ran)")
        // In the submodule itself git acts for the user.
        environment["GIT_CONFIG_PARAMETERS"] = nil
        let pushed = try await stage.fixture.run(
            ["git", "push", "forge", "HEAD:refs/heads/sub"], in: "\(side)/work/sub", environment: environment)
        #expect(pushed.status == 0, "\(pushed)")
    }
}
