import HephyTestSupport
import Testing

/// Repositories that libgit2 cannot open, or in which it lacks objects, answer as an ordinary one does.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LibraryLimitTests {
    enum Kind: String, CaseIterable, Sendable {
        case worktreeConfig, preciousObjects, alternates, linkedWorkTree, partialClone, treelessClone, shallow
        /// Where git has them: from 2.45 and 2.48 on.
        case reftable, relativeWorktrees
    }

    @Test(arguments: Kind.allCases) func detectionAndAPushSayWhatTheySayInAnOrdinaryClone(_ kind: Kind) async throws {
        try await PushScene.with { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            let fixture = scene.fixture
            let url = scene.double.url("acme/api")
            func git(_ arguments: String...) async throws -> GitFixture.Ran {
                try await fixture.run(["git"] + arguments, environment: scene.environment).check()
            }
            var clone = ["clone", "--quiet", "--no-checkout"]
            switch kind {
            case .alternates: clone += ["--reference", scene.work.path]
            case .partialClone: clone.append("--filter=blob:none")
            case .treelessClone: clone.append("--filter=tree:0")
            case .shallow: clone.append("--depth=1")
            case .reftable:
                let option = "--ref-format=reftable"
                if try await fixture.run("git", "init", "--quiet", option, "probe").status == 0 { clone.append(option) }
            default: break
            }
            try await fixture.run(["git"] + clone + [url, "odd"], environment: scene.environment).check()
            var folder = fixture.path("odd")
            switch kind {
            case .worktreeConfig, .preciousObjects:
                _ = try await git("-C", folder, "config", "core.repositoryFormatVersion", "1")
                _ = try await git("-C", folder, "config", "extensions.\(kind.rawValue)", "true")
            case .linkedWorkTree:
                _ = try await git("-C", folder, "worktree", "add", "--quiet", "-b", "side", "../linked", "main")
                folder = fixture.path("linked")
            case .relativeWorktrees:
                let add = ["-C", folder, "worktree", "add", "--quiet", "-b", "side"]
                let ran = try await fixture.run(["git"] + add + ["--relative-paths", "../linked", "main"])
                if ran.status != 0 { try await fixture.run(["git"] + add + ["../linked", "main"]).check() }
                folder = fixture.path("linked")
            default: break
            }
            _ = try await git("-C", folder, "remote", "add", "hephy", scene.double.hephyURL("acme/api"))

            let ordinary = try await Self.answers(scene, in: scene.work.path)
            let odd = try await Self.answers(scene, in: folder)
            #expect(odd == ordinary)
            #expect(ordinary[1].contains { $0.contains("kaniko") }, "\(ordinary)")
        }
    }

    /// What `hephy detect` and a dry push say in a repository.
    private static func answers(_ scene: PushScene, in folder: String) async throws -> [[String]] {
        let detected = try await scene.fixture.run(
            "hephy", "detect", "--explain", "main", in: folder, environment: scene.environment
        ).check()
        let push = ["git", "push", "--dry-run", "hephy", "main:refs/heads/odd"]
        let pushed = try await scene.fixture.run(push, in: folder, environment: scene.environment).check()
        return [[detected.output], pushed.errors.split(separator: "\n").map(String.init)]
    }

    @Test func objectsNamedBySHA256AreDetectedAndPushedAsOthersAre() async throws {
        try await PushScene.with { scene in
            let fixture = scene.fixture
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            let ordinary = try await Self.answers(scene, in: scene.work.path)
            let odd = try await fixture.repository("odd", [PushScene.buildable], objectFormat: "sha256")
            try await odd.git("remote", "add", "hephy", scene.double.hephyURL("acme/api")).check()
            try await fixture.run("rm", "-rf", scene.bare.path).check()
            try await fixture.run(
                "git", "init", "--quiet", "--bare", "--object-format=sha256", "-b", "main", scene.bare.path
            ).check()
            try await odd.git("push", "--quiet", scene.bare.path, "main").check()
            let answers = try await Self.answers(scene, in: odd.path)
            let (short, oddShort) = (try await scene.work.commitID().prefix(7), try await odd.commitID().prefix(7))
            #expect(answers.map { $0.map { $0.replacing(oddShort, with: short) } } == ordinary)
            #expect(try await odd.commitID().count == 64)
            let pushed = try await fixture.run(
                ["git", "push", "hephy", "main:refs/heads/next"], in: odd.path,
                environment: scene.environment.merging(["HEPHY_FOLLOW": "false"]) { $1 }
            ).check()
            #expect(pushed.errors.contains("main -> next"), "\(pushed)")
        }
    }

    /// Runners of forges have no libgit2, or another one.
    @Test(.enabled(if: Processes.areKnown)) func whereTheLibraryCannotBeLoadedGitReads() async throws {
        try await PushScene.with { scene in
            let fixture = scene.fixture
            let script = #"for file in /usr/lib/*/libgit2.so.*; do : >"$1/${file##*/}"; done"#
            try fixture.write("", to: "broken/place")
            try await fixture.run(["sh", "-c", script, "sh", fixture.path("broken")]).check()
            let paths = [fixture.path("broken"), fixture.environment["LD_LIBRARY_PATH"]].compactMap(\.self)
            let whole = try await fixture.run("hephy", "detect", "--explain", in: scene.work.path).check()
            let without = try await fixture.run(
                ["hephy", "detect", "--explain"], in: scene.work.path,
                environment: ["LD_LIBRARY_PATH": paths.joined(separator: ":")])
            #expect(without.status == 0, "\(without)")
            #expect(without.output == whole.output)
        }
    }

    @Test func aBrokenObjectIsNamedAndLosesNoPush() async throws {
        try await PushScene.with { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            let blob = try await scene.work.git("rev-parse", "main:Dockerfile").check().line
            let script = """
                set -e
                file=.git/objects/$(echo \(blob) | cut -c1-2)/$(echo \(blob) | cut -c3-)
                chmod u+w "$file"
                echo broken >"$file"
                """
            try await scene.fixture.run("sh", "-c", script, in: scene.work.path).check()
            let detected = try await scene.fixture.run("hephy", "detect", "main", in: scene.work.path)
            #expect(detected.status == 128, "\(detected)")
            #expect(detected.said.count == 2, "\(detected)")
            let problem = "'Dockerfile' cannot be read: libgit2 could not read '\(blob)': "
            #expect(detected.said.first?.hasPrefix(problem) == true, "\(detected)")
            #expect(detected.said.last == "hint: git fsck", "\(detected)")
            let pushed = try await scene.git("push", "hephy", "main:refs/heads/second")
            #expect(pushed.errors.contains("main -> second"), "\(pushed)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main", "refs/heads/second"], "\(pushed)")
        }
    }
}
