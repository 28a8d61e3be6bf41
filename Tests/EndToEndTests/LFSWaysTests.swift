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
}
