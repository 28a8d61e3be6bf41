import HephyTestSupport
import Testing

/// Over ssh and on this machine what must not be used is refused before anybody is called and anything is made.
@Suite(.timeLimit(.minutes(1)))
struct RefusedServiceTests {
    /// The four commands, each with its status; ssh would leave a mark.
    private static let script = """
        mkdir home && cd work || exit 99
        export GIT_SSH_COMMAND="echo called >>'$SIDE/called'; false" XDG_DATA_HOME="$SIDE/data"
        eval "$SETTINGS" || exit 98
        run() { echo "=== $1" >&2; timeout 20 git "$@" </dev/null >/dev/null; echo "$?"; }
        run push "$WHERE" main
        run fetch "$WHERE"
        run ${CLONE_OPTIONS-} clone --quiet "${CLONED-$WHERE}" copy
        run ls-remote "$WHERE"
        ls -d "$SIDE/called" "$SIDE/data" copy 2>/dev/null
        """

    /// Gives the four commands `url`, and expects of each the sentence and a hint, and nothing else of all of them.
    private func expectRefusal(
        of url: String, _ sentence: String, hint: String = "hint: ", settings: String = "",
        environment: [String: String?] = [:]
    ) async throws {
        try await GitFixture.with { fixture in
            _ = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            try await fixture.run("rm", "-r", fixture.path("home")).check()
            let ran = try await fixture.run(
                ["sh", "-c", Self.script],
                environment: [
                    "SIDE": fixture.scratch, "WHERE": url, "SETTINGS": settings,
                    "GIT_CONFIG_GLOBAL": fixture.path("home/config"),
                ].merging(environment) { $1 })
            #expect(ran.output == "128\n128\n128\n128\n", "\(ran)")
            let said = ran.errors.split(separator: "=== ").map { text in
                text.split(separator: "\n").filter { $0.hasPrefix("hephy: ") }.map { String($0.dropFirst(7)) }
            }
            #expect(said.count == 4, "\(ran)")
            for lines in said {
                #expect(lines.count == 2 && lines[0].contains(sentence) && lines[1].contains(hint), "\(ran)")
                #expect(lines.allSatisfy { !$0.contains("SECRET") }, "\(ran)")
            }
        }
    }

    private static let password = "the URL for 'forge.example' holds a password, which git would print"
    private static let token =
        "the URL for 'forge.example' holds what looks like a token as its user name, which git would print"
    private static let control = "the URL holds a control character"
    private static let dash = "begins with a dash, so a program could take it for an option"
    private static let scheme = "is no scheme that hephy pushes through"

    static let refused =
        [
            ("ssh://u:SECRET@forge.example/o/r", password),
            ("u:SECRET@forge.example:o/r", password),
            ("ssh://forge.example/a%0ab", control),
            ("ssh://forge.example/a%c2%9bb", control),
            ("forge.example:a\nb", control),
            ("forge.example:a\u{9b}b", control),
            ("file:///srv/a%0ab", control),
            ("/srv/a\u{1b}b", control),
            ("git+ssh://forge.example/o/r", "'git+ssh://' \(scheme)"),
            ("ssh+git://forge.example/o/r", "'ssh+git://' \(scheme)"),
            ("rsync://forge.example/o/r", "'rsync://' \(scheme)"),
            ("ssh://-oProxyCommand=x/o/r", "'-oProxyCommand=x' is no host"),
            ("ssh://-x/o/r", "'-x' \(dash)"),
            ("ssh://forge.example/-x", "'-x' \(dash)"),
            ("-x@forge.example:o/r", "'-x@forge.example:o/r' \(dash)"),
            ("forge.example:-x", "'-x' \(dash)"),
            ("ssh://forge.example", "the URL for 'forge.example' names no repository"),
            ("file://rel", "the URL for 'file://' names no repository"),
            ("file:///srv/caf%e9.git", "the URL holds bytes that are not UTF-8"),
            ("local/", "'hephy::local/' names no repository on this machine"),
            ("local/-x", "'-x' is no name for a repository on this machine"),
            ("local/../x", "'../x' is no name for a repository on this machine"),
            ("local/a%0ab", control),
        ]
        + [
            "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gloas-", "gldt-", "glrt-", "glrtr-",
            "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glwt-", "glsoat-", "glffct-",
        ].flatMap { [("\($0)SECRET@forge.example:o/r", token), ("https://\($0)SECRET@forge.example/o/r", token)] }

    @Test(arguments: refused) func whatMustNotBeUsedReachesNobody(_ url: String, _ sentence: String) async throws {
        try await expectRefusal(of: "hephy::" + url, sentence)
    }

    @Test(arguments: [
        "hephy::/srv/caf\\351.git", "hephy::http://127.0.0.1:1/caf\\351/r", "hephy::forge.example:caf\\351",
    ])
    func bytesThatAreNoTextAreNotTakenForOthers(_ url: String) async throws {
        try await expectRefusal(
            of: "", "the URL holds bytes that are not UTF-8", settings: "WHERE=$(printf '\(url)')")
    }

    /// As CI systems write them.
    @Test(arguments: [
        ("https://oauth2:SECRET@forge.example/", "https://forge.example/", password, "url.https://***@forge.example/"),
        ("https://ghp_SECRET@forge.example/", "https://forge.example/", token, "url.https://***@forge.example/"),
        ("ssh://u:SECRET@forge.example/", "https://forge.example/", password, "url.ssh://***@forge.example/"),
        ("https://u:SECRET@forge.example/a/", "https://forge.example/", password, "url.https://***@forge.example/a/"),
    ])
    func aRuleThatHoldsAPasswordIsNamedWithoutIt(
        _ base: String, _ prefix: String, _ sentence: String, _ rule: String
    ) async throws {
        let set = "git config --global 'url.\(base).insteadOf' '\(prefix)'"
        let hint = "hint: the rule '\(rule).insteadOf' of git's configuration put it there"
        try await expectRefusal(of: "hephy::\(prefix)o/r", sentence, hint: hint, settings: set)
        try await expectRefusal(
            of: "forge", sentence, hint: hint,
            settings: "\(set); git remote add forge \(prefix)o/r; git config remote.forge.vcs hephy",
            environment: ["CLONED": "\(prefix)o/r", "CLONE_OPTIONS": "-c remote.origin.vcs=hephy"])
    }

    @Test(arguments: [
        ("protocol.https.allow never", "hephy://forge.example/o/r", "https"),
        ("protocol.ssh.allow never", "hephy::forge.example:o/r", "ssh"),
        ("protocol.file.allow never", "hephy::local/x", "file"),
        ("protocol.file.allow never", "hephy::file:///srv/x.git", "file"),
    ])
    func whatTheUsersPolicyForbidsReachesNobody(_ setting: String, _ url: String, _ name: String) async throws {
        try await expectRefusal(
            of: url, "transport '\(name)' is not allowed by this git's configuration",
            settings: "git config --global \(setting)")
    }
}
