import HephyTestSupport
import Testing

/// What git's own programs may connect to below hephy, and that whatever they do hephy is started below hephy once at most.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct NestedStartTests {
    /// Makes `$SIDE/git-core`, git's folder of programs, in which `git`, `git-remote-http` and hephy note in `$SIDE/notes`
    /// what they may connect to; and `meet`, which runs git with it.
    private static let prelude = """
        set -eu
        core=$(git --exec-path)
        rm -rf "$SIDE/git-core"
        mkdir -p "$SIDE/git-core" "$SIDE/programs"
        ln -s "$core"/* "$SIDE/git-core"
        stand_in() {
            rm -f "$SIDE/$1"
            printf '#!/bin/sh\\n%s\\nexec "%s" "$@"\\n' "$2" "$3" >"$SIDE/$1"
            chmod +x "$SIDE/$1"
        }
        note() { printf '%s' "echo \\"$1 \\${GIT_ALLOW_PROTOCOL-all}\\" >>'$SIDE/notes'"; }
        stand_in git-core/git "case \\$1 in send-pack) $(note send-pack) ;; esac" "$core/git"
        stand_in git-core/git-remote-http "$(note http)
            ${LOOP:+[ \\$(grep -c hephy: '$SIDE/notes') -gt 9 ] || git ls-remote \\"hephy::\\$2\\" >&2 || :}" \\
            "$core/git-remote-http"
        stand_in programs/git-remote-hephy "$(note hephy:)" "$(command -v git-remote-hephy)"
        : >"$SIDE/notes"
        export HEPHY_TRIGGER=none PATH="$SIDE/programs:$PATH"
        meet() { git --exec-path="$SIDE/git-core" "$@"; }
        cd "$SIDE/work"

        """

    private func notes(
        _ script: String, url: String, in fixture: GitFixture, environment: [String: String?] = [:]
    ) async throws -> [String] {
        let ran = try await fixture.run(
            ["sh", "-c", Self.prelude + script],
            environment: ["SIDE": fixture.scratch, "URL": url].merging(environment) { $1 })
        #expect(ran.status == 0, "\(ran)")
        return try fixture.read("notes").split(separator: "\n").map(String.init)
    }

    private func with(_ body: (GitFixture, TestRepository) async throws -> Void) async throws {
        try await GitFixture.with { fixture in
            _ = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            let bare = try await fixture.bareRepository("served/api.git")
            try await bare.git("config", "http.receivepack", "true").check()
            try await body(fixture, bare)
        }
    }

    @Test func gitsProgramsMayUseTheTransportOfTheURLAlone() async throws {
        try await with { fixture, bare in
            let server = try await SSHServer(in: fixture)
            let push = "meet push -q \"$URL\" main:refs/heads/"
            let file = try await notes(push + "file", url: "hephy::\(bare.path)", in: fixture)
            #expect(file == ["hephy: all", "send-pack file"])
            let ssh = try await notes(
                push + "ssh", url: "hephy::forge.example:\(bare.path)", in: fixture, environment: server.environment)
            #expect(ssh == ["hephy: all", "send-pack ssh"])
            try await GitServer.with(in: fixture) { server in
                let url = "hephy::\(server.origins["http"] ?? "")/smart/api.git"
                let http = try await notes(push + "http", url: url, in: fixture)
                #expect(http == ["hephy: all", "http http:https", "send-pack http:https"])
            }
        }
    }

    @Test func inAPartialCloneTheyMayReachWhatHasTheRest() async throws {
        try await with { fixture, bare in
            for (settings, allowed) in [
                ("remote.o.promisor true; remote.o.url hephy::https://forge.example/o/r", "file:hephy:https"),
                ("remote.o.partialclonefilter blob:none; remote.o.url git@forge.example:o/r", "file:ssh"),
                ("extensions.partialClone o; remote.o.url https://a.example/r; remote.o.vcs hephy", "file:hephy:https"),
                (
                    """
                    remote.o.promisor true; remote.o.url forge:o/r; \
                    url.hephy::ssh://forge.example/.insteadOf forge:
                    """, "file:hephy:ssh"
                ),
                (
                    """
                    remote.o.promisor true; remote.o.url hephy::https://forge.example/o/r; \
                    protocol.https.allow never
                    """, "file:hephy"
                ),
                ("remote.o.promisor true; remote.o.url https://a.example/r; protocol.allow user", "file"),
                ("remote.o.promisor true; remote.o.url ext::true", "file"),
                ("remote.o.url hephy::https://forge.example/o/r", "file"),
                ("push.negotiate no; url.hephy::file:///.insteadOf file:///", "file"),
            ] {
                let set = settings.split(separator: "; ").map { "git config \($0)\n" }.joined()
                let found = try await notes(
                    "cp .git/config kept\ngit config core.repositoryFormatVersion 1\n" + set
                        + "meet push -q \"$URL\" main:refs/heads/one || :\nmv kept .git/config\n"
                        + "git push -q \"$URL\" :one",
                    url: "hephy::\(bare.path)", in: fixture)
                #expect(found.contains("send-pack \(allowed)"), "\(settings): \(found)")
            }
        }
    }

    /// The program in the middle asks hephy for the same again, as hostile as can be.
    @Test func belowAHephyThatWasStartedBelowHephyNothingLeadsToItAgain() async throws {
        try await with { fixture, _ in
            try await GitServer.with(in: fixture) { server in
                let origin = server.origins["http"] ?? ""
                let script = """
                    git config push.negotiate true
                    git config "url.hephy::\(origin)/.insteadOf" "\(origin)/"
                    git config remote.o.promisor true
                    git config remote.o.url "$URL"
                    git config remote.o.vcs hephy
                    meet push -q "$URL" main
                    """
                let found = try await notes(
                    script, url: "\(origin)/smart/api.git", in: fixture, environment: ["LOOP": "1"])
                // The push, the program below it that asks again, and from git 2.32 on the negotiation.
                #expect((2...3).contains(found.filter { $0.hasPrefix("hephy: ") }.count), "\(found)")
                #expect(found.contains("http http:https:hephy") && found.contains("http http:https"), "\(found)")
            }
        }
    }
}
