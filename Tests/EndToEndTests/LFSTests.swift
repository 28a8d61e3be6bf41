import HephyTestSupport
import Testing

/// The real git-lfs does through `hephy::` what it does over plain http.
@Suite(.serialized, .enabled(if: Peer.gitLFS.isWanted), .timeLimit(.minutes(1)))
struct LFSTests {
    static func words(_ step: String) -> [String] { step.split(separator: " ").map(String.init) }

    @Test(arguments: [GitHubScenario.Git.Auth.push, .always, .none])
    func aPushBringsTheObjectsAndACloneChecksThemOut(_ auth: GitHubScenario.Git.Auth) async throws {
        try await LFSSides.with(auth: auth) { sides in
            try await sides.run(["push", "forge", "main"])
            try await sides.expectStored(1)
            try await sides.run(["clone", "URL", "copy"])
            try await sides.expectContent(of: "a.bin", in: "copy")
            try await sides.run(["-C", "copy", "lfs", "fsck"])
            try await sides.run(["-C", "copy", "status", "--porcelain"])
            try await sides.expectSameRefs()
        }
    }

    @Test func aFetchAndAPullBringWhatOthersHavePushed() async throws {
        try await LFSSides.with { sides in
            try await sides.run(["push", "--quiet", "forge", "main"])
            try await sides.run(["clone", "--quiet", "URL", "copy"])
            for side in [sides.plain, sides.relayed] { try await LFSSides.commit("b.bin", in: side) }
            try await sides.run(["push", "--quiet", "forge", "main"])
            try await sides.expectStored(2)
            try await sides.run(["-C", "copy", "fetch"])
            try await sides.run(["-C", "copy", "pull", "--ff-only"])
            try await sides.expectContent(of: "b.bin", in: "copy")
        }
    }

    @Test func gitLFSItselfFindsTheServer() async throws {
        try await LFSSides.with { sides in
            // Only a helper that has run once can have said where the server is.
            try await sides.run(["ls-remote", "forge"])
            try await sides.run(["lfs", "push", "forge", "main"])
            try await sides.expectStored(1)
            for side in [sides.plain, sides.relayed] {
                let ran = try await side.git(["lfs", "env"]).check()
                let endpoint = ran.output.split(separator: "\n").first { $0.hasPrefix("Endpoint") }
                #expect(endpoint == "Endpoint (forge)=\(side.plainURL).git/info/lfs (auth=basic)")
            }
            try await sides.run(["push", "--quiet", "forge", "main"])
            try await sides.run(["clone", "--quiet", "--no-checkout", "URL", "copy"])
            try await sides.run(["-C", "copy", "lfs", "fetch", "--all"])
            try await sides.run(["-C", "copy", "lfs", "locks"])
        }
    }

    @Test func aLockOfSomebodyElseStopsThePush() async throws {
        try await LFSSides.with(locks: ["a.bin": "mona"]) { sides in
            for side in [sides.plain, sides.relayed] {
                let key = "lfs.\(side.plainURL).git/info/lfs.locksverify"
                try await side.git(["config", key, "true"]).check()
            }
            let ran = try await sides.run(["push", "forge", "main"])
            #expect(ran.status == 1)
            #expect(ran.output.contains("mona"), "\(ran)")
            try await sides.expectStored(0)
            try await sides.run(["push", "--no-verify", "forge", "main"])
        }
    }

    @Test func aRepositoryWithoutLFSKeepsItsConfiguration() async throws {
        try await PushScene.with([TestCommit(["README": "hello\n"])]) { scene in
            let before = try scene.fixture.read("work/.git/config")
            try await scene.git("push", "hephy", "main").check()
            try await scene.git("fetch", "hephy").check()
            #expect(try scene.fixture.read("work/.git/config") == before)
        }
    }
}
