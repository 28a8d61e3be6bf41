import HephyTestSupport
import Testing

/// Settings of git's that come up less often count behind hephy as without it; each case shows that the setting does
/// something.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParitySettingsTests {
    static let settings = [
        CommandPair(
            "tags pruned", expects: ["[deleted]", "heavy"],
            """
            git fetch forge
            git fetch --prune --prune-tags forge
            quiet tag stale main
            git -c fetch.pruneTags=true -c fetch.prune=true fetch forge
            """),
        CommandPair(
            "two remotes at once", expects: ["Fetching second", "second/old"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/second.git"
            git remote add second "$(at smart | sed 's/api.git/second.git/')"
            git -c fetch.parallel=2 fetch --all --no-tags 2>&1 | sort
            git fetch -q -j2 --no-tags --multiple forge second
            # Both write and ask at once.
            rm -f .git/FETCH_HEAD
            FORM=dumb
            """),
        CommandPair(
            "objects checked", expects: ["missingCommitter", "[128]"],
            """
            tree=$(quiet -C "$BARE" rev-parse main^{tree})
            bad=$(printf 'tree %s\\nauthor A <a@b> 1 +0000\\n\\nbad\\n' "$tree" |
                quiet -C "$BARE" hash-object -t commit -w --stdin --literally)
            echo "$bad" >"$BARE/refs/heads/bad"
            git -c fetch.fsckObjects=true fetch forge bad
            git -c transfer.fsckObjects=true -c fetch.fsck.missingCommitter=warn fetch forge bad
            rm -f .git/objects/pack/tmp_*
            """),
        CommandPair(
            "cookies", expects: ["sent 2", "saved 1"],
            """
            printf '127.0.0.1\\tFALSE\\t/\\tFALSE\\t0\\tdoor\\topen\\n' >"$SIDE/cookies"
            GIT_TRACE_CURL=$SIDE/curl git -c http.cookieFile="$SIDE/cookies" push forge main
            echo "sent $(grep -c 'Cookie: door=<redacted>' "$SIDE/curl")"
            git -c http.cookieFile="$SIDE/cookies" -c http.saveCookies=true fetch forge
            echo "saved $(grep -c 'Netscape HTTP Cookie File' "$SIDE/cookies")"
            """, follows: 1),
        CommandPair(
            "versions of http", expects: ["asked for more: 2", "asked for more: 0"],
            """
            for version in HTTP/1.1 HTTP/2; do
                GIT_TRACE_CURL=$SIDE/curl.${version#*/} git -c http.version=$version ls-remote forge
                echo "asked for more: $(grep -i -c 'header: upgrade: h2c' "$SIDE/curl.${version#*/}")"
            done
            """),
        CommandPair(
            "ways to sign on at a proxy", expects: ["basic 2", "digest 0"],
            """
            far=$(at smart http://git.corp.example)
            for method in basic digest; do
                GIT_TRACE_CURL=$SIDE/curl.$method git -c http.proxyAuthMethod=$method \\
                    -c http.proxy="http://ada:right@${ORIGIN#http://}" ls-remote "$far"
                echo "$method $(grep -i -c 'proxy-authorization: basic' "$SIDE/curl.$method")"
            done
            """),
        CommandPair(
            "a client's certificate with a password", expects: ["Password for 'cert://", "tls GET"],
            """
            secure=$(at smart "$SECURE_WITH_CLIENT")
            quiet config http.sslCAInfo "$AUTHORITY"
            hook "$SIDE/askpass" <<'HOOK'
            #!/bin/sh
            echo "$1" >>"$SIDE/asked"
            echo any
            HOOK
            openssl pkcs8 -topk8 -passout pass:any -in "$CERTIFICATE.key" -out "$SIDE/key"
            git -c http.sslCert="$CERTIFICATE" -c http.sslKey="$SIDE/key" \\
                -c http.sslCertPasswordProtected=true -c core.askPass="$SIDE/askpass" push "$secure" main
            cat "$SIDE/asked"
            """, follows: 1),
        CommandPair(
            "a folder of authorities", expects: ["tls GET", "[128]"],
            """
            secure=$(at smart "$SECURE")
            mkdir "$SIDE/authorities"
            cp "$AUTHORITY" "$SIDE/authorities/$(openssl x509 -hash -noout -in "$AUTHORITY").0"
            git -c http.sslCAPath="$SIDE/authorities" push "$secure" main
            GIT_SSL_CAPATH=$SIDE/authorities git fetch "$secure" main
            git ls-remote "$secure"
            """, follows: 1),
        CommandPair(
            "another language", expects: ["refs/heads/caf"],
            """
            export LC_ALL=C.UTF-8 LANGUAGE=de
            git push forge main:refs/heads/café
            git push forge other:café
            git -c core.quotePath=false push --porcelain forge :café
            git fetch forge nothing
            """, follows: 1),
        CommandPair(
            "two push URLs, one of them plain", expects: ["second.git", "fetch first"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/second.git"
            quiet -C "$SIDE/second.git" config http.receivepack true
            git remote set-url --add --push forge "$(plain smart)"
            git remote set-url --add --push forge "$(at smart | sed 's/api.git/second.git/')"
            git push forge main
            quiet --git-dir="$BARE" update-ref refs/heads/main "$(
                quiet -C "$BARE" commit-tree -m theirs main^{tree})"
            git push forge topic:main
            """, follows: 2),
    ]

    @Test(arguments: settings) func theSettingCounts(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    @Test(.needsGit(2, 41)) func porcelainOfAFetch() async throws {
        try await CommandPair(
            "porcelain of a fetch", expects: ["refs/remotes/forge/main", "[128]"],
            """
            git fetch --porcelain forge
            git fetch --porcelain --prune forge +old:refs/heads/side nothing
            git fetch --porcelain --all
            """
        ).compare()
    }

    @Test(.needsGit(2, 46)) func aPasswordThatIsGivenUnasked() async throws {
        try await CommandPair(
            "a password that is given unasked", form: "auth", expects: ["unasked"],
            """
            quiet config credential.helper "$SIDE/helper"
            git -c http.proactiveAuth=basic push forge main
            grep -q ' 401 ' "$SIDE.requests" || echo unasked
            git -c http.proactiveAuth=none fetch forge
            cat "$SIDE/asked"
            """, follows: 1
        ).compare()
    }

    @Test(.needsGit(2, 33)) func aPushThatAsksWhatThereIs() async throws {
        try await CommandPair(
            "a push that asks what there is", expects: ["api.git/git-upload-pack"],
            """
            git -c push.negotiate=true push forge topic
            git -c push.negotiate=true push forge other:next :kept
            """, follows: 2
        ).compare()
    }

    @Test(.needsGit(2, 38)) func aBundleThatTheUserNames() async throws {
        try await CommandPair(
            "a bundle that the user names", expects: ["dumb/CASE/bundle 200", "refs/bundles/"],
            """
            quiet bundle create -q "$SIDE/bundle" main
            git clone --bundle-uri="$(plain dumb | sed 's/api.git/bundle/')" "$URL" copy
            """
        ).compare()
    }

    /// Set-ups by vcs from the first command on.
    static let byVCS = [
        CommandPair(
            "a clone", expects: ["Cloning into", "info/sparse-checkout", "pack .promisor"],
            """
            clone() { git clone ${VCS:+-c remote.origin.vcs=$VCS} "$@"; }
            clone "$URL" copy
            git -C copy fetch -v origin
            git -C copy commit -q --allow-empty -m more
            git -C copy push origin HEAD:refs/heads/more
            quiet -C "$BARE" fetch -q "$SIDE/work" main:main
            clone --filter=tree:0 --sparse "$URL" few
            git -C few sparse-checkout add docs
            ls few few/docs
            git -C few log --format=%s --stat
            clone --depth=1 "$URL" shallow
            git -C shallow fetch --unshallow
            """, follows: 1, way: .vcs),
        CommandPair(
            "relative submodules", expects: ["Submodule 'sub' (", "sub.git"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/sub.git"
            quiet checkout -q -b super main
            quiet config branch.super.remote forge
            quiet submodule --quiet add ../sub.git sub
            quiet commit -q -m super
            git push forge super
            git clone -c remote.origin.prune=true ${VCS:+-c remote.origin.vcs=$VCS} --recurse-submodules --branch super "$URL" copy
            git -C copy submodule status
            git -C copy fetch --recurse-submodules -v
            """, follows: 1, way: .vcs),
    ]

    @Test(arguments: byVCS) func aSetUpByVCSIsTheSame(_ pair: CommandPair) async throws {
        try await pair.compare()
    }
}
