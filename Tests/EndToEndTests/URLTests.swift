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
