import HephyTestSupport
import Testing

/// The GitHub double itself: real git is content with it.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct DoubleGitTests {
    @Test func aPushStartsARunOfThePushedWorkflow() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                let git = try double.environment(token: "gho_owner")
                let pushed = try await scene.work.git("push", double.url("acme/api"), "main", environment: git).check()
                #expect(pushed.errors.contains("* [new branch]      main -> main"))
                let run = try #require(try double.journal().first { $0.kind == "run" })
                #expect(run.sha == scene.tip)
                #expect(run.event == "push")
                #expect(run.workflow == ".github/workflows/hephy.yml")
            }
        }
    }

    @Test func aTranscriptNamesWhatDiffersFromRunToRun() {
        var transcript = Transcript()
        transcript.replace("/tmp/scratch", by: "<scratch>")
        let sha = String(repeating: "0a1b", count: 10)
        let text = "/tmp/scratch/x \(sha) 0a1b2c3 (17000000101) 1m02s 250ms 3s, decade 42 main\r\n"
        #expect(
            transcript.normalised(text)
                == "<scratch>/x <sha> <short-sha> (<run>) <duration> <duration> <duration>, decade 42 main\r\n")
    }

    @Test func cloneAndFetchSpeakProtocolVersionTwo() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture, pushed: true)
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                try await fixture.run("git", "clone", "--quiet", double.url("acme/api"), "clone").check()
                #expect(try fixture.read("clone/README") == "hello\n")
                let more = try await scene.work.commit([TestCommit(["README": "more\n"])])
                try await scene.work.git("push", scene.bare.path, "main").check()
                try await fixture.run("git", "fetch", "--quiet", in: "clone").check()
                let fetched = try await fixture.run("git", "rev-parse", "origin/main", in: "clone").check().line
                #expect(fetched == more[0])
                let journal = try double.journal()
                #expect(journal.allSatisfy { $0.kind == "git" && $0.gitProtocol == "version=2" })
            }
        }
    }

    @Test func aPushLargerThanGitsBufferArrivesChunked() async throws {
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            var noise = SystemRandomNumberGenerator()
            let words = (0..<200_000).map { _ in noise.next() as UInt64 }
            let bytes = words.withUnsafeBytes(Array.init)
            let tip = try await scene.work.commit([TestCommit(["big": .file(bytes)])])[0]
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                let git = try double.environment(token: "gho_owner")
                try await scene.work.git("push", "--quiet", double.url("acme/api"), "main", environment: git).check()
                #expect(try await scene.bare.commitID("main") == tip)
            }
        }
    }

    /// `git http-backend` reads on for ever at the end of such a body; nobody is to find its core busy an hour later.
    @Test(.enabled(if: Processes.areKnown)) func aBodyThatEndsTooEarlyLeavesNoBackend() async throws {
        let client = """
            import base64, socket, sys, urllib.parse
            url = urllib.parse.urlsplit(sys.argv[1])
            head = ["POST %s/git-receive-pack HTTP/1.1" % url.path, "Host: " + url.netloc, "Content-Length: 99999",
                    "Authorization: Basic " + base64.b64encode(b"ada:gho_owner").decode(),
                    "Content-Type: application/x-git-receive-pack-request", "", "0032"]
            door = socket.create_connection((url.hostname, url.port), timeout=30)
            door.sendall("\\r\\n".join(head).encode())
            door.shutdown(socket.SHUT_WR)
            while door.recv(4096): pass
            """
        try await GitFixture.with { fixture in
            let scene = try await DoubleScene(fixture)
            try await GitHubDouble.with(scene.scenario(), in: fixture) { double in
                try await fixture.run(DoubleProcess.python, "-c", client, double.url("acme/api")).check()
                #expect(try double.journal().contains { $0.kind == "git" })
                try await Processes.end(with: "GIT_PROJECT_ROOT=\(scene.bare.path)")
            }
        }
    }
}

/// A work tree with one commit that holds a workflow, and a bare repository to push it to.
struct DoubleScene {
    let work: TestRepository
    let bare: TestRepository
    let tip: String

    static let workflow = """
        # hephy:workflow 1
        name: Hephy Build
        run-name: hephy ${{ inputs.hephy_id || github.sha }}
        on:
          push:
            branches: [main]
          workflow_dispatch:
            inputs:
              backend: { type: string }
              hephy_id: { type: string }
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: echo plan
          build:
            needs: plan
            runs-on: ubuntu-latest
            steps:
              - name: Build it
                run: make

        """

    init(_ fixture: GitFixture, pushed: Bool = false) async throws {
        let lint = "name: Lint\non: issues\njobs: {lint: {runs-on: a, steps: [{run: lint}]}}\n"
        let commit = TestCommit([
            "README": "hello\n", ".github/workflows/hephy.yml": .text(Self.workflow),
            ".github/workflows/lint.yml": .text(lint),
        ])
        work = try await fixture.repository("work", [commit])
        bare = try await fixture.bareRepository("api.git")
        tip = try await work.commitID()
        if pushed { try await work.git("push", "--quiet", bare.path, "main").check() }
    }

    func scenario(
        _ plans: [GitHubScenario.Plan] = [], faults: [GitHubScenario.Fault] = [],
        expecting refusals: [GitHubScenario.Refusal] = []
    ) -> GitHubScenario {
        GitHubScenario(
            repositories: ["acme/api": .init(bare)], workflows: plans.isEmpty ? [:] : ["hephy.yml": plans],
            faults: faults, expectedRefusals: refusals)
    }
}
