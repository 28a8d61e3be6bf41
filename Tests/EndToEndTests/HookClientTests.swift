import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy hook install --client`: the configuration is checked before each push.
@Suite(.timeLimit(.minutes(1)))
struct HookClientTests {
    private static let wrong = "build_backend: nonsense\n"

    @Test func aWrongConfigurationHoldsThePushBack() async throws {
        try await HookScene.with(installing: nil) { scene in
            try await scene.hook(["install", "--client"], in: scene.work.path).check()
            let good = try await scene.push()
            #expect(good.status == 0, "\(good)")
            #expect(!good.errors.contains("hephy:"), "\(good)")
            try scene.fixture.write(Self.wrong, to: "work/.hephy/build-config.yaml")
            _ = try await scene.local.commit("next")
            let bad = try await scene.push()
            #expect(bad.status == 1, "\(bad)")
            #expect(bad.errors.contains(".hephy/build-config.yaml:1:"), "\(bad)")
            #expect(bad.errors.contains("hephy: nothing was pushed; 'git push --no-verify' pushes all the same\n"))
            #expect(try await scene.push("--no-verify", "origin", "main").status == 0)
        }
    }

    @Test func itIsThereForALinkedWorkTreeAndGoesFromASubfolder() async throws {
        try await HookScene.with(installing: nil) { scene in
            try await scene.work.git("worktree", "add", "--quiet", "-b", "linked", "../linked").check()
            try scene.fixture.write(Self.wrong, to: "linked/.hephy/build-config.yaml")
            let linked = scene.fixture.path("linked")
            try await scene.hook(["install", "--client"], in: linked + "/.hephy").check()
            #expect(FileManager.default.fileExists(atPath: scene.work.path + "/.git/hooks/pre-push"))
            #expect(try await scene.push().status == 0)
            let pushed = try await scene.fixture.run("git", "push", "origin", "linked", in: linked)
            #expect(pushed.status == 1, "\(pushed)")
            let status = try await scene.hook(["status"], in: linked)
            #expect(status.output.hasPrefix("pre-push: hephy check before each push   "), "\(status)")
            try await scene.hook(["uninstall", "--client"], in: linked).check()
            #expect(try await scene.fixture.run("git", "push", "origin", "linked", in: linked).status == 0)
            #expect(!FileManager.default.fileExists(atPath: scene.work.path + "/.git/hooks/pre-push"))
        }
    }

    @Test func aHookOfTheRepositorysOwnFolderComesFirst() async throws {
        try await HookScene.with(installing: nil) { scene in
            try await scene.work.git("config", "core.hooksPath", ".husky").check()
            let own = "#!/bin/sh\necho \"$# $1\" >&2\ncat >&2\n[ ! -e ../no ]\n"
            try scene.fixture.write(own, to: "work/.husky/pre-push", executable: true)
            try await scene.hook(["install", "--client"], in: scene.work.path).check()
            let pushed = try await scene.push()
            let tip = try await scene.work.commitID()
            #expect(pushed.errors.hasPrefix("2 origin\nrefs/heads/main \(tip) refs/heads/main "), "\(pushed)")
            try scene.fixture.write("", to: "no")
            _ = try await scene.local.commit("next")
            #expect(try await scene.push().status == 1)
            try await scene.hook(["uninstall", "--client"], in: scene.work.path).check()
            #expect(try scene.fixture.read("work/.husky/pre-push") == own)
        }
    }

    @Test func gitLFSUploadsAsBefore() async throws {
        try await HookScene.with(installing: nil) { scene in
            let work = scene.work
            try await work.git("remote", "set-url", "origin", "file://\(scene.bare.path)").check()
            try await work.git("lfs", "install", "--local").check()
            try await scene.hook(["install", "--client"], in: work.path).check()
            try await work.git("lfs", "track", "*.bin").check()
            try scene.fixture.write("large", to: "work/a.bin")
            try await work.git("add", ".").check()
            try await work.git("commit", "--quiet", "-m", "large").check()
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            let objects = try await scene.fixture.run("find", scene.bare.path + "/lfs/objects", "-type", "f").check()
            #expect(objects.output.split(separator: "\n").count == 1, "\(pushed)")
        }
    }
}
