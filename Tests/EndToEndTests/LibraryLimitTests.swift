import HephyTestSupport
import Testing

/// Repositories that libgit2 cannot open, or in which it lacks objects, answer as an ordinary one does.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LibraryLimitTests {
    enum Kind: String, CaseIterable, Sendable {
        case worktreeConfig, preciousObjects, alternates, linkedWorkTree, partialClone, treelessClone, shallow
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
            default: break
            }
            _ = try await git("-C", folder, "remote", "add", "hephy", scene.double.hephyURL("acme/api"))

            func answers(in folder: String) async throws -> [[String]] {
                let detected = try await fixture.run(
                    "hephy", "detect", "--explain", "main", in: folder, environment: scene.environment
                ).check()
                let push = ["git", "push", "--dry-run", "hephy", "main:refs/heads/\(kind.rawValue)"]
                let pushed = try await fixture.run(push, in: folder, environment: scene.environment).check()
                return [[detected.output], pushed.errors.split(separator: "\n").map(String.init)]
            }
            let ordinary = try await answers(in: scene.work.path)
            let odd = try await answers(in: folder)
            #expect(odd == ordinary)
            #expect(ordinary[1].contains { $0.contains("kaniko") }, "\(ordinary)")
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
