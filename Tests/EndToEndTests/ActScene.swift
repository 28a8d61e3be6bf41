import HephyTestSupport
import Testing

/// A repository that `hephy init` made ready, and the workflow of it run by `act`, a real engine for such files, without
/// a network: in a clean clone of the pushed commit, on this machine itself.
///
/// Two things are stand-ins: `actions/checkout`, which cannot be had here, is an action that fetches the commit from
/// the test's own repository; and programs that a test names.
struct ActScene {
    static let act = Peer.ciTool("act")

    let work: TestRepository
    var fixture: GitFixture { work.fixture }

    /// Makes the repository; `arguments` are those of `hephy init`, `config` its configuration where it has one.
    static func with(
        _ files: [String: TreeEntry], config: String? = nil, initialising arguments: [String] = [],
        _ body: (ActScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, files)
            if let config { try fixture.write(config, to: "work/\(InitTests.config)") }
            try await fixture.run(["hephy", "init"] + arguments, in: work.path).check()
            try await work.git("add", ".").check()
            try await work.git("commit", "--quiet", "-m", "build with hephy").check()
            try fixture.write(checkout, to: "checkout/action.yml")
            try await body(ActScene(work: work))
        }
    }

    /// Makes a repository of files that were typed in by hand; none of hephy's programs sees it.
    static func byHand(
        _ files: [String: TreeEntry], _ body: (ActScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, files)
            try fixture.write(checkout, to: "checkout/action.yml")
            try await body(ActScene(work: work))
        }
    }

    static let pinnedCheckout = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"

    static let checkout = """
        name: Checkout
        description: fetches the commit from the repository of the test
        inputs:
          ref: {description: the commit, required: true}
          persist-credentials: {description: unused, default: "true"}
        runs:
          using: composite
          steps:
            - shell: sh
              env:
                REF: ${{ inputs.ref }}
              run: |
                git init --quiet .
                git fetch --quiet "$HEPHY_TEST_SOURCE" "$REF"
                git checkout --quiet --detach FETCH_HEAD

        """

    /// Puts a program before all others of its name; it is a shell script, which notes its arguments first.
    func standIn(_ name: String, _ script: String) throws {
        // One write for a line: jobs run side by side.
        let note = "#!/bin/sh\nprintf '%s\\n' \"\(name) $*\" >>\"$HEPHY_TEST_LOG\"\n"
        try fixture.write(
            note + script + "\n", to: "stand-ins/\(name)", executable: true)
    }

    /// The command lines of the stand-ins, in order.
    func commands() throws -> [String] {
        (try? fixture.read("commands"))?.split(separator: "\n").map(String.init) ?? []
    }

    /// Runs the workflow for an event, in a fresh clone of the repository.
    ///
    /// `programs` is a folder that stands in front of PATH, behind the stand-ins; `prefix` starts act. Of the
    /// environment the steps see what `variables` holds, and PATH, with the hephy of this build where `hasHephy`.
    func run(
        _ event: String = "push", _ arguments: [String] = [], variables: [String: String] = [:],
        programs: String? = nil, prefix: [String] = [], hasHephy: Bool = true
    ) async throws -> GitFixture.Ran {
        let act = try #require(Self.act.program)
        let clone = fixture.uniqueName("clone")
        try await fixture.run("git", "clone", "--quiet", work.path, clone).check()
        try await fixture.run("git", "remote", "set-url", "origin", "https://github.com/acme/api", in: clone).check()
        let machine = (fixture.environment["PATH"] ?? "").split(separator: ":")
            .filter { hasHephy || $0 != GitFixture.builtPrograms[...] }.joined(separator: ":")
        let path = [fixture.path("stand-ins"), programs, machine].compactMap(\.self)
        let command = [
            act, event, "--workflows", InitTests.workflow, "--platform", "ubuntu-latest=-self-hosted",
            "--platform", "ubuntu-24.04-arm=-self-hosted", "--action-offline-mode", "--container-daemon-socket", "-",
            "--local-repository", "\(Self.pinnedCheckout)=\(fixture.path("checkout"))", "--defaultbranch", "main",
            "--no-cache-server", "--env", "HEPHY_TEST_SOURCE=\(work.path)",
            "--env", "HEPHY_TEST_LOG=\(fixture.path("commands"))", "--secret", "GITHUB_TOKEN=t0ken",
        ]
        return try await fixture.run(
            prefix + command + variables.flatMap { ["--env", "\($0.key)=\($0.value)"] } + arguments, in: clone,
            environment: ["PATH": path.joined(separator: ":")], timeout: .seconds(280))
    }
}
