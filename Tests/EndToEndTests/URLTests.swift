import HephyTestSupport
import Testing

/// URLs that are not used: one sentence, status 128 of git, and nobody was asked anything.
@Suite(.serialized, .timeLimit(.minutes(1)))
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
        Refused("local/../app", "'../app' is no name for a repository on this machine")
    ]

    @Test(arguments: refused) func aURLThatMustNotBeUsedGetsOneSentence(_ entry: Refused) async throws {
        try await PushScene.with { scene in
            let authority = scene.double.origin.dropFirst("http://".count)
            func filled(_ text: String) -> String { text.replacing("HOST", with: authority) }
            let url = "hephy::" + filled(entry.url)
            for command in [["push", url, "main"], ["ls-remote", url]] {
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

    struct Policy: Sendable, CustomTestStringConvertible {
        var settings: String
        var scheme: String
        var allowed: String
        var parameters: String
        var testDescription: String { "\(scheme), \(settings)" }
    }

    /// `user` means that the user may name such a URL and a server may not, by a redirect or an alternate.
    @Test(arguments: [
        Policy(settings: "", scheme: "https", allowed: "https", parameters: ""),
        Policy(settings: "", scheme: "http", allowed: "http:https", parameters: ""),
        Policy(
            settings: "'protocol.https.allow=user'", scheme: "http", allowed: "http",
            parameters: "'protocol.https.allow=user'"),
        Policy(
            settings: "'protocol.http.allow=user'", scheme: "http", allowed: "unset",
            parameters: "'protocol.http.allow=user' 'protocol.hephy.allow=never'"),
        Policy(
            settings: "'protocol.https.allow=user'", scheme: "https", allowed: "unset",
            parameters: "'protocol.https.allow=user' 'protocol.http.allow=never' 'protocol.hephy.allow=never'"),
    ])
    func gitsOwnHelperMayGoWhereTheUsersPolicyLetsAServerSendIt(_ policy: Policy) async throws {
        try await GitFixture.with { fixture in
            let helper = """
                #!/bin/sh
                echo "${GIT_ALLOW_PROTOCOL-unset}|${GIT_CONFIG_PARAMETERS-}" >"$SEEN"
                read -r line && echo
                cat >/dev/null
                """
            let folder = try fixture.write(helper, to: "bin/git-remote-\(policy.scheme)", executable: true)
                .dropLast("/git-remote-\(policy.scheme)".count)
            let path = try #require(fixture.environment["PATH"])
            let ran = try await fixture.run(
                "git-remote-hephy", "origin", "\(policy.scheme)://127.0.0.1:9/o/r",
                input: Array("capabilities\nlist\n\n".utf8),
                environment: [
                    "PATH": "\(folder):\(path)", "SEEN": fixture.path("seen"),
                    "GIT_CONFIG_PARAMETERS": policy.settings.isEmpty ? nil : policy.settings,
                ])
            #expect(ran.status == 0, "\(ran)")
            #expect(try fixture.read("seen") == "\(policy.allowed)|\(policy.parameters)\n")
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
