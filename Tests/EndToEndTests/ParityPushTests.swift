import HephyTestSupport
import Testing

/// What is pushed through hephy arrives, is refused and is reported as by plain http.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParityPushTests {
    /// What hephy says of refs of a dry run.
    private static func dry(_ count: Int) -> [String] {
        Array(repeating: "nothing would be followed: <id> has no workflow", count: count)
    }

    static let pushing = [
        CommandPair(
            "new branches and updates", expects: ["[new branch]", "Everything up-to-date", "..9da36ba"],
            """
            git push forge topic
            git push forge main
            git push forge main
            git push "$URL" topic:refs/heads/second
            git push forge nothing
            git push forge
            git push --all forge
            """, follows: 4),
        CommandPair(
            "not a fast-forward", expects: ["(fetch first)", "hint: ", "(non-fast-forward)", "forced update"],
            """
            quiet -C "$BARE" update-ref refs/heads/main "$(quiet -C "$BARE" commit-tree -m theirs main^{tree})"
            git push forge other:main
            git fetch -q forge
            git push forge other:main
            git checkout -q other
            git push forge HEAD:main
            git push forge +other:main
            git push --force forge main main:old
            git -c advice.pushUpdateRejected=false push forge other:main
            """, follows: 3),
        CommandPair(
            "deletes", expects: ["[deleted]", "remote ref does not exist"],
            """
            git push --delete forge old
            git push forge :kept
            git push forge :nothing
            git push --porcelain forge :main main:refs/heads/instead
            quiet -C "$BARE" config receive.denyDeletes true
            git push forge :instead
            """, follows: 1),
        CommandPair(
            "tags", expects: ["[new tag]", "already exists"],
            """
            git push forge light heavy
            git push --tags forge
            quiet tag -f light topic
            git push forge light
            git push --force forge light
            git push --follow-tags forge main
            git push forge tag heavy
            quiet tag -a -m more more topic
            git push --follow-tags --dry-run forge topic
            git push --follow-tags forge topic
            """, follows: 6, says: dry(2)),
        CommandPair(
            "mirror and prune", expects: ["[deleted]"],
            """
            git push --mirror --dry-run "$URL"
            git push --mirror "$URL"
            quiet branch -D topic
            git push --prune forge 'refs/heads/*:refs/heads/*'
            git remote add --mirror=push copy "$URL"
            quiet branch again main
            git push copy
            """, follows: 6, says: dry(5)),
        CommandPair(
            "atomic", expects: ["atomic push failed"],
            """
            git push --atomic forge main topic
            git push --atomic forge other:main other:new
            git push --atomic --porcelain forge other:main other:new
            quiet -C "$BARE" config receive.denyDeletes true
            git push --atomic forge :old other:new
            quiet -C "$BARE" config receive.advertiseAtomic false
            git push --atomic forge other:new
            """, follows: 2),
        CommandPair(
            "how much is said",
            """
            git push -v forge main
            git push -q forge topic
            git push -q forge other:main
            git push --progress forge other
            git push --no-progress forge topic:two
            git push --quiet --dry-run forge topic:three
            git push -v --porcelain forge topic:three main
            git push -v -v -v forge main:four
            """, follows: 5),
        CommandPair(
            "porcelain", expects: ["Done", "!\trefs/heads/other:refs/heads/main\t[rejected]"],
            """
            git push --porcelain forge main topic other:old
            git push --porcelain forge other:main :kept
            git push --porcelain --dry-run forge topic:main +other:topic
            git push --porcelain --set-upstream forge main
            git push --porcelain --force "$URL" other:main
            """, follows: 3, says: dry(2)),
        CommandPair(
            "dry run",
            """
            git push --dry-run forge main topic :old
            git push -n --porcelain forge other:main
            git push -n --force-with-lease=main: forge main
            """, says: dry(2)),
        CommandPair(
            "thin packs, hooks and upstreams", expects: ["set up to track", "hook: forge"],
            """
            hook .git/hooks/pre-push <<'HOOK'
            #!/bin/sh
            echo "hook: $1 ${2##*:}" | sed 's/[0-9]*.smart.*//' >&2
            sed 's/^/hook: /' >&2
            [ ! -f stop ]
            HOOK
            git push --thin forge main
            git push --no-thin forge topic
            touch stop
            git push forge topic:two
            git push --no-verify forge topic:two
            git push --no-verify --set-upstream forge main topic
            git status -sb
            git -c push.default=current push --no-verify
            git push --no-verify --receive-pack=git-receive-pack forge main:three
            git push --no-verify -4 --ipv4 forge main:four
            """, follows: 5),
        CommandPair(
            "the check of submodules", expects: ["not be found on any remote", "Aborting"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/sub.git"
            quiet -C "$SIDE/sub.git" config http.receivepack true
            quiet checkout -q -b super main
            # The same URL on both sides, as it stands in a commit.
            export HOME=$SIDE GIT_CONFIG_GLOBAL=$SIDE/.gitconfig
            subs=$(plain smart | sed 's/api.git/sub.git/')
            quiet config --global "url.$subs.insteadOf" https://subs.example/sub
            git submodule --quiet add https://subs.example/sub sub
            quiet commit -q -m super
            git push --recurse-submodules=check forge super
            quiet -C sub commit -q --allow-empty -m unpushed
            quiet commit -q -a -m again
            git push --recurse-submodules=check forge super
            quiet -C sub remote add forge "$PREFIX$subs"
            quiet -C sub checkout -q -b super
            git push --recurse-submodules=on-demand forge super
            """, follows: 3),
        CommandPair(
            "two push URLs", expects: ["second.git"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/second.git"
            quiet -C "$SIDE/second.git" config http.receivepack true
            git remote set-url --add --push forge "$URL"
            git remote set-url --add --push forge "$(at smart | sed 's/api.git/second.git/')"
            git push forge main
            quiet --git-dir="$BARE" update-ref refs/heads/main refs/heads/old
            git push forge topic:main
            git push forge +topic:main
            """, follows: 4),
        CommandPair(
            "a large pack in pieces", expects: ["chunked"],
            """
            quiet checkout -q -b big
            seq 1 40000 | while read -r number; do echo "$number $((number * number * 7919 % 1000003))"; done >big
            quiet add big && quiet commit -q -m big
            git -c http.postBuffer=65536 push forge big
            git -c http.postBuffer=10485760 push forge big:again
            git clone -q --branch big "$URL" copy
            git -C copy rev-parse HEAD
            """, follows: 2),
        CommandPair(
            "more refs than hephy looks at", expects: ["refs/heads/b100:refs/heads/b100"],
            """
            seq -f 'create refs/heads/b%03g refs/heads/main' 100 | quiet update-ref --stdin
            git push --porcelain forge 'refs/heads/b*:refs/heads/b*'
            git push forge 'refs/heads/b*:refs/heads/b*'
            """, says: ["100 refs at once: none of them is built or followed"]),
    ]

    @Test(arguments: pushing) func pushingIsWhatPlainHTTPDoes(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    static let guarded = [
        CommandPair(
            "leases", expects: ["(stale info)"],
            """
            git fetch -q forge
            git push --force-with-lease forge other:main
            git push --force-with-lease=old:refs/heads/main forge main:old
            git push --force-with-lease=topic: forge topic
            git push --force-with-lease=old: forge main:old
            quiet -C "$BARE" update-ref refs/heads/main refs/heads/topic
            git push --force-with-lease forge other:main
            git push --force-with-lease=main:topic --porcelain forge other:main
            """, follows: 3),
        CommandPair(
            "leases with includes", expects: ["remote ref updated since checkout"],
            """
            git fetch -q forge
            git push --force-with-lease --force-if-includes forge other:main
            quiet checkout -q -b work forge/old
            quiet commit -q --amend --allow-empty -m amended
            git push --force-with-lease --force-if-includes forge work:old
            git -c push.useForceIfIncludes=true push --force-with-lease forge main:old
            """, follows: 1),
        CommandPair(
            "a lease in a race with somebody else's push", expects: ["[remote rejected] other -> main"],
            """
            git fetch -q forge
            quiet -C "$BARE" fetch -q "$SIDE/work" main:theirs
            hook .git/hooks/pre-push <<'HOOK'
            #!/bin/sh
            git --git-dir="$SIDE/api.git" update-ref refs/heads/main refs/heads/theirs
            HOOK
            git push --force-with-lease=main forge other:main
            """),
        CommandPair(
            "a force and a plain push in the same race", expects: ["[remote rejected] other -> main"],
            """
            quiet -C "$BARE" fetch -q "$SIDE/work" main:theirs
            hook .git/hooks/pre-push <<'HOOK'
            #!/bin/sh
            git --git-dir="$SIDE/api.git" update-ref refs/heads/main refs/heads/theirs
            git --git-dir="$SIDE/api.git" update-ref refs/heads/taken refs/heads/theirs
            HOOK
            git push forge +other:main other:taken other:free
            git push --atomic --force forge topic:main other:old
            """, follows: 2),
        CommandPair(
            "signed where it can be", expects: ["remote: certificate version", "refs/heads/three", "nonce OK"],
            """
            hook "$SIDE/sign" <<'HOOK'
            #!/bin/sh
            cat >/dev/null
            echo '[GNUPG:] BEGIN_SIGNING' >&2
            echo '[GNUPG:] SIG_CREATED ' >&2
            printf -- '-----BEGIN PGP SIGNATURE-----\\nx\\n-----END PGP SIGNATURE-----\\n'
            HOOK
            hook "$BARE/hooks/pre-receive" <<'HOOK'
            #!/bin/sh
            echo "nonce ${GIT_PUSH_CERT_NONCE_STATUS-none}"
            [ -z "${GIT_PUSH_CERT-}" ] || git cat-file blob "$GIT_PUSH_CERT" | grep -v -e '^nonce ' -e '^pusher '
            HOOK
            git push --signed=if-asked forge main
            git push --signed forge topic
            git push --no-signed forge topic
            quiet -C "$BARE" config receive.certNonceSeed seed
            quiet -C "$BARE" config receive.certNonceSlop 600
            git -c gpg.program="$SIDE/sign" push --signed forge topic:two
            git -c gpg.program="$SIDE/sign" push --signed=if-asked forge topic:three
            git -c gpg.program=false push --signed=if-asked forge topic:four
            # The certificates hold the time.
            quiet -C "$BARE" for-each-ref && rm -rf "$BARE"
            """, follows: 4),
        CommandPair(
            "push options", expects: ["option 0 (ci.skip)", "does not support push options"],
            #"""
            hook "$BARE/hooks/pre-receive" <<'HOOK'
            #!/bin/sh
            number=0
            while [ "$number" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
                eval "value=\$GIT_PUSH_OPTION_$number"
                echo "option $number ($value)"
                [ "$value" != refuse ] || { echo 'this option is refused' >&2; exit 1; }
                number=$((number + 1))
            done
            HOOK
            git push -o ci.skip -o 'two words' forge main
            git push -o 'é=1' -o 'quo"ted' -o 'back\slash' -o '' -o "$(printf 'a\tb')" -o '"' forge topic
            git push -o "$(printf 'two\nlines')" forge topic
            git -c push.pushOption=configured push forge topic:two
            git push -o refuse forge topic:three
            git push --porcelain -o refuse forge topic:three
            git push -o hephyx -o hephy forge topic:three
            quiet -C "$BARE" config receive.advertisePushOptions false
            git push -o ci.skip forge topic:four
            """#, follows: 4),
        CommandPair(
            "hooks that refuse", expects: ["remote: main is shut", "(hook declined)", "(pre-receive hook declined)"],
            """
            hook "$BARE/hooks/update" <<'HOOK'
            #!/bin/sh
            case $1 in */main) echo 'main is shut'; echo; printf 'no line end' >&2; exit 1 ;; esac
            HOOK
            git push forge main topic
            git push --atomic forge main other
            git push --porcelain forge main
            hook "$BARE/hooks/pre-receive" <<'HOOK'
            #!/bin/sh
            echo 'all is shut: a word about hephy::' >&2
            exit 1
            HOOK
            git push forge other
            git push -q forge other
            rm "$BARE/hooks/pre-receive"
            hook "$BARE/hooks/post-receive" <<'HOOK'
            #!/bin/sh
            echo 'thank you'
            exit 1
            HOOK
            git push forge other
            """, follows: 2),
        CommandPair(
            "refusals of the server's own", expects: ["deny updating a hidden ref", "denyCurrentBranch", "shallow"],
            """
            quiet -C "$BARE" config receive.hideRefs refs/heads/hidden
            git push forge main:refs/heads/hidden main
            quiet -C "$BARE" config core.bare false
            git push forge topic:main
            quiet -C "$BARE" config core.bare true
            quiet -C "$BARE" config receive.denyNonFastForwards true
            git push --force forge other:main
            quiet -C "$BARE" config receive.maxInputSize 20
            git push forge topic:large
            quiet clone -q --depth=1 --branch topic "file://$SIDE/work" few
            quiet -C few commit -q --allow-empty -m shallow
            git -C few push "$URL" topic:shallow
            quiet -C "$BARE" config http.receivepack false
            git push forge topic
            """, follows: 1),
    ]

    @Test(arguments: guarded) func whatGuardsARefGuardsItAsOverPlainHTTP(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    /// The cases that name the remote, and how often hephy has something to say then.
    @Test(arguments: [
        ("new branches and updates", 3), ("not a fast-forward", 3), ("atomic", 2), ("porcelain", 2), ("leases", 3),
    ])
    func aRemoteSetUpByVCSPushesTheSame(_ name: String, follows: Int) async throws {
        var pair = try #require((Self.pushing + Self.guarded).first { $0.name == name })
        pair.way = .vcs
        pair.follows = follows
        try await pair.compare()
    }
}
