import Testing

/// Commands that are given to git with and without hephy, over transports that git itself speaks.
enum ServiceCases {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [String]
        /// How the lines begin that git itself says on one side only, beside its table: the one ends the connection in the middle.
        var unsaid: [String] = []

        /// Each step is the words behind `git`; `URL` stands for the side's own.
        init(_ name: String, _ steps: String...) {
            self.name = name
            self.steps = steps
        }

        func without(_ unsaid: String...) -> Case {
            var entry = self
            entry.unsaid = unsaid
            return entry
        }

        var testDescription: String { name }
    }

    static let reading = [
        Case("ls-remote", "ls-remote URL", "ls-remote --symref forge", "ls-remote --exit-code URL refs/heads/nothing"),
        Case("clone", "clone URL copy", "-C copy log --format=%H", "-C copy fetch --verbose"),
        Case("shallow clone", "clone --depth=1 URL copy", "-C copy log --format=%H", "-C copy fetch --unshallow"),
        Case("partial clone", "clone --filter=blob:none URL copy", "-C copy show HEAD:README"),
        Case("mirror", "clone --mirror URL copy", "-C copy for-each-ref"),
        Case("single branch", "clone --branch old --single-branch URL copy", "-C copy for-each-ref"),
        Case("fetch", "fetch forge", "fetch --prune --tags forge", "fetch --dry-run forge old:new"),
        Case("fetch of a commit", "fetch URL old", "rev-parse FETCH_HEAD", "fetch URL nothing"),
        Case("pull", "checkout -q -b behind main~1", "pull forge main", "pull --no-rebase forge old"),
        Case("remote show", "remote show forge", "remote update"),
        Case("progress of a fetch", "fetch --progress forge", "clone --progress URL copy"),
        Case(
            "sparse", "push forge main", "clone --sparse --filter=blob:none URL copy",
            "-C copy sparse-checkout add docs", "-C copy show HEAD:docs/more", "-C copy push origin main:sparse",
            "-C copy push origin main:refs/heads/sparse"),
        Case(
            "alternates", "clone --quiet --bare URL BARE-near", "clone --reference BARE-near URL copy",
            "-C copy fetch origin", "push URL main", "-C copy fetch"),
        Case(
            "linked work trees", "worktree add --quiet linked topic", "-C linked fetch forge",
            "-C linked push forge topic", "-C linked pull forge topic", "worktree list"),
        Case(
            "what there is in common", "fetch --negotiate-only --negotiation-tip=main forge",
            "fetch --negotiation-tip=other forge"),
        Case(
            "atomic fetch", "fetch --atomic forge main:refs/heads/side old:refs/heads/topic",
            "fetch --atomic forge main:refs/heads/side old:refs/heads/new"),
        Case(
            "deepening", "push forge main", "clone --depth=1 URL copy", "-C copy fetch --deepen=1",
            "-C copy log --format=%H", "fetch --depth=1 forge main", "fetch --shallow-exclude=kept forge main"),
        Case(
            "versions of the protocol", "-c protocol.version=1 fetch forge", "-c protocol.version=1 push forge main",
            "-c protocol.version=0 clone URL copy", "-c protocol.version=1 clone URL other"),
        Case(
            "the service's own path", "fetch --upload-pack=git-upload-pack forge", "clone -u git-upload-pack URL copy",
            "-c remote.forge.uploadpack=no-such-service fetch forge", "ls-remote --upload-pack=no-such-service URL",
            "clone -u no-such-service URL other", "push --receive-pack=no-such-service forge main"),
    ]

    static let writing = [
        Case("new branch", "push forge topic", "push URL topic:refs/heads/second"),
        Case("update", "push forge main", "push forge main"),
        Case("upstream", "push --set-upstream forge main", "status -sb"),
        Case("not a fast-forward", "push forge other:main", "push forge +other:main"),
        Case("forced", "push --force forge other:main main:old"),
        Case("delete", "push --delete forge old", "push forge :kept", "push forge :nothing"),
        Case("tags", "push forge light heavy", "push --tags forge", "push --follow-tags forge main"),
        Case("mirror", "push --mirror URL"),
        Case("all", "push --all forge", "push --all --force forge"),
        Case("atomic", "push --atomic forge main topic", "push --atomic forge other:main other:new")
            .without("error: atomic push failed for ref ", "fatal: the remote end hung up unexpectedly"),
        Case("dry run", "push --dry-run forge main topic :old"),
        Case("porcelain", "push --porcelain forge main topic other:old", "push --porcelain forge other:main :kept"),
        Case("quiet", "push -q forge main", "push -q forge other:main"),
        Case("verbose", "push -v forge main topic"),
        Case("no thin pack", "push --no-thin --no-progress forge main"),
        Case("signed where it can be", "push --signed=if-asked forge main"),
        Case("nothing to push", "push forge nothing", "push forge"),
        Case("lease that holds", "fetch forge", "push --force-with-lease forge other:main"),
        Case("lease by name", "push --force-with-lease=old:refs/heads/main forge main:old"),
        Case(
            "lease on a new ref", "push --force-with-lease=topic: forge topic",
            "push --force-with-lease=old: forge main:old"),
        Case("lease with includes", "fetch forge", "push --force-with-lease --force-if-includes forge other:main"),
        Case(
            "from a shallow clone", "clone --depth=1 URL copy", "-C copy commit --allow-empty -m more",
            "-C copy push origin main", "-C copy push origin main:topic"),
        Case("prune", "push --prune forge refs/heads/*:refs/heads/*"),
        Case(
            "of an old tree, from a clone without blobs", "push forge main :kept",
            "clone -q --filter=blob:none --no-checkout URL copy", "-C copy read-tree origin/main~1",
            "-C copy commit -q -m back", "-C copy push origin HEAD:refs/heads/back"),
        Case("negotiated", "-c push.negotiate=true push forge topic", "-c push.negotiate=true push URL main"),
        Case("progress of a push", "push --progress forge main", "push --progress --quiet forge topic"),
        Case("an option that the server does not take", "push -o ci.skip forge main", "push forge main")
            .without("fatal: the remote end hung up unexpectedly"),
        Case(
            "two push URLs", "clone --quiet --bare URL BARE-second", "remote set-url --add --push forge URL",
            "remote set-url --add --push forge URL-second", "push forge main", "push forge other:main",
            "push forge +other:main"),
    ]

    /// For repositories of any object format.
    static let formats = [
        Case("reading", "ls-remote URL", "clone URL copy", "-C copy log --format=%H", "fetch forge"),
        Case("a shallow clone", "clone --depth=1 URL copy", "-C copy fetch --unshallow"),
        Case("pushing", "push forge main topic", "push forge other:main", "push --atomic forge +other:main heavy"),
        Case("deleting", "push --porcelain forge :old :kept"),
    ]
}
