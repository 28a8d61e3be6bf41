import HephyTestSupport
import Testing

/// What git fetches by itself in the middle of a command, because a partial clone lacks it or to learn what the server has,
/// it gets through hephy as it does without.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParityPromisorTests {
    /// More history on the server than its refs name, so that an old tree has to be fetched before it can be sent.
    ///
    /// `partial` clones it, and `back COMMIT` is a commit with the tree of an older one.
    private static let history = """
        quiet -C "$BARE" tag -d kept
        quiet -C "$BARE" fetch -q "$SIDE/work" main:main
        partial() {
            git clone ${VCS:+-c remote.origin.vcs=$VCS} --no-checkout "$@" copy
            quiet -C copy config --unset-all remote.origin.vcs
            [ -z "$VCS" ] || quiet -C copy config remote.origin.vcs "$VCS"
        }
        back() { quiet -C copy commit-tree -m back -p origin/main "$1^{tree}"; }

        """

    static let pushes = [
        CommandPair(
            "of an old tree, from a clone without blobs", expects: ["-> back"],
            history + """
                partial --filter=blob:none "$URL"
                git -C copy push origin "$(back origin/main~1):refs/heads/back"
                """, follows: 1),
        CommandPair(
            "of an old tree, from a clone without trees", expects: ["-> back"],
            history + """
                partial --filter=tree:0 "$URL"
                git -C copy push origin "$(back origin/main~1):refs/heads/back"
                """, follows: 1),
        CommandPair(
            "with the promisor elsewhere", expects: ["-> back"],
            history + """
                partial --filter=blob:none "file://$BARE"
                quiet -C copy config --unset-all remote.origin.vcs
                git -C copy push "$URL" "$(back origin/main~1):refs/heads/back"
                """, follows: 1),
        CommandPair(
            "that a rule leads to hephy, from a partial clone", expects: ["-> back"],
            history + """
                partial --filter=blob:none "$(plain smart)"
                export HOME=$SIDE GIT_CONFIG_GLOBAL=$SIDE/.gitconfig
                [ -z "$PREFIX" ] || quiet config --global "url.hephy::$ORIGIN/.insteadOf" "$ORIGIN/"
                git -C copy push origin "$(back origin/main~1):refs/heads/back"
                """, follows: 1),
        CommandPair(
            "negotiated", expects: ["-> topic"],
            """
            git -c push.negotiate=true push "$URL" topic
            git -c push.negotiate=true push forge main
            """, follows: 2),
        CommandPair(
            "negotiated, where a rule leads to hephy", expects: ["-> topic"],
            """
            export HOME=$SIDE GIT_CONFIG_GLOBAL=$SIDE/.gitconfig
            [ -z "$PREFIX" ] || quiet config --global "url.hephy::$ORIGIN/.insteadOf" "$ORIGIN/"
            quiet config --global push.negotiate true
            git push "$(plain smart)" topic
            git push "$URL" main
            """, follows: 2),
        CommandPair(
            "that is led elsewhere", expects: ["unable to access"],
            history + """
                partial --filter=blob:none "$URL"
                for form in to-hephy to-file to-ftp; do
                    git -C copy fetch "$(at $form)"
                    git -C copy push "$(at $form)" "$(back origin/main~1):refs/heads/back"
                done
                """),
    ]

    @Test(arguments: pushes) func aPushIsWhatPlainHTTPDoes(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    @Test(arguments: pushes.prefix(2))
    func aPushToARemoteSetUpByVCSIsTheSame(_ pair: CommandPair) async throws {
        var pair = pair
        pair.way = .vcs
        try await pair.compare()
    }

    @Test func aFetchOfDeltasWithoutTheirBasesIsWhatPlainHTTPGives() async throws {
        try await CommandPair(
            "deltas", expects: ["[new branch]"],
            """
            seq 1 9999 >large
            quiet add large && quiet commit -q -m large
            quiet -C "$BARE" fetch -q "$SIDE/work" HEAD:main
            git clone --filter=blob:none --no-checkout "$URL" copy
            echo more >>large
            quiet commit -q -a -m larger
            quiet -C "$BARE" fetch -q "$SIDE/work" HEAD:larger
            git -C copy fetch --no-filter origin
            """
        ).compare()
    }
}
