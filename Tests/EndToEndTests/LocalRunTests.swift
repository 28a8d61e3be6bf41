import HephyTestSupport
import Testing

/// Pushes to the embedded forge, whose runs execute on this machine.
@Suite(.timeLimit(.minutes(2)))
struct LocalRunTests {
    @Test func aPushBuildsTheImage() async throws {
        try await LocalScene.with(.buildah) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 0, "\(pushed)")
            let tip = try await scene.work.commitID().prefix(7)
            #expect(pushed.errors.contains("-----> kaniko for linux/\(LocalScene.architecture)   ("))
            #expect(pushed.errors.contains("-----> Hephy Build #1 for \(tip)\n"), "\(pushed)")
            #expect(pushed.errors.contains("-----> build (linux/\(LocalScene.architecture))\n"))
            #expect(pushed.errors.contains("COPY hello /hello"))
            let run = try #require(try scene.runs().first)
            let outcome = try #require(try scene.record(of: run).outcome)
            let digest = try #require(outcome.digest)
            #expect(outcome.image == "localhost/app:sha-\(tip)@\(digest)")
            #expect(pushed.errors.contains(": localhost/app:sha-\(tip)@\(digest)\n"), "\(pushed)")
            #expect(try await scene.contents(of: "hello", in: "localhost/app:latest") == "hello, world\n")
            // Nothing of the work is left.
            let files = try await scene.fixture.run("ls", run).output.split(separator: "\n")
            #expect(files == ["job-1.log", "job-2.log", "job-3.log", "lock", "run.json", "runner.log"])
        }
    }

    @Test func aTagBuildsTheTaggedCommit() async throws {
        try await LocalScene.with(.buildah, remote: "hephy::local/team/app") { scene in
            try await scene.push("--quiet", "-o", "hephy.trigger=none", "hephy", "main").check()
            #expect(try scene.runs().isEmpty)
            try await scene.work.git("tag", "-a", "-m", "first", "v1.2.3").check()
            let pushed = try await scene.push("hephy", "v1.2.3")
            #expect(pushed.status == 0, "\(pushed)")
            for tag in ["1.2.3", "1.2", "1", "latest"] {
                #expect(try await scene.contents(of: "hello", in: "localhost/app:\(tag)") == "hello, world\n")
            }
        }
    }

    @Test func aRedBuildFailsThePushWithTheLastLinesOfItsStep() async throws {
        let commit = TestCommit(["Dockerfile": "FROM scratch\nCOPY missing /missing\n"])
        try await LocalScene.with(.buildah, [commit]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed)")
            #expect(pushed.errors.contains(" main -> main\n"))
            #expect(pushed.errors.contains("failed in step 'Build with buildah'"), "\(pushed)")
            #expect(pushed.errors.contains("missing"))
            #expect(pushed.errors.contains("-----> Failed after "))
            #expect(pushed.errors.contains("more: hephy watch --logs all "))
            #expect(try await scene.hephy("watch").status == 1)
        }
    }

    @Test func withNothingThatBuildsTheRunSaysWhatToInstall() async throws {
        try await LocalScene.with(.none) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed)")
            #expect(pushed.errors.contains("looked for: docker, podman, buildah, buildctl"), "\(pushed)")
            #expect(pushed.errors.contains("hint: sudo apt-get install buildah"))
        }
    }

    /// ko has no store of images of its own.
    @Test func whatKoBuildsIsKeptByTheFirstStoreThatAnswers() async throws {
        let build = "echo \"kept by $HEPHY_BUILDER\"; echo \"digest=sha256:1\" >>\"$HEPHY_OUTPUT\""
        try await LocalScene.with(.steps(["build-ko.sh": build]), [TestCommit(RunFiles.go)]) { scene in
            try scene.fixture.write("#!/bin/sh\n", to: "programs/ko", executable: true)
            let pushed = try await scene.push("-o", "hephy.logs=all", "hephy", "main")
            #expect(pushed.status == 0, "\(pushed)")
            #expect(pushed.errors.contains("kept by docker\n"), "\(pushed)")
        }
        try await LocalScene.with(.none, [TestCommit(RunFiles.go)]) { scene in
            try scene.fixture.write("#!/bin/sh\n", to: "programs/ko", executable: true)
            let pushed = try await scene.push()
            #expect(pushed.status == 1, "\(pushed)")
            #expect(
                pushed.errors.contains(
                    "nothing on this machine keeps what is built; looked for: docker, podman, buildah"), "\(pushed)")
        }
    }

    @Test func aCommitWithNothingToBuildIsPushedAllTheSame() async throws {
        try await LocalScene.with(.none, [TestCommit(["README": "hello\n"])]) { scene in
            let pushed = try await scene.push()
            #expect(pushed.status != 0)
            #expect(pushed.errors.contains("hephy: no build backend recognised in "), "\(pushed)")
            #expect(pushed.errors.contains(" main -> main\n"))
            #expect(try scene.runs().isEmpty)
        }
    }

    @Test func platformsThatWereNotAskedForAreSkippedAndOthersFailHonestly() async throws {
        let scripts = ["plan.sh": "echo checked"]
        try await LocalScene.with(.steps(scripts)) { scene in
            let pushed = try await scene.push("-o", "hephy.platforms=linux/s390x", "hephy", "main")
            #expect(pushed.errors.contains("-----> build (linux/s390x)"), "\(pushed)")
            _ = try await scene.commit("again")
            let second = try await scene.push()
            #expect(!second.errors.contains("s390x"))
            #expect(second.errors.contains(" is skipped: this machine is linux/"), "\(second)")
        }
    }

    @Test func noneOfTheUsersSecretsReachesTheRun() async throws {
        try await LocalScene.with(.steps(["build-local.sh": "env"])) { scene in
            try await scene.work.git("config", "hephy.local.env", "NAMED_ONE,NAMED_TWO").check()
            let pushed = try await scene.push(environment: [
                "GH_TOKEN": "secret-1", "AWS_SECRET_ACCESS_KEY": "secret-2", "GIT_ASKPASS": "secret-3",
                "https_proxy": "http://user:secret-4@proxy", "http_proxy": "http://plain.example", "NAMED_ONE": "one",
                "NAMED_TWO": "two", "HEPHY_REGISTRY_USER": "somebody",
            ])
            #expect(pushed.status == 0, "\(pushed)")
            #expect(!pushed.errors.contains("secret-"), "\(pushed)")
            #expect(!pushed.errors.contains("GIT_"), "\(pushed)")
            for line in ["NAMED_ONE=one", "NAMED_TWO=two", "http_proxy=http://plain.example", "HEPHY_RUN_NUMBER=1"] {
                #expect(pushed.errors.contains(line + "\n"), "\(line) in \(pushed)")
            }
            #expect(pushed.errors.contains("HEPHY_REGISTRY_USER=somebody"))
        }
    }

    @Test func theCheckoutIsThatOfTheCommitAlone() async throws {
        let files: [String: TreeEntry] = [
            "Dockerfile": "FROM scratch\n", "crlf.txt": "a\r\nb\r\n", ".gitattributes": "*.bin filter=lfs\n",
            ".gitmodules": "", "run": .program(Array("#!/bin/sh\n".utf8)), "link": .link(to: "crlf.txt"),
        ]
        let script = """
            git status --porcelain --ignored
            git log --format='head %H'
            od -c crlf.txt | head -n 1
            ls -l run link | cut -c 1-4
            """
        try await LocalScene.with(.steps(["build-local.sh": script]), [TestCommit(files)]) { scene in
            try scene.fixture.write("untracked", to: "work/untracked")
            let pushed = try await scene.push("-o", "hephy.logs=all", "hephy", "main")
            #expect(pushed.status == 0, "\(pushed)")
            let tip = try await scene.work.commitID()
            #expect(pushed.errors.contains("head \(tip)\n"), "\(pushed)")
            #expect(pushed.errors.contains("a  \\r  \\n   b  \\r  \\n"))
            #expect(pushed.errors.contains("-rwx") && pushed.errors.contains("lrwx"))
            #expect(!pushed.errors.contains("untracked"))
            #expect(pushed.errors.contains("submodules are not checked out"))
            #expect(pushed.errors.contains("files of Git LFS are left as pointers"))
        }
    }
}
