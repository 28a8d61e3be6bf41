import HephyTestSupport
import Testing

/// Whatever `insteadOf` and `pushInsteadOf` say, git starts hephy once for a command and hephy never itself.
@Suite(.stage, .timeLimit(.minutes(1)))
struct RecursionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Keys and values of git's configuration; ORIGIN and SECURE are the server's, BASE is ORIGIN/smart/FOLDER/.
        var rules: [(String, String)]
        /// What the commands are given.
        var url: String
        /// Whether push, fetch, clone and ls-remote reach the repository.
        var works: [Bool]
        var testDescription: String { name }

        init(_ name: String, _ rules: (String, String)..., url: String, works: Bool...) {
            self.name = name
            self.rules = rules
            self.url = url
            self.works = works.count == 1 ? Array(repeating: works[0], count: 4) : works
        }
    }

    static let cases = [
        Case("insteadOf", ("url.hephy::ORIGIN/.insteadOf", "ORIGIN/"), url: "BASEapi.git", works: true),
        Case(
            "insteadOf, once more", ("url.hephy::ORIGIN/.insteadOf", "ORIGIN/"), url: "hephy::BASEapi.git", works: true),
        Case("pushInsteadOf", ("url.hephy::ORIGIN/.pushInsteadOf", "ORIGIN/"), url: "BASEapi.git", works: true),
        Case(
            "pushInsteadOf, once more", ("url.hephy::ORIGIN/.pushInsteadOf", "ORIGIN/"), url: "hephy::BASEapi.git",
            works: true),
        Case(
            "the other form", ("url.hephy://SECURE/.insteadOf", "https://SECURE/"), url: "https://SECUREapi.git",
            works: true),
        Case(
            "the other form of itself", ("url.hephy://SECURE/.insteadOf", "hephy://SECURE/"),
            url: "hephy://SECUREapi.git",
            works: true),
        Case("of itself", ("url.hephy::ORIGIN/.insteadOf", "hephy::ORIGIN/"), url: "hephy::BASEapi.git", works: true),
        Case(
            "of itself, deeper", ("url.hephy::hephy::ORIGIN/.insteadOf", "hephy::ORIGIN/"), url: "hephy::BASEapi.git",
            works: false),
        Case(
            "deeper", ("url.hephy::hephy::ORIGIN/.insteadOf", "ORIGIN/"), url: "BASEapi.git", works: false),
        Case(
            "of everything", ("url.hephy::.insteadOf", "http"), ("url.hephy::.pushInsteadOf", "hephy"),
            url: "hephy::BASEapi.git", works: false, true, true, true),
        Case(
            "in a circle", ("url.hephy::ORIGIN/.insteadOf", "https://a.example/"),
            ("url.https://a.example/.insteadOf", "ORIGIN/"), url: "hephy::BASEapi.git", works: false),
        Case(
            "from the inner URL to another helper", ("url.ext::sh -c 'echo x >>$SIDE/ext' .insteadOf", "ORIGIN/"),
            url: "hephy::BASEapi.git", works: false),
        Case(
            "from the inner URL to hephy in capitals", ("url.HEPHY::ORIGIN/.insteadOf", "ORIGIN/"),
            url: "hephy::BASEapi.git", works: false),
    ]

    private static let script = """
        mkdir -p "$SIDE/programs" "$SIDE/events" && cp -R "$TEMPLATE/." "$SIDE" && cd "$SIDE/work" || exit 99
        printf '#!/bin/sh\\necho x >>"$SIDE/starts"\\n[ $(wc -l <"$SIDE/starts") -lt 40 ] || exit 1\\nexec "%s" "$@"\\n' \\
            "$(command -v git-remote-hephy)" >"$SIDE/programs/git-remote-hephy"
        chmod +x "$SIDE/programs/git-remote-hephy"
        PATH=$SIDE/programs:$PATH
        git config --global http.sslCAInfo "$AUTHORITY"
        eval "$SETTINGS" || exit 98
        run() {
            : >"$SIDE/starts"
            rm -f "$SIDE"/events/*
            GIT_TRACE2_EVENT=$SIDE/events timeout 20 git "$@" </dev/null >/dev/null
            echo "$? $(wc -l <"$SIDE/starts") $(ls "$SIDE/events" | wc -l)"
        }
        run push "$WHERE" main
        run fetch "$WHERE"
        run clone "$WHERE" copy
        run ls-remote "$WHERE"
        [ ! -f "$SIDE/ext" ] || echo 'another helper has run'
        """

    private func expect(
        _ entry: Case, settings: String, url: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let stage = try #require(Stage.current)
        let folder = stage.fixture.uniqueName("recursion")
        let origin = stage.server.origins["http"] ?? ""
        let secure = (stage.server.origins["https"] ?? "").dropFirst("https://".count)
        func filled(_ text: String) -> String {
            text.replacing("BASE", with: "\(origin)/smart/\(folder)/").replacing("ORIGIN", with: origin)
                .replacing("SECUREapi", with: "\(secure)/smart/\(folder)/api").replacing("SECURE", with: secure)
        }
        let side = stage.fixture.path("served/" + folder)
        var rules = ""
        for (key, value) in entry.rules {
            rules += "git config --global '\(filled(key).replacing("'", with: "'\\''"))' '\(filled(value))'\n"
        }
        let ran = try await stage.fixture.run(
            ["sh", "-c", Self.script],
            environment: [
                "SIDE": side, "TEMPLATE": stage.fixture.path("template"), "SETTINGS": rules + filled(settings),
                "AUTHORITY": stage.server.authority, "WHERE": filled(url ?? entry.url),
                "HOME": side, "GIT_CONFIG_GLOBAL": side + "/.gitconfig",
            ])
        let lines = ran.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
        #expect(lines.count == 4 && lines.allSatisfy { $0.count == 3 }, "\(ran)", sourceLocation: sourceLocation)
        for (line, works) in zip(lines, entry.works) where line.count == 3 {
            #expect((line[0] == 0) == works, "\(ran)", sourceLocation: sourceLocation)
            #expect(line[1] <= 1 && line[2] <= 16, "\(ran)", sourceLocation: sourceLocation)
        }
    }

    @Test func aSubmoduleBesideARemoteOfHephysIsLeftAloneByGitItself() async throws {
        let stage = try #require(Stage.current)
        let folder = stage.fixture.uniqueName("recursion")
        let script = """
            mkdir -p "$SIDE" && cp -R "$TEMPLATE/." "$SIDE" && cd "$SIDE/work" || exit 99
            git config -f .gitmodules submodule.sub.path sub
            git config -f .gitmodules submodule.sub.url ../sub.git
            git add .gitmodules && git update-index --add --cacheinfo "160000,$(git rev-parse main),sub"
            git commit -q -m sub && git push -q "$SIDE/api.git" main:super
            git clone -q --recurse-submodules --branch super "$URL" "$SIDE/copy"
            """
        let ran = try await stage.fixture.run(
            ["sh", "-c", script],
            environment: [
                "SIDE": stage.fixture.path("served/" + folder), "TEMPLATE": stage.fixture.path("template"),
                "URL": "hephy::\(stage.server.origins["http"] ?? "")/smart/\(folder)/api.git",
            ])
        #expect(ran.status != 0 && ran.errors.contains("transport 'hephy' not allowed"), "\(ran)")
        #expect(try stage.fixture.read("served/\(folder)/copy/README") == "two\n")
    }

    @Test func aURLWithoutRulesConnects() async throws {
        try await expect(Case("none", url: "hephy::BASEapi.git", works: true), settings: "")
        #expect(try #require(Stage.current).server.connections() >= 4)
    }

    @Test(arguments: cases) func aRuleIsFollowedOnce(_ entry: Case) async throws {
        try await expect(entry, settings: "")
    }

    @Test(arguments: ["insteadOf", "pushInsteadOf"])
    func aRemoteSetUpByVCSIsServedOnce(_ rule: String) async throws {
        // Git has rewritten the URL when it calls. A clone knows no remote.
        try await expect(
            Case(rule, ("url.hephy::ORIGIN/.\(rule)", "ORIGIN/"), url: "origin", works: true, true, false, true),
            settings: "git remote add origin BASEapi.git; git config remote.origin.vcs hephy")
    }
}
