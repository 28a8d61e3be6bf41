import HephyTestSupport
import Testing

/// What the GitHub double alone can do to a push, against the same without hephy; see the Parity suites for all else.
///
/// Serialized, as the other suites of many cases are: a hundred of git's processes at once would leave none of them in time.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct RelayTests {
    /// A command or several, which the suites of the other transports give to git and to hephy.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var steps: [String]

        /// Each step is the words behind `git`; `URL` stands for the side's own.
        init(_ name: String, _ steps: String...) {
            self.name = name
            self.steps = steps
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
        Case("atomic", "push --atomic forge main topic", "push --atomic forge other:main other:new"),
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
        Case("prune", "push --prune forge refs/heads/*:refs/heads/*"),
    ]

    @Test func aRefThatTheServerRefusesIsRefusedAloneAndWithAtomicTakesTheOthersAlong() async throws {
        let settings = GitHubScenario.Git(refuseRefs: ["refs/heads/topic": "protected branch hook declined"])
        try await RelaySides.with(git: settings) { sides in
            let atomic = try await sides.run(["push", "--atomic", "forge", "main", "topic"])
            #expect(atomic.status == 1)
            let ran = try await sides.run(["push", "forge", "main", "topic"])
            #expect(ran.errors.contains("! [remote rejected] topic -> topic (protected branch hook declined)"))
            #expect(ran.errors.contains("main -> main"))
            try await sides.expectSameRefs()
        }
    }

    @Test func aPushOfManyObjectsArrivesWhole() async throws {
        try await RelaySides.with { sides in
            var noise = SystemRandomNumberGenerator()
            let bytes = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &noise) }
            for side in [sides.plain, sides.relayed] {
                try await side.work.commit([TestCommit(["big": .file(bytes)], on: "big")])
            }
            try await sides.run(["push", "forge", "big"])
            try await sides.run(["clone", "--quiet", "--branch", "big", "URL", "copy"])
            try await sides.expectSameRefs()
        }
    }

    @Test func aRepositoryThatIsNotThereFailsInTheServersWords() async throws {
        try await GitFixture.with { fixture in
            let bare = try await fixture.bareRepository("api.git")
            let scenario = GitHubScenario(
                repositories: ["acme/api": .init(bare)], expectedRefusals: ["unknown-repository"])
            try await GitHubDouble.with(scenario, in: fixture) { double in
                let plain = try await fixture.run("git", "ls-remote", double.url("acme/other"))
                let ran = try await fixture.run("git", "ls-remote", double.hephyURL("acme/other"))
                #expect(ran.status == 128)
                #expect(ran.errors == plain.errors)
            }
        }
    }
}
