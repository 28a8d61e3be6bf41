import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy hook install`, `uninstall` and `status`.
@Suite(.timeLimit(.minutes(1)))
struct HookInstallTests {
    /// All files below a folder with their modes and contents.
    private func files(_ scene: HookScene, _ folder: String) async throws -> String {
        let script = "cd \"$1\" && find . -printf '%p %y %m %l\\n' | sort && find . -type f | sort | xargs cat"
        return try await scene.fixture.run("sh", "-c", script, "sh", folder).check().output
    }

    private func write(_ text: String, to name: String, _ scene: HookScene) throws {
        try scene.fixture.write(text, to: "app.git/\(name)", executable: true)
    }

    @Test func uninstallingPutsEverythingBackAsItWas() async throws {
        try await HookScene.with(installing: nil) { scene in
            try write("#!/bin/sh\ncat >../noted\n", to: "hooks/post-receive", scene)
            try await scene.bare.git("config", "receive.advertisePushOptions", "false").check()
            try scene.fixture.write(
                try scene.fixture.read("app.git/config") + "# the end\n\t[odd]key=1", to: "app.git/config")
            let before = try await files(scene, scene.bare.path)
            for options in [[], ["--gate"], ["--upstream", "https://github.com/acme/api"], []] {
                try await scene.hook(["install"] + options).check()
                #expect(try await scene.bare.git("config", "receive.advertisePushOptions").line == "true")
            }
            let installed = try await files(scene, scene.bare.path)
            #expect(installed != before)
            let again = try await scene.hook(["install"]).check()
            #expect(again.output.hasPrefix("post-receive: unchanged"), "\(again)")
            #expect(try await files(scene, scene.bare.path) == installed)
            try await scene.hook(["uninstall"]).check()
            #expect(try await files(scene, scene.bare.path) == before)
            #expect(try await scene.hook(["uninstall"]).check().output == "no hook of hephy's is installed here\n")
        }
    }

    @Test func settingsOfOthersSurviveTheUninstallation() async throws {
        try await HookScene.with { scene in
            try await scene.bare.git("config", "core.compression", "3").check()
            try await scene.hook(["uninstall"]).check()
            #expect(try await scene.bare.git("config", "core.compression").line == "3")
            #expect(try await scene.bare.git("config", "receive.advertisePushOptions").status == 1)
        }
    }

    @Test func theHookThatWasThereKeepsRunningWithTheSameInputAndArguments() async throws {
        try await HookScene.with(installing: nil) { scene in
            let script =
                "#!/bin/sh\n[ $# = 0 ] && cat >\"$GIT_DIR/noted\"\nenv >\"$GIT_DIR/environment\"\necho beside\n"
            try write(script, to: "hooks/post-receive", scene)
            try await scene.hook(["install"]).check()
            let pushed = try await scene.push("-o", "hephy.logs=none", "origin", "main")
            #expect(pushed.remote.first == "beside", "\(pushed)")
            #expect(pushed.remote.last?.hasPrefix("-----> Done in ") == true, "\(pushed)")
            let tip = try await scene.work.commitID()
            let zero = String(repeating: "0", count: 40)
            #expect(try scene.fixture.read("app.git/noted") == "\(zero) \(tip) refs/heads/main\n")
            #expect(try scene.fixture.read("app.git/environment").contains("GIT_PUSH_OPTION_0=hephy.logs=none\n"))
        }
    }

    @Test(arguments: ["#!/bin/sh", "#!/bin/sh -e", "#!/usr/bin/env bash"])
    func aHookThatAsksForItsOwnNameFindsItAndItsNeighbours(_ first: String) async throws {
        try await HookScene.with(installing: nil) { scene in
            try write("neighbour() { echo \"neighbour of $1 with $2\"; }\n", to: "hooks/common", scene)
            try write(
                "\(first)\n. \"$(dirname \"$0\")/common\"\nread old new ref\nneighbour \"${0##*/}\" \"$ref\"\n",
                to: "hooks/post-receive", scene)
            try await scene.hook(["install"]).check()
            let pushed = try await scene.push("-o", "hephy.trigger=none", "origin", "main")
            #expect(pushed.remote == ["neighbour of post-receive with refs/heads/main"], "\(pushed)")
            #expect(try await scene.hook(["install"]).output.hasPrefix("post-receive: unchanged"))
        }
    }

    @Test func noNameOfARefReachesAShell() async throws {
        try await HookScene.with(installing: nil) { scene in
            try write("#!/bin/sh\ncat >\"$GIT_DIR/noted\"\n", to: "hooks/post-receive", scene)
            let upstream = try await scene.fixture.bareRepository("upstream.git")
            let name = "refs/heads/$(touch${IFS}evil)`touch${IFS}evil`;'\"&|%s-x"
            for options in [["--upstream", upstream.path], [], ["--gate"]] {
                try await scene.hook(["install"] + options).check()
                let pushed = try await scene.push("origin", "main:\(name)")
                #expect(pushed.status == 0, "\(pushed)")
                #expect(try await scene.landed(name) != nil)
                let evil = try await scene.fixture.run("find", scene.fixture.scratch, "-name", "evil").check()
                #expect(evil.output == "", "\(pushed)")
                try await scene.push("origin", ":\(name)").check()
            }
            #expect(try scene.fixture.read("app.git/noted").contains(" \(name)\n"))
        }
    }

    @Test func aHephyThatIsGoneIsOneLineAndBreaksNoPush() async throws {
        try await HookScene.with(installing: nil) { scene in
            let gone = try scene.fixture.write("#!/bin/sh\n", to: "it's here/hephy", executable: true)
            let own = "\(GitFixture.builtPrograms)/hephy"
            try await scene.hook(["install"]).check()
            let text = try scene.fixture.read("app.git/hooks/post-receive")
            #expect(text.contains("hephy='\(own)'\n"), "\(text)")
            try scene.fixture.write(
                text.replacing("'\(own)'", with: "'\(gone.replacing("'", with: "'\\''"))'"),
                to: "app.git/hooks/post-receive", executable: true)
            try FileManager.default.removeItem(atPath: gone)
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.remote.count == 1 && pushed.remote[0].hasPrefix("hephy: '\(gone)' is gone"), "\(pushed)")
            let status = try await scene.hook(["status"])
            #expect(status.status == 3, "\(status)")
            #expect(status.errors.contains("hephy: '\(gone)' is gone: install hephy"), "\(status)")
        }
    }

    @Test func coreHooksPathIsHonoured() async throws {
        try await HookScene.with(installing: nil) { scene in
            try await scene.bare.git("config", "core.hooksPath", "ours").check()
            let installed = try await scene.hook(["install"]).check()
            #expect(installed.output.contains("\(scene.bare.path)/ours/post-receive"), "\(installed)")
            #expect(try await scene.push().remote.last?.hasPrefix("-----> Done in ") == true)
            try await scene.hook(["uninstall"]).check()
            #expect(!FileManager.default.fileExists(atPath: scene.bare.path + "/ours"))

            try await scene.bare.git("config", "--unset", "core.hooksPath").check()
            // Git 2.30 knows no other place.
            try scene.fixture.write("[core]\n\thooksPath = /srv/hooks\n", to: "home/.gitconfig")
            let shared = try await scene.fixture.run(
                ["\(GitFixture.builtPrograms)/hephy", "hook", "install"], in: scene.bare.path,
                environment: scene.local.environment.merging(["GIT_CONFIG_GLOBAL": nil]) { $1 })
            #expect(shared.status == 2, "\(shared)")
            #expect(shared.errors.contains("'/srv/hooks' are those of every repository"), "\(shared)")
        }
    }

    @Test func statusTellsWhatIsThere() async throws {
        try await HookScene.with { scene in
            let status = try await scene.hook(["status"], in: scene.bare.path + "/objects")
            #expect(status.status == 0, "\(status)")
            let path = scene.bare.path + "/hooks/post-receive"
            #expect(status.output == "post-receive: each push is built here   \(path)\n", "\(status)")
            let before = try await scene.hook(["status", "--json"]).check()
            #expect(before.output.contains(#""does" : "build""#), "\(before)")
            try await scene.bare.git("config", "receive.advertisePushOptions", "false").check()
            #expect(try await scene.hook(["status"]).status == 3)
            let after = try await scene.hook(["status", "--json"])
            #expect(after.status == 3 && after.errors.isEmpty, "\(after)")
            #expect(after.output.contains("-o hephy.* does not reach the hook"), "\(after)")
            try await OutputSchema.expect([before.output, after.output], scene.fixture)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var words: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        Refusal(arguments: ["--gate", "--upstream", "https://github.com/acme/api"], words: "cannot be combined"),
        Refusal(arguments: ["--client", "--gate"], words: "--client is for pushes from here"),
        Refusal(arguments: ["--upstream", "https://ada:secret@github.com/acme/api"], words: "holds a password"),
        Refusal(arguments: ["--upstream", "."], words: "names no repository"),
        Refusal(arguments: ["WORK"], words: "is a work tree, which nobody pushes to"),
        Refusal(arguments: ["/nowhere"], words: "'/nowhere' is in no git repository"),
    ])
    func whatCannotBeIsRefusedAndChangesNothing(_ refusal: Refusal) async throws {
        try await HookScene.with(installing: nil) { scene in
            let before = try await files(scene, scene.bare.path)
            let ran = try await scene.hook(
                ["install"] + refusal.arguments.map { $0 == "WORK" ? scene.work.path : $0 })
            #expect(ran.status == (refusal.arguments == ["/nowhere"] ? 128 : 2), "\(ran)")
            #expect(ran.errors.contains(refusal.words), "\(ran)")
            #expect(!ran.errors.contains("secret"))
            #expect(try await files(scene, scene.bare.path) == before)
        }
    }

    @Test func theUpstreamIsNotTheRepositoryItself() async throws {
        try await HookScene.with(installing: nil) { scene in
            let ran = try await scene.hook(["install", "--upstream", scene.bare.path])
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.errors.contains("is this repository itself"), "\(ran)")
        }
    }

    @Test func aHookPutThereSinceIsNotLost() async throws {
        try await HookScene.with(installing: nil) { scene in
            try write("#!/bin/sh\necho first\n", to: "hooks/post-receive", scene)
            try await scene.hook(["install"]).check()
            try write("#!/bin/sh\necho second\n", to: "hooks/post-receive", scene)
            for command in ["install", "uninstall"] {
                let ran = try await scene.hook([command])
                #expect(ran.status == 2, "\(ran)")
                #expect(ran.errors.contains("is not hephy's, and "), "\(ran)")
            }
            #expect(try scene.fixture.read("app.git/hooks/post-receive").contains("second"))
            #expect(try scene.fixture.read("app.git/hooks/post-receive.before-hephy").contains("first"))
        }
    }
}
