import HephyTestSupport
import Testing

/// What goes wrong at the server or on the way ends through hephy as over plain http: same words, same status, no hang.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParityTroubleTests {
    /// What is wrong, and whether with GETs or POSTs; see `Tests/doubles/git-server/forms.py`.
    ///
    /// Not among them: a receiver's answer that ends too early for git but not for http. On that git itself waits for ever.
    static let troubles = [
        "get-404", "get-403", "get-500", "get-503", "get-429", "post-404", "post-403", "post-500", "post-503",
        "get-cut", "get-cutpack", "get-garbage", "get-html", "get-empty", "get-drop", "get-err",
        "post-cut", "post-garbage", "post-html", "post-empty", "post-drop", "post-err",
    ]

    @Test(arguments: troubles) func whatAServerDoesWrongEndsAsOverPlainHTTP(_ trouble: String) async throws {
        try await CommandPair(
            trouble, form: trouble, expects: ["[1"],
            """
            git ls-remote "$URL"
            git fetch forge
            git push --porcelain --atomic forge main topic
            """
        ).compare()
    }

    static let others = [
        CommandPair(
            "a clone that breaks off", expects: ["[128]"],
            """
            git clone "$(at get-500)" one
            git clone "$(at post-cutpack)" two
            git clone --filter=blob:none --no-checkout -q "$URL" three
            quiet -C three remote set-url origin "$(at post-500)"
            git -C three checkout main
            git -C three checkout old
            ls
            """),
        CommandPair(
            "version 0 that breaks off", expects: ["[128]"],
            """
            for trouble in get-cutpack get-garbage get-empty post-cut post-cutpack post-garbage post-empty post-err
            do
                git -c protocol.version=0 fetch "$(at $trouble)" main
            done
            """),
        CommandPair(
            "a server that says nothing", form: "get-stall", expects: ["Operation too slow"],
            """
            quiet config http.lowSpeedLimit 1
            quiet config http.lowSpeedTime 1
            git ls-remote "$URL"
            git push "$(at post-stall)" main
            """),
        CommandPair(
            "nobody there", expects: ["Failed to connect", "Could not resolve host"],
            """
            git push "$(at smart http://127.0.0.1:1)" main
            git fetch "$(at smart https://127.0.0.1:1)"
            git clone "$(at smart http://nowhere.invalid)" copy
            git ls-remote "$(plain nothing | sed "s,^,$PREFIX,")/more"
            """),
        CommandPair(
            "a repository here that is broken", expects: ["[128]"],
            """
            git push forge main
            quiet rev-parse topic:topic | sed 's,..,&/,' | while read -r object; do rm -f ".git/objects/$object"; done
            rm -f .git/objects/pack/*
            # Two processes speak at once.
            git push forge topic 2>&1 | sort
            git fetch forge old
            rm .git/HEAD
            git push forge topic
            """, follows: 1),
        CommandPair(
            "commands and settings that nobody understands", expects: ["[128]", "[129]"],
            """
            git push --no-such-option forge main
            git push nothing main
            git -c push.default=nothing push forge
            git -c http.sslVersion=nonsense push forge main
            git -c http.postBuffer=none push forge topic
            git fetch --depth=-1 forge
            git clone --depth=0 "$URL" copy
            """, follows: 1),
    ]

    @Test(arguments: others) func otherTroubleEndsAsOverPlainHTTP(_ pair: CommandPair) async throws {
        try await pair.compare()
    }
}
