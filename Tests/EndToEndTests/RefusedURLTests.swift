import HephyTestSupport
import Testing

/// What must not be used is refused by push, fetch, clone and ls-remote alike: one sentence, one hint, status 128 of git,
/// and nobody has been connected to: in the whole suite the server sees no connection.
@Suite(.stage, .timeLimit(.minutes(1)))
struct RefusedURLTests {
    /// The four commands, each with its status on standard output and a rule before it on standard error; at the end how
    /// often git has started hephy.
    private static let script = """
        mkdir -p "$SIDE/programs" && cp -R "$TEMPLATE/work" "$SIDE/work" && cd "$SIDE/work" || exit 99
        printf '#!/bin/sh\\necho x >>"$SIDE/starts"\\nexec "%s" "$@"\\n' "$(command -v git-remote-hephy)" \\
            >"$SIDE/programs/git-remote-hephy"
        chmod +x "$SIDE/programs/git-remote-hephy"
        PATH=$SIDE/programs:$PATH
        : >"$SIDE/starts"
        eval "$SETTINGS" || exit 98
        run() { echo "=== $1" >&2; timeout 20 git "$@" </dev/null >/dev/null; echo "$?"; }
        run push "$WHERE" main
        run fetch "$WHERE"
        run ${CLONE_OPTIONS-} clone --quiet "${CLONED-$WHERE}" copy
        run ls-remote "$WHERE"
        grep -c . "$SIDE/starts"
        """

    /// What became of the four commands.
    private struct Outcome {
        var statuses: [String]
        /// What hephy said in each.
        var said: [[String]]
        var errors: String
        /// How often git has started hephy.
        var starts: Int
        /// How often somebody has connected to the server since the suite began.
        var connections: Int
    }

    /// Gives the four commands `url`, in which HOST is the server's host and port.
    ///
    /// `settings` is a script that runs before them; what it sets by `git config --global` counts for all four.
    private func run(
        _ url: String, settings: String = "", environment: [String: String?] = [:]
    ) async throws -> Outcome {
        let stage = try #require(Stage.current)
        let side = stage.fixture.path(stage.fixture.uniqueName("served/refused"))
        let origin = stage.server.origins["http"] ?? ""
        let ran = try await stage.fixture.run(
            ["sh", "-c", Self.script],
            environment: [
                "SIDE": side, "TEMPLATE": stage.fixture.path("template"), "SETTINGS": settings, "ORIGIN": origin,
                "WHERE": url.replacing("HOST", with: origin.dropFirst("http://".count)),
                "HOME": side, "GIT_CONFIG_GLOBAL": side + "/.gitconfig",
            ].merging(environment) { _, own in own })
        let lines = ran.output.split(whereSeparator: \.isWhitespace).map(String.init)
        let said = ran.errors.split(separator: "=== ").map { text in
            text.split(separator: "\n").filter { $0.hasPrefix("hephy: ") }.map { String($0.dropFirst(7)) }
        }
        return Outcome(
            statuses: lines.dropLast(), said: said, errors: ran.errors, starts: lines.last.flatMap { Int($0) } ?? -1,
            connections: stage.server.connections())
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var url: String
        var sentence: String
        var testDescription: String { url.debugDescription }

        init(_ url: String, _ sentence: String) {
            self.url = url
            self.sentence = sentence
        }
    }

    private static let password = "the URL for 'HOST' holds a password, which git would print"
    private static let token =
        "the URL for 'HOST' holds what looks like a token as its user name, which git would print"
    private static let control = "the URL holds a control character"
    private static let dash = "begins with a dash, so a program could take it for an option"
    private static let nested = "inside a hephy:: URL names another remote helper"
    private static let scheme = "is no scheme that hephy pushes through"

    static let refused = [
        Refused("hephy::http://user:SECRET@HOST/acme/api", password),
        Refused("hephy::user:SECRET@HOST/acme/api", password),
        Refused("hephy::http://:SECRET@HOST/acme/api", password),
        Refused("hephy::http://user:@HOST/acme/api", password),
        Refused("hephy::https://a@b:SECRET@HOST/acme/api", password),
        Refused("hephy://user:SECRET@HOST/acme/api", password),
        Refused("hephy::http://ghp_SECRET@HOST/acme/api", token),
        Refused("hephy::http://GHO_SECRET@HOST/acme/api", token),
        Refused("hephy::http://glpat-SECRET@HOST/acme/api", token),
        Refused("hephy://github_pat_SECRET@HOST/acme/api", token),
        Refused("hephy::http://0123456789abcdef0123456789abcdef01234567@HOST/acme/api", token),
        Refused("hephy::ext::sh -c true", "'ext::' \(nested)"),
        Refused("hephy::EXT::http://HOST/acme/api", "'EXT::' \(nested)"),
        Refused("hephy::hephy::http://HOST/acme/api", "'hephy::' \(nested)"),
        Refused("hephy::hephy::hephy::http://HOST/acme/api", "'hephy::' \(nested)"),
        Refused("hephy::http::http://HOST/acme/api", "'http::' \(nested)"),
        Refused("hephy::fd::17", "'fd::' \(nested)"),
        Refused("hephy::a-b.c+1::http://HOST/acme/api", "'a-b.c+1::' \(nested)"),
        Refused("hephy::::http://HOST/acme/api", "'::' \(nested)"),
        Refused("hephy::ftp://HOST/acme/api", "'ftp://' \(scheme)"),
        Refused("hephy::git://HOST/acme/api", "'git://' \(scheme)"),
        Refused("hephy::FTPS://HOST/acme/api", "'ftps://' \(scheme)"),
        Refused("hephy::javascript://HOST/acme/api", "'javascript://' \(scheme)"),
        Refused("hephy::://HOST/acme/api", "'://' \(scheme)"),
        Refused("hephy::http://HOST/acme/a\tb", control),
        Refused("hephy::http://HOST/acme/a\nb", control),
        Refused("hephy::http://HOST/acme/a\rb", control),
        Refused("hephy::http://HOST/acme/a\u{1b}[2J", control),
        Refused("hephy::http://HOST/acme/a\u{9b}31mb", control),
        Refused("hephy::http://HOST/acme/a%C2%9B31mb", control),
        Refused("hephy::http://HOST/acme/a%9b31mb", control),
        Refused("hephy::http://HOST/acme/a%e9%9Bb", control),
        Refused("hephy://HOST/acme/a%c2%80b", control),
        Refused("hephy::http://HOST/acme/a\u{7f}b", control),
        Refused("hephy::http://HOST/acme/a%0ab", control),
        Refused("hephy::http://HOST/acme/a%0Db", control),
        Refused("hephy::http://HOST/acme/a%00b", control),
        Refused("hephy::http://HOST/acme/a%7Fb", control),
        Refused("hephy::http://HOST/acme/a%1bb", control),
        Refused("hephy::http://u%0ax@HOST/acme/api", control),
        Refused("hephy::http://HOST%0d/acme/api", control),
        Refused("hephy://HOST/acme/a%0ab", control),
        Refused("hephy::-oProxyCommand=x", "'-oProxyCommand=x' \(dash)"),
        Refused("hephy::--upload-pack=x/acme/api", "'--upload-pack=x/acme/api' \(dash)"),
        Refused("hephy::http://-HOST/acme/api", "'-127.0.0.1' \(dash)"),
        Refused("hephy://-HOST/acme/api", "'-127.0.0.1' \(dash)"),
        Refused("hephy::http://%2DHOST/acme/api", "'%2D127.0.0.1' \(dash)"),
        Refused("hephy::http://HOST/-x", "'-x' \(dash)"),
        Refused("hephy::http://HOST//--x/api", "'--x/api' \(dash)"),
        Refused("hephy::http://HOST/%2dx/api", "'%2dx/api' \(dash)"),
        Refused("hephy::http://-u@HOST/acme/api", "'-u' \(dash)"),
        Refused("hephy::http://%2du@HOST/acme/api", "'%2du' \(dash)"),
        Refused("hephy::ssh://-oProxyCommand=x/acme/api", "'-oProxyCommand=x' is no host"),
        Refused("hephy::http:///acme/api", "the URL names no host"),
        Refused("hephy::", "the URL names no host"),
        Refused("hephy://HOST", "the URL for '127.0.0.1' names no repository"),
        Refused("hephy://HOST/", "the URL for '127.0.0.1' names no repository"),
        Refused("hephy::http://exa mple.com/acme/api", "'exa mple.com' is no host"),
        Refused("hephy::http://127.0.0.1:99999/acme/api", "'127.0.0.1:99999' is no host"),
        Refused("hephy::http://127.0.0.1:0/acme/api", "'127.0.0.1:0' is no host"),
        Refused("hephy::http://[::1/acme/api", "'[::1' is no host"),
        Refused("hephy::http://HOST;id/acme/api", "is no host"),
        Refused("hephy::http://$(id)/acme/api", "'$(id)' is no host"),
    ]

    @Test(arguments: refused) func aURLThatMustNotBeUsedGetsOneSentence(_ entry: Refused) async throws {
        let origin = try #require(Stage.current?.server.origins["http"])
        // Before 2.43.7 git reads a carriage return in its configuration, where `clone` has written it, as a space.
        let cloned = entry.url.replacing("\r", with: "\u{7f}")
            .replacing("HOST", with: origin.dropFirst("http://".count))
        let outcome = try await run(entry.url, environment: ["CLONED": cloned])
        let sentence = entry.sentence.replacing("HOST", with: origin.dropFirst("http://".count))
        #expect(outcome.statuses == ["128", "128", "128", "128"], "\(outcome)")
        for said in outcome.said {
            #expect(said.count == 2 && said[0].contains(sentence) && said[1].hasPrefix("hint: "), "\(outcome)")
            #expect(said.allSatisfy { !$0.contains("SECRET") }, "\(outcome)")
        }
        #expect(outcome.said.count == 4 && outcome.starts == 4, "\(outcome)")
        #expect(outcome.connections == 0, "\(outcome)")
    }

    /// What a remote with `vcs = hephy` says in its URL; git shows such a URL without its password.
    static let refusedByVCS = [
        Refused("http://user:SECRET@HOST/acme/api", password),
        Refused("http://ghp_SECRET@HOST/acme/api", token),
        Refused("hephy://user:SECRET@HOST/acme/api", password),
        Refused("ftp://HOST/acme/api", "'ftp://' \(scheme)"),
        Refused("git://HOST/acme/api", "'git://' \(scheme)"),
        Refused("http://HOST/acme/a%0ab", control),
        Refused("http://HOST/-x", "'-x' \(dash)"),
        Refused("http://-HOST/acme/api", "'-127.0.0.1' \(dash)"),
        Refused("hephy::hephy::http://HOST/acme/api", "'hephy::' \(nested)"),
        Refused("hephy::ext::sh -c true", "'ext::' \(nested)"),
    ]

    @Test(arguments: refusedByVCS) func aRemoteWithVCSWhoseURLMustNotBeUsedGetsTheSameSentence(
        _ entry: Refused
    ) async throws {
        let origin = try #require(Stage.current?.server.origins["http"])
        let authority = origin.dropFirst("http://".count)
        // A clone knows no remote yet; it is told of `vcs` on the command line.
        let outcome = try await run(
            "forge",
            settings: "git remote add forge \"$CLONED\"; git config remote.forge.vcs hephy",
            environment: [
                "CLONED": entry.url.replacing("HOST", with: authority), "CLONE_OPTIONS": "-c remote.origin.vcs=hephy",
            ])
        let sentence = entry.sentence.replacing("HOST", with: authority)
        #expect(outcome.statuses == ["128", "128", "128", "128"], "\(outcome)")
        #expect(outcome.said.count == 4 && outcome.starts == 4 && outcome.connections == 0, "\(outcome)")
        for said in outcome.said {
            #expect(said.count == 2 && said[0].contains(sentence) && said[1].hasPrefix("hint: "), "\(outcome)")
            #expect(said.allSatisfy { !$0.contains("SECRET") }, "\(outcome)")
        }
    }

    struct Policy: Sendable, CustomTestStringConvertible {
        var name: String
        var settings = ""
        var environment: [String: String?] = [:]
        /// What hephy says; nil where git refuses before it starts hephy.
        var sentence: String?
        var testDescription: String { name }

        init(_ settings: String, says sentence: String?) {
            name = settings
            self.settings =
                settings.isEmpty
                ? "" : "git config --global " + settings.replacing("; ", with: "; git config --global ")
            self.sentence = sentence
        }

        init(_ environment: [String: String?], _ settings: String = "", says sentence: String?) {
            self.init(settings, says: sentence)
            self.environment = environment
            name = environment.map { "\($0)=\($1 ?? "")" }.joined(separator: " ") + " " + settings
        }
    }

    private static let noHTTP = "transport 'http' is not allowed by this git's configuration"
    private static let notUser = "refused: git is not acting for the user (GIT_PROTOCOL_FROM_USER=0)"

    static let policies = [
        Policy("protocol.allow never", says: nil),
        Policy("protocol.hephy.allow never", says: nil),
        Policy("protocol.allow never; protocol.hephy.allow always", says: noHTTP),
        Policy("protocol.http.allow never", says: noHTTP),
        Policy("protocol.http.allow NEVER", says: noHTTP),
        Policy("protocol.http.allow never; protocol.hephy.allow always", says: noHTTP),
        Policy(["GIT_ALLOW_PROTOCOL": "https:http:ssh"], says: nil),
        Policy(["GIT_ALLOW_PROTOCOL": ""], says: nil),
        Policy(["GIT_ALLOW_PROTOCOL": "hephy"], says: noHTTP),
        Policy(["GIT_ALLOW_PROTOCOL": "hephy:https:ssh"], says: noHTTP),
        Policy(["GIT_ALLOW_PROTOCOL": "hephy:HTTP"], "protocol.http.allow always", says: noHTTP),
        Policy(["GIT_PROTOCOL_FROM_USER": "0"], says: nil),
        Policy(["GIT_PROTOCOL_FROM_USER": "0"], "protocol.hephy.allow always", says: notUser),
        Policy(["GIT_PROTOCOL_FROM_USER": "0"], "protocol.hephy.allow always; protocol.http.allow user", says: notUser),
        Policy(["GIT_PROTOCOL_FROM_USER": "0", "GIT_ALLOW_PROTOCOL": "hephy:http"], says: notUser),
        Policy(["GIT_PROTOCOL_FROM_USER": "false"], "protocol.hephy.allow always", says: notUser),
        Policy(["GIT_PROTOCOL_FROM_USER": "No", "GIT_ALLOW_PROTOCOL": "hephy:http"], says: notUser),
    ]

    @Test(arguments: policies) func whatTheUsersPolicyForbidsIsNotUsed(_ policy: Policy) async throws {
        let outcome = try await run(
            "hephy::http://HOST/smart/template/api", settings: policy.settings, environment: policy.environment)
        #expect(outcome.statuses == ["128", "128", "128", "128"], "\(outcome)")
        if let sentence = policy.sentence {
            for said in outcome.said {
                #expect(said.count == 2 && said[0] == sentence && said[1].hasPrefix("hint: "), "\(outcome)")
            }
            #expect(outcome.said.count == 4 && outcome.starts == 4, "\(outcome)")
        } else {
            #expect(outcome.errors.split(separator: "transport 'hephy' not allowed").count == 5, "\(outcome)")
            #expect(outcome.starts == 0, "\(outcome)")
        }
        #expect(outcome.connections == 0, "\(outcome)")
    }
}
