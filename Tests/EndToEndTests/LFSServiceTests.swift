import HephyTestSupport
import Testing

/// The real git-lfs does through `hephy::` over ssh and on this machine what it does without it.
@Suite(.serialized, .enabled(if: Peer.gitLFS.isWanted), .timeLimit(.minutes(2)))
struct LFSServiceTests {
    @Test(arguments: [
        "git@forge.example:NAME", "git@forge.example:NAME.git", "ssh://git@forge.example/NAME",
        "ssh://forge.example:2222/NAME.git",
    ])
    func overSSHTheServerIsTheOneThatTheForgeNames(_ form: String) async throws {
        var server: SSHServer?
        try await LFSSides.with(
            way: { double, repositories in
                let forge = SSHServer.Forge(repositories: repositories, lfs: (double.origin, "gho_owner"))
                let ssh = try await SSHServer(in: double.fixture, forge: forge)
                server = ssh
                return ({ form.replacing("NAME", with: $0) }, ssh.environment)
            }
        ) { sides in
            let server = try #require(server)
            // One side after the other, so that what each asks of the server can be compared.
            func both(_ arguments: String...) async throws {
                var asked: [[String]] = []
                for side in [sides.plain, sides.relayed] {
                    try await side.git(arguments.map { $0 == "URL" ? side.url : $0 }).check()
                    asked.append(try server.commands().map { $0.replacing("plain/", with: "hephy/") })
                }
                #expect(asked[0] == asked[1], "\(arguments)")
                #expect(asked[1].contains { $0.hasPrefix("git-lfs-authenticate ") }, "\(arguments): \(asked[1])")
            }
            try await both("push", "forge", "main")
            try await sides.expectStored(1)
            try await both("clone", "URL", "copy")
            try await sides.expectContent(of: "a.bin", in: "copy")
            for side in [sides.plain, sides.relayed] { try await LFSSides.commit("b.bin", in: side) }
            try await both("push", "--quiet", "forge", "main")
            try await sides.expectStored(2)
            try await both("-C", "copy", "pull", "--ff-only")
            try await sides.expectContent(of: "b.bin", in: "copy")
            try await sides.expectSameRefs()
        }
    }

    @Test(arguments: ["", "file://"]) func onThisMachineObjectsAreCopied(_ scheme: String) async throws {
        try await LFSSides.with(
            way: { _, repositories in ({ scheme + (repositories[$0] ?? "") }, ["HEPHY_TRIGGER": "none"]) }
        ) { sides in
            try await sides.run(["push", "forge", "main"])
            try await sides.expectStored(1)
            // git itself copies what it has a path for, and says so.
            try await sides.run(["clone", "--quiet", "URL", "copy"])
            try await sides.expectContent(of: "a.bin", in: "copy")
            for side in [sides.plain, sides.relayed] { try await LFSSides.commit("b.bin", in: side) }
            try await sides.run(["push", "--quiet", "forge", "main"])
            try await sides.expectStored(2)
            try await sides.run(["-C", "copy", "pull", "--ff-only"])
            try await sides.expectContent(of: "b.bin", in: "copy")
            try await sides.expectSameRefs()
        }
    }

    @Test func theEmbeddedForgeKeepsObjectsFromTheFirstPushOn() async throws {
        try await LFSSides.with(
            way: { _, _ in ({ _ in "local/acme/api" }, ["HEPHY_TRIGGER": "none"]) }
        ) { sides in
            let side = sides.relayed
            try await side.git(["push", "forge", "main"]).check()
            try await side.git(["clone", "--quiet", side.url, "copy"]).check()
            let found = try await side.work.fixture.run("cat", "copy/a.bin", in: side.work.path)
            #expect(found.standardOutput == LFSSides.content("a.bin"))
            try await LFSSides.commit("b.bin", in: side)
            try await side.git(["push", "forge", "main"]).check()
            try await side.git(["-C", "copy", "pull", "--ff-only"]).check()
            let more = try await side.work.fixture.run("cat", "copy/b.bin", in: side.work.path)
            #expect(more.standardOutput == LFSSides.content("b.bin"))
        }
    }
}
