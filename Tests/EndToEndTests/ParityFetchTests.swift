import HephyTestSupport
import Testing

/// What is read through hephy is what plain http gives, in every way of reading.
@Suite(.stage, .timeLimit(.minutes(1)))
struct ParityFetchTests {
    static let listing = [
        CommandPair(
            "ls-remote", expects: ["refs/tags/kept", "[2]"],
            """
            git ls-remote "$URL"
            git ls-remote --symref forge
            git ls-remote --heads --sort=-refname forge
            git ls-remote --tags --refs forge 'k*'
            git ls-remote --exit-code "$URL" refs/heads/nothing
            git ls-remote -q forge HEAD
            git ls-remote -o one -o two forge HEAD
            (cd / && git ls-remote "$URL" main && git --no-pager ls-remote nothing)
            (cd "$SIDE" && git clone -q "$URL" outside)
            """),
        CommandPair(
            "remote", expects: ["Fetch URL", "origin/stale"],
            """
            quiet remote rename forge origin
            git remote show origin
            quiet update-ref refs/remotes/origin/stale main
            git remote show origin
            git remote prune --dry-run origin
            git remote prune origin
            git remote update --prune
            git remote set-head origin --auto
            git remote show -n origin
            git remote get-url --push origin
            """),
        CommandPair(
            "versions of the protocol", expects: ["version=2", "version=1"],
            """
            for version in 0 1 2; do
                git -c protocol.version=$version ls-remote forge
                git -c protocol.version=$version fetch forge old
                git -c protocol.version=$version clone -q "$URL" copy$version
            done
            """),
        CommandPair(
            "the path of a service", expects: ["warning: setting remote service path not supported by protocol"],
            """
            git fetch --upload-pack=no-such-service forge
            git clone -u no-such-service "$URL" copy
            git -c remote.forge.uploadpack=no-such-service ls-remote forge
            git push --receive-pack=no-such-service forge main
            """, follows: 1),
        CommandPair(
            "a server that knows version 0 alone", form: "v0",
            """
            git ls-remote --symref forge
            git fetch -v forge
            git clone --depth=1 "$URL" copy
            git clone --filter=blob:none "$URL" partial
            git push --porcelain forge topic
            """, follows: 1),
        CommandPair(
            "ten thousand refs", expects: ["b00099"],
            """
            {
                echo '# pack-refs with: peeled fully-peeled sorted '
                seq -f "$(quiet -C "$BARE" rev-parse main) refs/heads/b%05g" 10000
            } >"$BARE/packed-refs"
            git ls-remote forge | cksum
            git -c protocol.version=0 ls-remote --heads "$URL" | cksum
            git fetch forge 'refs/heads/b000*:refs/remotes/forge/b000*'
            git push --porcelain forge main:b00001
            rm "$BARE/packed-refs"
            """, follows: 1),
        CommandPair(
            "archive", expects: ["[128]"],
            """
            quiet -C "$BARE" config daemon.uploadarch true
            git archive --remote="$URL" main >archive
            git archive --remote=forge --list
            """),
    ]

    @Test(arguments: listing) func listingIsWhatPlainHTTPGives(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    static let fetching = [
        CommandPair(
            "fetch", expects: ["[new branch]", "forced update", "[deleted]"],
            """
            git fetch forge
            quiet -C "$BARE" update-ref refs/heads/main refs/heads/old
            quiet -C "$BARE" branch -D old
            git fetch --dry-run forge
            git fetch --prune --tags forge
            git fetch forge
            git fetch --force forge main:topic
            """),
        CommandPair(
            "fetch of single things", expects: ["FETCH_HEAD", "couldn't find remote ref"],
            """
            git fetch "$URL" old
            git fetch --append forge main
            git fetch forge nothing
            git fetch forge main:refs/heads/taken kept:refs/tags/taken
            git fetch forge "$(quiet -C "$BARE" rev-parse old)"
            git fetch forge 1111111111111111111111111111111111111111
            git fetch --atomic forge main:refs/heads/side old:refs/heads/main
            """),
        CommandPair(
            "fetch with much or little said", expects: ["[up to date]", "old        -> read", "FETCH_HEAD"],
            """
            git fetch -v forge main
            git fetch -q forge old
            quiet -C "$BARE" branch more old~0
            git fetch --progress forge
            git fetch --no-progress -v forge old:again
            git fetch --no-tags --keep forge +main:again
            git fetch --set-upstream forge main
            git fetch -4 forge
            git fetch --all --multiple
            git fetch --negotiation-tip=main --refmap= forge main
            git fetch --negotiate-only --negotiation-tip=main forge
            git fetch --refetch -o option forge
            printf 'main\nold:refs/heads/read\n' | git fetch --stdin forge
            git maintenance run --task=prefetch
            """),
        CommandPair(
            "pull", expects: ["Fast-forward", "Automatic merge went well"],
            """
            git checkout -q -b behind main~1
            quiet -C "$BARE" fetch -q "$SIDE/work" main:main
            git pull forge main
            # The URL would stand in the message of the merge.
            git pull --no-rebase --no-commit --allow-unrelated-histories -X ours forge old
            git commit -q -m merged
            git pull --ff-only "$URL" nothing
            git checkout -q -b rebased main~1
            git pull -q --rebase forge main
            git -c branch.rebased.remote=forge -c branch.rebased.merge=refs/heads/main pull
            """),
        CommandPair(
            "clone", expects: ["Cloning into"],
            """
            git clone "$URL" copy
            git -C copy status -sb
            git clone "$URL"
            git clone --bare "$URL" bare
            git clone --mirror -v "$URL" mirror
            git clone --progress --origin upstream --branch old --single-branch --no-tags "$URL" single
            git clone -q --no-checkout --template= "$URL" none
            git clone "$URL" copy
            git clone --branch nothing "$URL" other
            """),
        CommandPair(
            "clone of an empty repository", expects: ["empty repository"],
            """
            quiet -C "$BARE" for-each-ref --format='delete %(refname)' | quiet -C "$BARE" update-ref --stdin
            git clone "$URL" copy
            git ls-remote "$URL"
            git fetch forge
            """),
        CommandPair(
            "bundles named by the server", expects: ["dumb/CASE/bundle"],
            """
            quiet bundle create -q "$SIDE/bundle" main~1
            quiet -C "$BARE" config uploadpack.advertiseBundleURIs true
            quiet -C "$BARE" config bundle.version 1
            quiet -C "$BARE" config bundle.mode all
            quiet -C "$BARE" config bundle.one.uri "$(plain dumb | sed 's/api.git/bundle/')"
            # Older gits know neither side of it; the request is made here so that it is seen in any case.
            git -c transfer.bundleURI=true clone -q "$URL" copy
            git -C "$SIDE" ls-remote "$(at dumb | sed 's/api.git/bundle/')"
            """),
    ]

    @Test(arguments: fetching) func fetchingIsWhatPlainHTTPDoes(_ pair: CommandPair) async throws {
        try await pair.compare()
    }

    @Test(arguments: ["fetch", "remote"])
    func aRemoteSetUpByVCSFetchesTheSame(_ name: String) async throws {
        var pair = try #require((Self.listing + Self.fetching).first { $0.name == name })
        pair.way = .vcs
        try await pair.compare()
    }

    static let partly = [
        CommandPair(
            "shallow clone", expects: ["shallow", "[new branch]"],
            """
            quiet -C "$BARE" fetch -q "$SIDE/work" topic:topic main:main
            git clone --depth=1 "$URL" copy
            git -C copy log --format=%s
            git -C copy fetch --deepen=1
            git -C copy log --format=%s
            git -C copy commit -q --allow-empty -m shallow
            git -C copy push origin main:from-shallow
            git -C copy fetch --unshallow
            git -C copy log --format=%s
            git -C copy fetch --depth=1 origin topic
            """, follows: 1),
        CommandPair(
            "shallow since and without", expects: ["-- shallow", "since 1", "without 1"],
            """
            quiet -C "$BARE" fetch -q "$SIDE/work" topic:topic main:main
            git clone -q --shallow-since='2026-01-01 00:00:02 +0000' "$URL" since
            git -C since log --format=%s
            echo "since $(quiet -C since rev-list --count HEAD)"
            git clone -q --shallow-exclude=kept --branch main "$URL" without
            git -C without log --format=%s
            echo "without $(quiet -C without rev-list --count HEAD)"
            git -C without fetch --shallow-since=2020-01-01 origin
            git clone --shallow-exclude=nothing "$URL" wrong
            git clone -q --no-local --reject-shallow "$URL" whole
            git fetch --update-shallow --depth=2 forge
            """),
        CommandPair(
            "partial clone", expects: ["promisor = true", "pack .promisor"],
            """
            git clone --filter=blob:none "$URL" copy
            git -C copy checkout old
            git -C copy show origin/main:README
            git -C copy commit -q --allow-empty -m more
            git -C copy push origin HEAD:refs/heads/more
            git -C copy fetch --filter=tree:0 origin main
            git clone -q --no-checkout --filter=tree:0 "$URL" trees
            git -C trees log --format=%s --stat
            git clone -q --filter=blob:limit=2 --bare "$URL" small
            """, follows: 1),
        CommandPair(
            "a filter that the server does not know", expects: ["filtering not recognized"],
            """
            quiet -C "$BARE" config uploadpack.allowFilter false
            git clone --filter=blob:none "$URL" copy
            """),
        CommandPair(
            "sparse", expects: ["info/sparse-checkout"],
            """
            quiet -C "$BARE" fetch -q "$SIDE/work" main:main
            git clone --sparse --filter=blob:none "$URL" copy
            ls copy
            git -C copy sparse-checkout add docs
            ls copy copy/docs
            git -C copy push origin main:refs/heads/sparse
            """, follows: 1),
        CommandPair(
            "alternates", expects: ["objects/info/alternates"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/near"
            git clone --reference "$SIDE/near" "$URL" copy
            git -C copy fetch origin
            git clone -q --reference-if-able "$SIDE/nothing" --dissociate "$URL" apart
            git clone -q --shared . shared
            git -C shared push "$URL" main:refs/heads/from-shared
            git -C shared fetch "$URL" old
            """, follows: 1),
        CommandPair(
            "sha256",
            """
            rm -rf "$BARE" .git
            quiet init -q --bare --object-format=sha256 -b main "$BARE"
            quiet -C "$BARE" config http.receivepack true
            quiet init -q --object-format=sha256 -b main .
            quiet add README && quiet commit -q -m one
            git push "$URL" main
            quiet commit -q --allow-empty -m two
            git push "$URL" main main:next
            git clone "$URL" copy
            git -C copy rev-parse HEAD
            git -C copy fetch --depth=1 origin
            git ls-remote "$URL"
            git push "$URL" :next
            """, follows: 3),
        CommandPair(
            "sha1 and sha256 do not mix", expects: ["mismatched algorithms"],
            """
            quiet init -q --object-format=sha256 -b main two
            git -C two fetch "$URL"
            """),
        CommandPair(
            "linked work trees", expects: ["topic -> again"],
            """
            git worktree add --quiet linked topic
            git -C linked fetch forge
            git -C linked push forge topic
            git -C linked pull forge topic
            quiet config extensions.worktreeConfig true
            git -C linked config --worktree user.name Somebody
            git -C linked push forge topic:again
            """, follows: 2),
        CommandPair(
            "dumb http", form: "dumb", expects: ["[new branch]"],
            """
            git ls-remote "$URL"
            git clone "$URL" copy
            git fetch -v forge
            git clone --depth=1 "$URL" shallow
            git push forge main
            quiet -C "$BARE" repack -q -a -d && quiet -C "$BARE" update-server-info
            git clone "$URL" packed
            """),
        CommandPair(
            "submodules", expects: ["Submodule 'sub'"],
            """
            quiet clone -q --bare "$SIDE/api.git" "$SIDE/sub.git"
            quiet checkout -q -b super main
            # The same URL on both sides, as it stands in a commit.
            export HOME=$SIDE GIT_CONFIG_GLOBAL=$SIDE/.gitconfig
            quiet config --global "url.$(plain smart | sed 's/api.git/sub.git/').insteadOf" https://subs.example/sub
            git submodule --quiet add https://subs.example/sub sub
            quiet commit -q -m super
            git push forge super
            git clone --recurse-submodules --branch super "$URL" copy
            git -C copy fetch --recurse-submodules -v
            """, follows: 1),
    ]

    @Test(.needsGit(2, 45)) func refsInAReftableAreWhatTheyAreOverPlainHTTP() async throws {
        try await CommandPair(
            "reftable", expects: ["[new branch]", "reftable\nreftable"],
            """
            quiet init -q --ref-format=reftable -b main new
            quiet -C new pull -q "$SIDE/work" main
            git -C new push "$URL" main
            git -C new fetch "$URL" 'refs/heads/*:refs/remotes/forge/*'
            git clone --ref-format=reftable "$URL" copy
            git -C copy push origin main:other
            rm -rf "$BARE"
            quiet init -q --bare --ref-format=reftable -b main "$BARE"
            quiet -C "$BARE" config http.receivepack true
            quiet -C "$BARE" rev-parse --show-ref-format
            quiet -C copy rev-parse --show-ref-format
            git -C copy push "$URL" main main:other
            git push forge main:third :other
            git ls-remote forge
            git fetch --prune forge
            git clone "$URL" files
            git -C copy fetch origin
            """, follows: 5
        ).compare()
    }

    @Test(arguments: partly) func lessThanAllIsWhatPlainHTTPGives(_ pair: CommandPair) async throws {
        try await pair.compare()
    }
}
