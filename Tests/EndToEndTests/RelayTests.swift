import HephyTestSupport
import Testing

/// What the GitHub double alone can do to a push, against the same without hephy; see the Parity suites for all else.
///
/// Serialized, as the other suites of many cases are: a hundred of git's processes at once would leave none of them in time.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct RelayTests {
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
