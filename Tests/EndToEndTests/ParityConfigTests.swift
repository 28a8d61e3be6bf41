import HephyTestSupport
import Testing

/// What the user has set for http, in git's configuration, in the environment or on the command line, counts behind
/// hephy as without it.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParityConfigTests {
    static let ways = [
        CommandPair(
            "a header of the user's own", form: "header", expects: ["403"],
            """
            git ls-remote forge
            git push -v forge main
            git -c http.extraHeader='X-Door: open-sesame' push -v forge main
            quiet config "http.$(plain header).extraHeader" 'X-Door: open-sesame'
            git fetch -v forge
            git push forge topic
            quiet config "http.$(plain header).extraHeader" 'X-Door: shut-sesame'
            git push forge topic:two
            git clone "$URL" copy
            """, follows: 2),
        CommandPair(
            "a proxy", expects: ["proxied", "[128]"],
            """
            far=$(at smart http://git.corp.example)
            git ls-remote "$far"
            git -c http.proxy="$ORIGIN" ls-remote "$far"
            http_proxy=$ORIGIN git push "$far" main
            git -c http.proxy="http://ada:right@${ORIGIN#http://}" fetch "$far" old
            git -c http.proxy="http://ada:wrong@${ORIGIN#http://}" fetch "$far" old
            quiet remote set-url forge "$far"
            quiet config remote.forge.proxy "$ORIGIN"
            git fetch forge
            no_proxy=git.corp.example git fetch forge
            git -c http.proxy=http://127.0.0.1:1 ls-remote "$URL"
            no_proxy=127.0.0.1 git -c http.proxy=http://127.0.0.1:1 ls-remote "$URL"
            """, follows: 1),
        CommandPair(
            "a proxy in front of TLS", expects: ["tls GET"],
            """
            far=$(at smart https://git.corp.example)
            git -c http.proxy="$ORIGIN" ls-remote "$far"
            quiet config http.sslCAInfo "$AUTHORITY"
            git -c http.proxy="$ORIGIN" push "$far" main
            https_proxy=$ORIGIN git fetch "$far" main
            all_proxy=$ORIGIN git clone "$far" copy
            git -c http.proxy="$ORIGIN" ls-remote "$(at smart https://git.elsewhere.example)"
            """, follows: 1),
        CommandPair(
            "an authority of the user's own", expects: ["certificate", "tls GET"],
            """
            secure=$(at smart "$SECURE")
            git ls-remote "$secure"
            git -c http.sslCAInfo="$AUTHORITY" push "$secure" main
            GIT_SSL_CAINFO=$AUTHORITY git fetch "$secure" main
            git -c http.sslVerify=false ls-remote "$secure"
            GIT_SSL_NO_VERIFY=1 git ls-remote "$secure"
            git -c http.sslCAInfo="$SIDE/nothing" ls-remote "$secure"
            git -c "http.$SECURE/.sslCAInfo=$AUTHORITY" clone "$secure" copy
            git -c "http.https://elsewhere.example/.sslCAInfo=$AUTHORITY" fetch "$secure"
            """, follows: 1),
        CommandPair(
            "a client's certificate", expects: ["tls GET", "[128]"],
            """
            secure=$(at smart "$SECURE_WITH_CLIENT")
            quiet config http.sslCAInfo "$AUTHORITY"
            # What the server says without one comes as a line of OpenSSL's or as a lost connection.
            git ls-remote "$secure" 2>/dev/null
            git -c http.sslCert="$CERTIFICATE" -c http.sslKey="$CERTIFICATE.key" push "$secure" main
            GIT_SSL_CERT=$CERTIFICATE GIT_SSL_KEY=$CERTIFICATE.key git fetch "$secure" main
            quiet config "http.$SECURE_WITH_CLIENT.sslCert" "$CERTIFICATE"
            quiet config "http.$SECURE_WITH_CLIENT.sslKey" "$CERTIFICATE.key"
            git clone "$secure" copy
            """, follows: 1),
        CommandPair(
            "redirects", form: "redirect", expects: ["302", "warning: redirecting to"],
            """
            git ls-remote "$URL"
            git clone "$URL" copy
            git push "$URL" main
            git -c http.followRedirects=false push "$URL" topic
            git -c http.followRedirects=false ls-remote forge
            git push "$(at redirect-all)" topic
            git -c http.followRedirects=true push "$(at redirect-all)" topic:two
            git ls-remote "$(at loop)"
            git push "$(at loop)" main
            """, follows: 3),
        CommandPair(
            "redirects to other protocols", form: "to-tls", expects: ["tls GET"],
            """
            git -c http.sslCAInfo="$AUTHORITY" ls-remote "$URL"
            git -c http.sslCAInfo="$AUTHORITY" push "$URL" main
            git -c http.sslCAInfo="$AUTHORITY" -c protocol.https.allow=never fetch "$URL"
            git ls-remote "$(at to-ftp)"
            git push "$(at to-file)" main
            git fetch "$(at to-hephy)"
            git -c http.followRedirects=true push "$(at to-hephy)" main
            """, follows: 1),
        CommandPair(
            "places of the configuration", expects: ["..9"],
            """
            git -C docs push forge topic
            git --git-dir=.git push forge main
            quiet clone -q --bare . "$SIDE/bare.git"
            (cd / && git --git-dir="$SIDE/bare.git" --work-tree="$SIDE" push "$URL" other:from-bare)
            (cd "$SIDE" && GIT_DIR=work/.git git fetch forge)
            quiet remote remove forge
            git -c remote.given.url="$URL" fetch given
            # These variables are known from 2.31 on.
            case $(quiet version) in
            *' 2.30.'*) git -c remote.counted.url="$URL" -c remote.counted.push=other:counted push counted ;;
            *)
                GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=remote.counted.url GIT_CONFIG_VALUE_0="$URL" \\
                    GIT_CONFIG_KEY_1=remote.counted.push GIT_CONFIG_VALUE_1=other:counted git push counted
                ;;
            esac
            GIT_CONFIG_PARAMETERS="'remote.passed.url=$URL'" git ls-remote passed
            printf '[remote "My.Forge"]\\n\\turl = %s\\n\\tfetch = +refs/heads/*:refs/My.Forge/*\\n' "$URL" >"$SIDE/more"
            quiet config include.path "$SIDE/more"
            git fetch -v My.Forge
            git push My.Forge main:refs/heads/included
            printf 'URL: %s\\nPush: main:old-way\\n' "$URL" >.git/remotes-file
            mkdir -p .git/remotes && mv .git/remotes-file .git/remotes/ancient
            git push ancient
            """, follows: 6),
        CommandPair(
            "rewritten URLs", expects: ["GET /smart"],
            """
            base=$ORIGIN/smart/$FOLDER/
            # Without a word: git would show the URL as it was given, hephy's before and its own after the rewriting.
            quiet config "url.$base.insteadOf" https://git.corp.example/
            quiet config --add "url.http://127.0.0.1:1/.insteadOf" https://git.corp
            git ls-remote "${PREFIX}https://git.corp.example/api.git"
            git push -q "${PREFIX}https://git.corp.example/api.git" main
            quiet config "url.$base.pushInsteadOf" http://127.0.0.1:1/team/
            git push -q "${PREFIX}http://127.0.0.1:1/team/api.git" topic
            git fetch -q "${PREFIX}http://127.0.0.1:1/team/api.git" topic
            """),
    ]

    @Test(arguments: ways) func theWayToTheServerIsTheUsers(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    static let credentials = [
        CommandPair(
            "a helper", form: "auth", expects: ["401", "store", "password=right"],
            """
            quiet config credential.helper "$SIDE/helper"
            git ls-remote "$URL"
            git push forge main
            git clone -q -c credential.helper="$SIDE/helper" "$URL" copy
            cat "$SIDE/asked"
            """, follows: 1),
        CommandPair(
            "a wrong password", form: "auth", expects: ["erase", "Authentication failed"],
            """
            export PASSWORD=wrong
            git -c credential.helper="$SIDE/helper" push forge main
            git -c credential.helper="$SIDE/helper" fetch forge
            git -c credential.helper="$SIDE/helper" -c credential.helper='!f() { echo quit=1; }; f' ls-remote forge
            cat "$SIDE/asked"
            """),
        CommandPair(
            "a helper that gets the path", form: "auth-push", expects: ["path=auth-push"],
            """
            quiet config credential.helper "$SIDE/helper"
            quiet config credential.useHttpPath true
            git fetch forge
            git push forge main
            git -c "credential.$ORIGIN.useHttpPath=false" push forge topic
            cat "$SIDE/asked"
            """, follows: 2),
        CommandPair(
            "a user name", form: "auth", expects: ["username=ada"],
            """
            with_user=$(at auth "http://ada@${ORIGIN#http://}")
            git -c credential.helper="$SIDE/helper" push "$with_user" main
            git -c credential.helper="$SIDE/helper" -c credential.username=ada ls-remote forge
            git -c "credential.$(plain auth).helper=$SIDE/helper" fetch forge
            git -c "credential.https://elsewhere.example.helper=$SIDE/helper" fetch forge
            git push "$with_user" topic
            cat "$SIDE/asked"
            """, follows: 1),
        CommandPair(
            "settings for the URL as the remote has it", form: "auth+header", expects: ["username=ada", "403"],
            """
            quiet config "credential.$PREFIX$ORIGIN.helper" "$SIDE/helper"
            git ls-remote forge
            quiet config --add "http.$PREFIX$ORIGIN/.extraHeader" 'X-Door: open-sesame'
            git fetch forge
            git -c "http.$URL.extraHeader=X-Other: it's open" push forge main
            git -c "credential.${PREFIX}https://elsewhere.example.helper=false" clone -q "$URL" copy
            cat "$SIDE/asked"
            """, follows: 1),
        CommandPair(
            "nobody to ask", form: "auth", expects: ["terminal prompts disabled"],
            """
            git push forge main
            git ls-remote "$URL"
            git -c core.askPass="$SIDE/askpass" ls-remote "$URL"
            hook "$SIDE/askpass" <<'HOOK'
            #!/bin/sh
            echo "$1" >>"$SIDE/asked"
            case $1 in User*) echo ada ;; *) echo right ;; esac
            HOOK
            git -c core.askPass="$SIDE/askpass" ls-remote "$URL"
            GIT_ASKPASS=$SIDE/askpass git push "$URL" main
            cat "$SIDE/asked"
            """, follows: 1),
    ]

    @Test(arguments: credentials) func credentialsComeFromWhereGitHasThem(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    /// Which of git's commands a trace names, of those that have a part in a transfer: hephy asks git for other things too.
    private static let traced = """
        commands() {
            sed -n 's/.*trace: built-in: git \\([a-z-]*\\).*/built-in \\1/p' "$1" |
                grep -e fetch -e pack -e push -e remote -e rev-list | sort | uniq -c
        }
        lines() { for word in "$@"; do echo "$word $(grep -c -e "$word" said)"; done; }
        quiet config credential.helper "$SIDE/helper"
        \("")
        """

    static let traces = [
        CommandPair(
            "traces on standard error", form: "auth-push",
            expects: ["1 built-in send-pack", "1 built-in pack-objects", "1 built-in fetch", "POST 1", "ok refs 1"],
            traced + """
                GIT_TRACE=1 GIT_TRACE_PACKET=1 git ls-remote forge 2>said
                commands said; lines packet: 'packet: *ls-remote<'
                GIT_TRACE=2 GIT_TRACE_CURL=1 git push --porcelain forge main 2>said
                commands said; lines 'Send header: POST' 'Send header: GET'
                GIT_TRACE=true GIT_CURL_VERBOSE=1 GIT_TRACE_SETUP=1 GIT_TRACE_PERFORMANCE=1 git fetch forge 2>said
                commands said; lines 'Send header: POST' 'performance:.*fetch' 'setup: git_dir'
                GIT_TRACE=9 git push --porcelain forge main:again 9>said
                commands said
                GIT_TRANSPORT_HELPER_DEBUG=1 git push --porcelain forge topic 2>said
                lines 'Debug: Remote helper: -> push refs/heads/topic' 'Debug: Remote helper: <- ok refs'
                """, follows: 1),
        CommandPair(
            "traces in files", form: "auth-push",
            expects: ["packet: has it", "no password", "1 built-in send-pack", "1 built-in pack-objects"],
            traced + """
                GIT_TRACE=$SIDE/trace GIT_TRACE_PACKET=$SIDE/packet GIT_TRACE_CURL=$SIDE/curl \\
                    GIT_TRACE2_EVENT=$SIDE/event git push forge main
                for file in trace packet curl event; do [ ! -s "$SIDE/$file" ] || echo "$file: has it"; done
                commands "$SIDE/trace"
                grep -q 'Authorization: Basic <redacted>' "$SIDE/curl" && echo redacted
                grep -q -e right -e YWRhOnJpZ2h0 "$SIDE/curl" "$SIDE/trace" || echo no password
                """, follows: 1),
    ]

    @Test(arguments: traces) func tracesGoOn(_ pair: CommandPair) async throws {
        try await pair.compare()
    }
}
