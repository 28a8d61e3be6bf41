import HephyTestSupport
import Testing

/// What the pairs of a suite share: the server, and the repositories from which each side starts.
///
/// Work tree: `main` with two commits, `topic` on top of it, `other` and `side` apart, the tags `light` and `heavy`.
/// Bare repository: the first commit of `main`, `old` (what is `other`), and the tag `kept`.
struct Stage: Sendable {
    let fixture: GitFixture
    let server: GitServer

    @TaskLocal static var current: Stage?

    private static let commits = [
        TestCommit(["README": "one\n"], message: "one"),
        TestCommit(["README": "two\n", "docs/more": "more\n"], message: "two"),
        TestCommit(["topic": "topic\n"], message: "topic", on: "topic", base: "refs/heads/main"),
        TestCommit(["README": "other\n"], message: "other", on: "other"),
    ]

    static func with<Outcome: Sendable>(_ body: (Stage) async throws -> Outcome) async throws -> Outcome {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("template/work", commits)
            let bare = try await fixture.bareRepository("template/api.git")
            try await work.git(
                "push", "--quiet", bare.path, "main~1:refs/heads/main", "other:refs/heads/old", "main~1:refs/tags/kept"
            ).check()
            try await work.git("tag", "light", "main").check()
            try await work.git("tag", "-a", "-m", "a tag", "heavy", "main").check()
            for key in [
                "http.receivepack", "receive.advertisePushOptions", "uploadpack.allowFilter",
                "uploadpack.allowAnySHA1InWant",
            ] {
                try await bare.git("config", key, "true").check()
            }
            try await bare.git("update-server-info").check()
            try fixture.write(credentialHelper, to: "template/helper", executable: true)
            return try await GitServer.with(in: fixture) { try await body(Stage(fixture: fixture, server: $0)) }
        }
    }

    /// Notes what it is asked, and knows the password that `$PASSWORD` is.
    private static let credentialHelper = """
        #!/bin/sh
        { echo "$1"; cat; } >>"$SIDE/asked"
        if [ "$1" = get ]; then printf 'username=ada\\npassword=%s\\n' "${PASSWORD:-right}"; fi

        """

    /// What stands before each script.
    ///
    /// `$PREFIX` is `hephy::` or nothing, `at FORM [ORIGIN]` the URL in another form, and
    /// `quiet` git without a word on its status.
    private static let prelude = """
        set -u
        cp -R "$TEMPLATE/." "$SIDE" && cd "$SIDE/work" || exit 99
        git() { command git "$@"; printf '[%s]\\n' "$?"; }
        quiet() { command git "$@"; }
        hook() { cat >"$1" && chmod +x "$1"; }
        at() { printf '%s%s/%s/%s/api.git' "$PREFIX" "${2:-$ORIGIN}" "$1" "$FOLDER"; }
        plain() { printf '%s/%s/%s/api.git' "${2:-$ORIGIN}" "$1" "$FOLDER"; }
        URL=$(at "$FORM")
        BARE=$SIDE/api.git
        quiet remote add forge "$URL"
        [ -z "$VCS" ] || quiet config remote.forge.vcs "$VCS"
        # In the background it holds a lock, for which a `git maintenance` of the script may find itself too late.
        quiet config maintenance.auto false

        """

    /// What stands behind each script: everything of all repositories, and what the server was asked.
    private static let state =
        "\necho '=== state'\ncd \"$SIDE\"\n" + SideState.script + """
            echo '=== requests'
            # Loose objects are asked for several at a time.
            [ ! -f "$SIDE.requests" ] || case $FORM in
                dumb) sort "$SIDE.requests" ;;
                *) cat "$SIDE.requests" ;;
            esac

            """

    /// Replaces what tells the sides apart.
    ///
    /// Speed is nobody's promise, and how often progress is drawn and which of the server's lines are padded depends on
    /// it; the name of a user, which git leaves out of a URL that it shows, stands in those of hephy. New gits say in a
    /// line of its own that a helper has ended before it said what it can do; hephy has said it by then.
    private static let normalisation = """
        } 2>"$SIDE.errors" | sed -e 's,hephy::http,http,g' -e "s,$FOLDER,<side>,g"
        sed -e 's,hephy::http,http,g' -e "s,$FOLDER,<side>,g" -e "s/.*$(printf '\\r')//" -e 's,://ada@,://,g' \\
            -e 's,| [0-9.]* [a-zA-Z]*/s,| <speed>,' \\
            -e 's/ after [0-9]* ms: / after <n> ms: /' -e 's/ *$//' \\
            -e "/^fatal: remote helper '.*' aborted session$/d" <"$SIDE.errors" >&2

        """

    func run(_ pair: CommandPair, _ side: String, in folder: String) async throws -> GitFixture.Ran {
        let isPlain = side == "plain"
        let path = fixture.path("served/\(folder)/\(side)")
        let environment: [String: String?] = [
            "SIDE": path, "FOLDER": "\(folder)/\(side)", "FORM": pair.form, "TEMPLATE": fixture.path("template"),
            "PREFIX": isPlain || pair.way == .vcs ? "" : "hephy::", "VCS": pair.way == .vcs && !isPlain ? "hephy" : "",
            "ORIGIN": server.origins["http"] ?? "", "SECURE": server.origins["https"] ?? "",
            "SECURE_WITH_CLIENT": server.origins["client_https"] ?? "", "AUTHORITY": server.authority,
            "CERTIFICATE": server.clientCertificate,
        ]
        var ran = try await fixture.run(
            ["sh", "-c", "mkdir -p \"$SIDE\"\n{\n" + Self.prelude + pair.script + Self.state + Self.normalisation],
            environment: environment, timeout: .seconds(55))
        ran.command = [pair.testDescription, side]
        return ran
    }
}

/// Gives a suite one ``Stage`` for all of its tests.
struct StageTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Stage.with { stage in
            try await Stage.$current.withValue(stage) { try await function() }
        }
    }
}

extension Trait where Self == StageTrait {
    static var stage: StageTrait { StageTrait() }
}
