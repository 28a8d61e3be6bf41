import HephyTestSupport
import Testing

/// URLs that are not used: one sentence, status 128 of git, and nobody was asked anything.
@Suite(.timeLimit(.minutes(1)))
struct URLTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        /// What stands behind `hephy::`, with HOST for the double's host and port.
        var url: String
        var sentence: String
        var testDescription: String { "\(url.debugDescription)" }

        init(_ url: String, _ sentence: String) {
            self.url = url
            self.sentence = sentence
        }
    }

    static let refused = [
        Refused("http://user:SECRET@HOST/acme/api", "the URL for 'HOST' holds a password, which git would print"),
        Refused("user:SECRET@HOST/acme/api", "the URL for 'HOST' holds a password, which git would print"),
        Refused("http://:SECRET@HOST/acme/api", "the URL for 'HOST' holds a password, which git would print"),
        Refused(
            "http://ghp_SECRET@HOST/acme/api",
            "the URL for 'HOST' holds what looks like a token as its user name, which git would print"),
        Refused(
            "github_pat_SECRET@github.com/acme/api",
            "the URL for 'github.com' holds what looks like a token as its user name, which git would print"),
        Refused(
            "http://glpat-SECRET@HOST/acme/api",
            "the URL for 'HOST' holds what looks like a token as its user name, which git would print"),
        Refused("ext::sh -c true", "'ext::' inside a hephy:: URL names another remote helper"),
        Refused("hephy::http://HOST/acme/api", "'hephy::' inside a hephy:: URL names another remote helper"),
        Refused("EXT::http://HOST/acme/api", "'EXT::' inside a hephy:: URL names another remote helper"),
        Refused("ftp://HOST/acme/api", "'ftp://' is no scheme that hephy pushes through"),
        Refused("git://HOST/acme/api", "'git://' is no scheme that hephy pushes through"),
        Refused("http://HOST/acme/a\tb", "the URL holds a control character"),
        Refused("http://HOST/acme/a%0ab", "the URL holds a control character"),
        Refused("http://HOST/acme/a%0Db", "the URL holds a control character"),
        Refused("http://HOST/acme/a%00b", "the URL holds a control character"),
        Refused("http://HOST/acme/a%7fb", "the URL holds a control character"),
        Refused("http://HOST/acme/a\u{9b}31mb", "the URL holds a control character"),
        Refused("-oProxyCommand=x", "'-oProxyCommand=x' begins with a dash, so a program could take it for an option"),
        Refused("http://-HOST/acme/api", "'-127.0.0.1' begins with a dash, so a program could take it for an option"),
        Refused("http://HOST/-x", "'-x' begins with a dash, so a program could take it for an option"),
        Refused("ssh://-oProxyCommand=x/acme/api", "'-oProxyCommand=x' is no host"),
        Refused("http:///acme/api", "the URL names no host"),
        Refused("http://HOST", "the URL for '127.0.0.1' names no repository"),
        Refused("http://HOST/", "the URL for '127.0.0.1' names no repository"),
        Refused("http://exa mple.com/acme/api", "'exa mple.com' is no host"),
        Refused("http://127.0.0.1:99999/acme/api", "'127.0.0.1:99999' is no host"),
        Refused("http://[::1/acme/api", "'[::1' is no host"),
        Refused("ssh://git@HOST/acme/api", "goes over ssh, which hephy does not push through yet"),
        Refused("git@127.0.0.1:acme/api", "goes over ssh, which hephy does not push through yet"),
        Refused("file:///srv/git/app.git", "is a repository on this machine, for which hephy runs no builds yet"),
        Refused("/srv/git/app.git", "is a repository on this machine, for which hephy runs no builds yet"),
        Refused("local/app", "hephy::local/ is a forge on this machine, which hephy does not have yet"),
    ]

    @Test(arguments: refused) func aURLThatMustNotBeUsedGetsOneSentence(_ entry: Refused) async throws {
        try await PushScene.with { scene in
            let authority = scene.double.origin.dropFirst("http://".count)
            func filled(_ text: String) -> String { text.replacing("HOST", with: authority) }
            for command in [["push", "hephy::" + filled(entry.url), "main"], ["ls-remote", "hephy::" + filled(entry.url)]] {
                let ran = try await scene.fixture.run(
                    ["git"] + command, in: scene.work.path, environment: scene.environment)
                #expect(ran.status == 128, "\(ran)")
                #expect(ran.said.first?.contains(filled(entry.sentence)) == true, "\(ran)")
                #expect(ran.said.count == 2 && ran.said.last?.hasPrefix("hint: ") == true, "\(ran)")
                #expect(ran.said.allSatisfy { !$0.contains("SECRET") })
                #expect(ran.output.isEmpty)
            }
            #expect(try scene.double.journal().isEmpty)
        }
    }

    @Test func gitThatDoesNotActForTheUserIsRefused() async throws {
        try await PushScene.with { scene in
            // Git itself refuses before it starts a helper, unless the user's configuration says "always".
            for settings in [[:], ["GIT_CONFIG_PARAMETERS": "'protocol.hephy.allow=always'"]] {
                let environment = settings.merging(["GIT_PROTOCOL_FROM_USER": "0"]) { own, _ in own }
                let ran = try await scene.git("push", "hephy", "main", environment: environment)
                #expect(ran.status == 128, "\(ran)")
                if settings.isEmpty {
                    #expect(ran.errors.contains("transport 'hephy' not allowed"))
                } else {
                    #expect(ran.said.first == "refused: git is not acting for the user (GIT_PROTOCOL_FROM_USER=0)")
                }
            }
            #expect(try scene.double.journal().isEmpty)
        }
    }

    @Test(arguments: [
        ["GIT_ALLOW_PROTOCOL": "hephy:https:ssh"],
        ["GIT_CONFIG_PARAMETERS": "'protocol.http.allow=never'"],
        ["GIT_CONFIG_PARAMETERS": "'protocol.allow=never' 'protocol.hephy.allow=always'"],
    ])
    func aTransportThatTheUsersPolicyForbidsIsNotUsed(_ policy: [String: String?]) async throws {
        try await PushScene.with { scene in
            for command in [["push", "hephy", "main"], ["ls-remote", "hephy"]] {
                let environment = scene.environment.merging(policy) { _, own in own }
                let ran = try await scene.fixture.run(
                    ["git"] + command, in: scene.work.path, environment: environment)
                #expect(ran.status == 128, "\(ran)")
                #expect(ran.said.first == "transport 'http' is not allowed by this git's configuration", "\(ran)")
            }
            #expect(try scene.double.journal().isEmpty)
        }
    }

    @Test func theHelperStartedByHandExplainsItself() async throws {
        try await GitFixture.with { fixture in
            for arguments in [[], ["one"], ["one", "two", "three"]] {
                let ran = try await fixture.run(["git-remote-hephy"] + arguments)
                #expect(ran.status == 2)
                #expect(ran.said.first == "this program is started by git, for remotes whose URL begins with 'hephy::'")
                #expect(ran.output.isEmpty)
            }
        }
    }

    @Test(arguments: ["", "\n", "nonsense\n", "capabilities\n\nmore\n", "capabilities\nlist\n", "\u{0}\u{1}"])
    func whateverStandsOnItsInputTheHelperEnds(_ input: String) async throws {
        try await PushScene.with { scene in
            let ran = try await scene.fixture.run(
                "git-remote-hephy", "hephy", scene.double.url("acme/api"), in: scene.work.path,
                input: Array(input.utf8), environment: ["GIT_DIR": ".git"])
            #expect([0, 128].contains(ran.status), "\(ran)")
        }
    }
}
