import HephyTestSupport
import Testing

/// Over ssh and on this machine too, whatever rules git's configuration holds, git starts hephy once for a command, hephy
/// never itself, and there is one connection.
@Suite(.timeLimit(.minutes(1)))
struct RecursionServiceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Keys and values of git's configuration; BASE is what stands before the repository's path in its URL.
        var rules: [(String, String)]
        var url: String
        /// Whether push, fetch, clone and ls-remote reach the repository.
        var works: [Bool]
        /// How often a push that works starts hephy, and connects.
        var starts: Int
        var testDescription: String { name }

        init(_ name: String, _ rules: (String, String)..., url: String, works: Bool..., starts: Int = 1) {
            self.name = name
            self.rules = rules
            self.url = url
            self.works = works.count == 1 ? Array(repeating: works[0], count: 4) : works
            self.starts = starts
        }
    }

    static let cases = [
        Case("none", url: "hephy::BASEapi.git", works: true),
        Case("insteadOf", ("url.hephy::BASE.insteadOf", "BASE"), url: "BASEapi.git", works: true),
        Case("insteadOf, once more", ("url.hephy::BASE.insteadOf", "BASE"), url: "hephy::BASEapi.git", works: true),
        Case("pushInsteadOf", ("url.hephy::BASE.pushInsteadOf", "BASE"), url: "BASEapi.git", works: true),
        Case(
            "pushInsteadOf, once more", ("url.hephy::BASE.pushInsteadOf", "BASE"), url: "hephy::BASEapi.git",
            works: true),
        Case("of itself", ("url.hephy::BASE.insteadOf", "hephy::BASE"), url: "hephy::BASEapi.git", works: true),
        Case(
            "deeper", ("url.hephy::hephy::BASE.insteadOf", "BASE"), url: "BASEapi.git", works: false),
        Case(
            "of everything", ("url.hephy::.insteadOf", "BASE"), ("url.hephy::.pushInsteadOf", "hephy"),
            url: "hephy::BASEapi.git", works: false, true, true, true),
        Case(
            "in a circle", ("url.hephy::BASE.insteadOf", "ssh://a.example/"),
            ("url.git://a.example/.insteadOf", "BASE"), url: "hephy::BASEapi.git", works: false),
        Case(
            "from the inner URL to another helper", ("url.ext::sh -c 'echo x >>$SIDE/ext' .insteadOf", "BASE"),
            url: "hephy::BASEapi.git", works: false),
        Case(
            "from the inner URL to hephy in capitals", ("url.HEPHY::BASE.insteadOf", "BASE"), url: "hephy::BASEapi.git",
            works: false),
        Case(
            "vcs", ("remote.forge.url", "BASEapi.git"), ("remote.forge.vcs", "hephy"), ("remote.origin.vcs", "hephy"),
            ("url.hephy::BASE.insteadOf", "hephy::BASE"), url: "forge", works: true, true, false, true),
    ]

    static let negotiating = [
        Case(
            "a push that negotiates", ("url.hephy::BASE.insteadOf", "BASE"), ("push.negotiate", "true"),
            url: "BASEapi.git", works: true, starts: 2),
        Case(
            "a push that negotiates beside hephy", ("push.negotiate", "true"), url: "hephy::BASEapi.git", works: true),
    ]

    private static let script = """
        cd "$SIDE/work" || exit 99
        printf '#!/bin/sh\\necho x >>"$SIDE/starts"\\n[ $(wc -l <"$SIDE/starts") -lt 40 ] || exit 1\\nexec "%s" "$@"\\n' \\
            "$(command -v git-remote-hephy)" >"$SIDE/git-remote-hephy"
        chmod +x "$SIDE/git-remote-hephy"
        PATH=$SIDE:$PATH
        eval "$SETTINGS" || exit 98
        run() {
            : >"$SIDE/starts"
            : >"$SIDE/connections"
            timeout 20 git "$@" </dev/null >/dev/null
            echo "$? $(wc -l <"$SIDE/starts") $(wc -l <"$SIDE/connections")"
        }
        run push "$WHERE" main
        run fetch "$WHERE"
        run clone "$WHERE" copy
        run ls-remote "$WHERE"
        [ ! -f "$SIDE/ext" ] || echo 'another helper has run'
        """

    private func expect(_ entry: Case, base: String, isSSH: Bool) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            let commits = ["one", "two"].map { TestCommit(["README": .text($0)], message: $0) }
            let work = try await fixture.repository("work", commits)
            let bare = try await fixture.bareRepository("api.git")
            try await work.git("push", "-q", bare.path, "main~1:refs/heads/main").check()
            func filled(_ text: String) -> String { text.replacing("BASE", with: "\(base)\(fixture.scratch)/") }
            let rules = entry.rules.map { key, value in
                "git config --global '\(filled(key).replacing("'", with: "'\\''"))' '\(filled(value))'"
            }
            let ran = try await fixture.run(
                ["sh", "-c", Self.script],
                environment: [
                    "SIDE": fixture.scratch, "SETTINGS": rules.joined(separator: "\n"), "WHERE": filled(entry.url),
                    "GIT_CONFIG_GLOBAL": fixture.path("home/gitconfig"), "HEPHY_TRIGGER": "none",
                ].merging(server.environment) { $1 })
            let lines = ran.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
            #expect(lines.count == 4 && lines.allSatisfy { $0.count == 3 }, "\(ran)")
            for (index, (line, works)) in zip(lines, entry.works).enumerated() where line.count == 3 {
                #expect((line[0] == 0) == works, "command \(index): \(ran)")
                let most = index == 0 ? entry.starts : 1
                #expect(line[1] <= most, "command \(index): \(ran)")
                let connections = index == 0 && entry.rules.contains { $0.0 == "push.negotiate" } ? 2 : 1
                #expect(line[2] == (works && isSSH ? connections : 0), "command \(index): \(ran)")
            }
        }
    }

    @Test(arguments: cases) func aRuleIsFollowedOnceOverSSH(_ entry: Case) async throws {
        try await expect(entry, base: "ssh://forge.example", isSSH: true)
    }

    @Test(arguments: cases) func aRuleIsFollowedOnceInScpsForm(_ entry: Case) async throws {
        try await expect(entry, base: "forge.example:", isSSH: true)
    }

    @Test(arguments: cases) func aRuleIsFollowedOnceOnThisMachine(_ entry: Case) async throws {
        try await expect(entry, base: "file://", isSSH: false)
    }

    /// With one connection more, as without hephy.
    @Test(.needsGit(2, 32), arguments: negotiating, ["ssh://forge.example", "forge.example:", "file://"])
    func aPushThatNegotiatesStartsHephyOnceMoreWhereARuleWantsIt(_ entry: Case, _ base: String) async throws {
        try await expect(entry, base: base, isSSH: base != "file://")
    }
}
