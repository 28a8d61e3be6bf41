import HephyTestSupport
import Testing

/// Repositories that libgit2 cannot open, or in which it lacks objects, answer as an ordinary one does.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct LibraryLimitTests {
    enum Kind: String, CaseIterable, Sendable {
        case worktreeConfig, preciousObjects, alternates, linkedWorkTree, partialClone, treelessClone, shallow
        case partialCloneThroughHephy, treelessThroughHephy, damagedMultiPackIndex, unknownMultiPackIndex
        case damagedPackBesideLooseObjects
        case reftable, relativeWorktrees, incrementalMultiPackIndex

        static let old = allCases.filter { ![reftable, relativeWorktrees, incrementalMultiPackIndex].contains($0) }
    }

    @Test(arguments: Kind.old) func detectionAndAPushSayWhatTheySayInAnOrdinaryClone(_ kind: Kind) async throws {
        try await expectOrdinaryAnswers(of: kind)
    }

    @Test(.needsGit(2, 45)) func detectionAndAPushSayTheSameWhereRefsAreInAReftable() async throws {
        try await expectOrdinaryAnswers(of: .reftable)
    }

    @Test(.needsGit(2, 48)) func detectionAndAPushSayTheSameInALinkedWorkTreeWithRelativePaths() async throws {
        try await expectOrdinaryAnswers(of: .relativeWorktrees)
    }

    @Test(.needsGit(2, 47)) func detectionAndAPushSayTheSameWithAnIncrementalMultiPackIndex() async throws {
        try await expectOrdinaryAnswers(of: .incrementalMultiPackIndex)
    }

    private func expectOrdinaryAnswers(of kind: Kind) async throws {
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
            case .partialClone, .partialCloneThroughHephy: clone.append("--filter=blob:none")
            case .treelessClone, .treelessThroughHephy: clone.append("--filter=tree:0")
            case .shallow: clone.append("--depth=1")
            case .reftable: clone.append("--ref-format=reftable")
            default: break
            }
            let isThroughHephy = kind == .partialCloneThroughHephy || kind == .treelessThroughHephy
            let from = isThroughHephy ? scene.double.hephyURL("acme/api") : url
            try await fixture.run(["git"] + clone + [from, "odd"], environment: scene.environment).check()
            var folder = fixture.path("odd")
            switch kind {
            case .worktreeConfig, .preciousObjects:
                _ = try await git("-C", folder, "config", "core.repositoryFormatVersion", "1")
                _ = try await git("-C", folder, "config", "extensions.\(kind.rawValue)", "true")
            case .linkedWorkTree:
                _ = try await git("-C", folder, "worktree", "add", "--quiet", "-b", "side", "../linked", "main")
                folder = fixture.path("linked")
            case .relativeWorktrees:
                _ = try await git(
                    "-C", folder, "worktree", "add", "--quiet", "--relative-paths", "-b", "side", "../linked", "main")
                #expect(try fixture.read("odd/.git/config").lowercased().contains("relativeworktrees = true"))
                folder = fixture.path("linked")
            case .reftable:
                #expect(try await git("-C", folder, "rev-parse", "--show-ref-format").line == "reftable")
            case .damagedMultiPackIndex, .unknownMultiPackIndex, .incrementalMultiPackIndex,
                .damagedPackBesideLooseObjects:
                try await packOddly(folder, kind, fixture)
            default: break
            }
            _ = try await git("-C", folder, "remote", "add", "hephy", scene.double.hephyURL("acme/api"))

            let pushed = try await Self.saidOfAPush(scene, in: scene.work.path)
            try await scene.bare.git("update-ref", "-d", "refs/heads/more").check()
            let oddlyPushed = try await Self.saidOfAPush(scene, in: folder)
            #expect(oddlyPushed == pushed)
            #expect(pushed.contains { $0.contains("kaniko") }, "\(pushed)")
            if isThroughHephy {
                let calls = try fixture.read("trace").split(separator: "\n").filter {
                    $0.contains("exec: git-remote-hephy ")
                }
                #expect(calls.count > 1, "what was to be read was there: \(calls)")
            }
            let ordinary = try await Self.answers(scene, in: scene.work.path)
            let odd = try await Self.answers(scene, in: folder)
            // Git complains of what is damaged, and goes on.
            #expect(odd.map { $0.filter { !$0.hasPrefix("error: ") } } == ordinary)
            #expect(ordinary[1].contains { $0.contains("kaniko") }, "\(ordinary)")
        }
    }

    /// Packs all objects, in a way that libgit2 cannot use.
    private func packOddly(_ folder: String, _ kind: Kind, _ fixture: GitFixture) async throws {
        let script =
            switch kind {
            case .incrementalMultiPackIndex:
                """
                git multi-pack-index write --incremental
                git commit -q --allow-empty -m more && git repack -q -d
                git multi-pack-index write --incremental
                git reset -q --soft HEAD~1
                test -d .git/objects/pack/multi-pack-index.d
                """
            case .unknownMultiPackIndex:
                "git multi-pack-index write; printf '\\377' | dd of=$index bs=1 seek=5 conv=notrunc status=none"
            case .damagedPackBesideLooseObjects:
                """
                mv .git/objects/pack/*.pack whole
                rm -f .git/objects/pack/*
                git unpack-objects -q <whole
                git repack -q -a
                pack=$(echo .git/objects/pack/*.pack)
                chmod u+w "$pack"
                at=$(git verify-pack -v "${pack%.pack}.idx" | sed -n "s/^$(git rev-parse main:Dockerfile) .* //p")
                printf xxxx | dd of="$pack" bs=1 seek=$((at + 3)) conv=notrunc status=none
                """
            default: "git multi-pack-index write; echo damaged >$index"
            }
        try await fixture.run(
            "sh", "-ec", "index=.git/objects/pack/multi-pack-index; git repack -q -a -d; \(script)", in: folder
        ).check()
    }

    /// What a real push of a commit without a checkout says, with every program that git starts in `trace`.
    private static func saidOfAPush(_ scene: PushScene, in folder: String) async throws -> [String] {
        let script = """
            commit=$(git commit-tree -m more -p main 'main^{tree}')
            GIT_TRACE=$TRACE git push hephy "$commit:refs/heads/more"
            """
        let environment: [String: String?] = ["HEPHY_FOLLOW": "false", "TRACE": scene.fixture.path("trace")]
        let ran = try await scene.fixture.run(
            ["sh", "-ec", script], in: folder, environment: scene.environment.merging(environment) { $1 }
        ).check()
        return ran.errors.split(separator: "\n").filter { $0.hasPrefix("-----> ") || $0.hasPrefix("hephy: ") }
            .map { String($0).replacing("17000000102", with: "17000000101") }
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
            let problem = "'Dockerfile' cannot be read: object \(blob) cannot be read: inflate: data stream error"
            #expect(detected.said.first?.hasPrefix(problem) == true, "\(detected)")
            #expect(detected.said.last == "hint: git fsck", "\(detected)")
            let pushed = try await scene.git("push", "hephy", "main:refs/heads/second")
            #expect(pushed.errors.contains("main -> second"), "\(pushed)")
            #expect(try await scene.remoteRefs() == ["refs/heads/main", "refs/heads/second"], "\(pushed)")
        }
    }
}
