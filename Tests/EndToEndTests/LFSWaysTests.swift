import HephyTestSupport
import Testing

/// git-lfs through remotes by vcs from the first command on, over http and over ssh.
@Suite(.serialized, .enabled(if: Peer.gitLFS.isWanted), .timeLimit(.minutes(1)))
struct LFSWaysTests {
    private func way(_ name: String) -> (GitHubDouble, [String: String]) async throws -> LFSSides.Way {
        { double, repositories in
            guard name == "ssh" else { return ({ double.url($0) }, [:]) }
            let forge = SSHServer.Forge(repositories: repositories, lfs: (double.origin, "gho_owner"))
            let ssh = try await SSHServer(in: double.fixture, forge: forge)
            return ({ "git@forge.example:\($0)" }, ssh.environment)
        }
    }

    private func both(_ sides: RelaySides, _ arguments: String...) async throws {
        for side in [sides.plain, sides.relayed] { try await side.git(arguments).check() }
    }

    @Test(arguments: ["http", "ssh"]) func aRemoteByVCSIsClonedAndPushedTo(_ name: String) async throws {
        try await LFSSides.with(way: way(name), hephyURL: { $0 }) { sides in
            try await sides.relayed.git(["config", "remote.forge.vcs", "hephy"]).check()
            try await both(sides, "push", "--quiet", "forge", "main")
            try await sides.expectStored(1)
            for side in [sides.plain, sides.relayed] {
                let settings = side.bare.path == sides.relayed.bare.path ? ["-c", "remote.origin.vcs=hephy"] : []
                try await side.git(["clone", "--quiet"] + settings + ["URL", "copy"]).check()
                try await side.git(["-C", "copy", "lfs", "install", "--local"]).check()
                try side.work.fixture.write(LFSSides.content("b.bin"), to: side.work.path + "/copy/b.bin")
                try await side.git(["-C", "copy", "add", "-A"]).check()
                try await side.git(["-C", "copy", "commit", "--quiet", "-m", "b.bin"]).check()
            }
            try await sides.expectContent(of: "a.bin", in: "copy")
            try await both(sides, "-C", "copy", "push", "--quiet", "origin", "main")
            try await sides.expectStored(2)
            try await both(sides, "pull", "--quiet", "--ff-only", "forge", "main")
            try await sides.expectContent(of: "b.bin", in: ".")
            try await sides.expectSameRefs()
        }
    }

    /// A second repository, and the remote with both to push to: the first as it is or without hephy, the second with
    /// `prefix`.
    private func second(
        of side: RelaySides.Side, named name: String, first: String, prefix: String
    ) async throws -> TestRepository {
        let second = try await side.work.fixture.bareRepository(name)
        try await side.git(["config", "--add", "remote.forge.pushurl", first]).check()
        try await side.git(["config", "--add", "remote.forge.pushurl", prefix + "file://" + second.path]).check()
        return second
    }

    private func objects(of repository: TestRepository, _ fixture: GitFixture) async throws -> String {
        let script = "[ ! -d lfs/objects ] || find lfs/objects -type f"
        return try await fixture.run("sh", "-c", script, in: repository.path).check().output
    }

    private func onThisMachine(_ body: (RelaySides) async throws -> Void) async throws {
        try await LFSSides.with(
            way: { _, repositories in ({ "file://" + (repositories[$0] ?? "") }, ["HEPHY_TRIGGER": "none"]) },
            hephyURL: { "hephy::" + $0 }, body)
    }

    @Test func withTwoURLsToPushToObjectsGoWhereGitLFSBringsThem() async throws {
        try await onThisMachine { sides in
            let (plain, relayed) = (sides.plain, sides.relayed)
            let fixture = plain.work.fixture
            let other = try await second(of: plain, named: "second-plain.git", first: plain.url, prefix: "")
            let own = try await second(of: relayed, named: "second.git", first: relayed.url, prefix: "hephy::")
            try await both(sides, "push", "--quiet", "forge", "main")
            let expected = [try await objects(of: plain.bare, fixture), try await objects(of: other, fixture)]
            #expect(expected.contains { !$0.isEmpty })
            #expect(try await objects(of: relayed.bare, fixture) == expected[0])
            #expect(try await objects(of: own, fixture) == expected[1])
            #expect(try await own.commitID("main") == relayed.bare.commitID("main"))
        }
    }

    /// Git-lfs goes by the last URL, of which it understands nothing until hephy has been started for it.
    @Test func behindAPlainURLToPushToTheSecondPushGoesThrough() async throws {
        try await onThisMachine { sides in
            let side = sides.relayed
            let own = try await second(of: side, named: "second.git", first: side.plainURL, prefix: "hephy::")
            let first = try await side.git(["push", "forge", "main"])
            #expect(first.status == 1, "\(first)")
            #expect(first.errors.contains("missing protocol"), "\(first)")
            #expect(try await !objects(of: own, side.work.fixture).isEmpty, "\(first)")
            try await side.git(["push", "forge", "main"]).check()
            #expect(try await own.commitID("main") == side.bare.commitID("main"))
        }
    }
}
