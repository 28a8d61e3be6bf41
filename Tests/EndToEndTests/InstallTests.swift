import HephyTestSupport
import Testing

/// `install.sh` with a `swift` that has built already.
@Suite(.timeLimit(.minutes(1)))
struct InstallTests {
    private static let script =
        GitFixture.share.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/install.sh"

    private static func install(_ fixture: GitFixture, _ arguments: String...) async throws -> GitFixture.Ran {
        let swift = """
            #!/bin/sh
            case "$*" in
            --version) echo 'Swift version 6.3 (swift-6.3-RELEASE)' ;;
            *--show-bin-path) echo '\(GitFixture.builtPrograms)' ;;
            esac
            """
        try fixture.write(swift, to: "programs/swift", executable: true)
        let path = fixture.path("programs") + ":" + (fixture.environment["PATH"] ?? "")
        return try await fixture.run(
            [script] + arguments, environment: ["PATH": path, "XDG_DATA_HOME": nil, "HEPHY_SHARE": nil],
            timeout: .seconds(50))
    }

    /// What shells and man(1) read.
    private static let companions = [
        "man/man1/hephy.1", "man/man1/hephy-doctor.1", "man/man1/git-hephy.1", "man/man1/git-remote-hephy.1",
        "bash-completion/completions/hephy", "bash-completion/completions/git-hephy", "zsh/site-functions/_hephy",
        "fish/vendor_completions.d/hephy.fish",
    ]

    @Test func upgradingAndRemovingLeaveTheRepositoriesOfThisMachineAlone() async throws {
        try await GitFixture.with { fixture in
            let data = "home/.local/share/hephy"
            try fixture.write("mine", to: "\(data)/repositories/app.git/HEAD")
            for _ in 1...2 {
                let ran = try await Self.install(fixture)
                #expect(ran.status == 0, "\(ran)")
                #expect(try fixture.read("\(data)/repositories/app.git/HEAD") == "mine")
                let steps = try await fixture.run("ls", "-A", fixture.path(data)).check().output
                #expect(steps == "gitlab\nrelease\nrepositories\nschema\nsteps\ntemplates\n")
                try await fixture.run("test", "-f", fixture.path("\(data)/steps/plan.sh")).check()
                let version = try await fixture.run(fixture.path("home/.local/bin/hephy"), "--version").check()
                let path = fixture.path("home/.local/bin") + ":" + (fixture.environment["PATH"] ?? "")
                let asGit = try await fixture.run("git", "hephy", "--version", environment: ["PATH": path]).check()
                #expect(asGit.output == version.output)
                for path in Self.companions {
                    try await fixture.run("test", "-s", fixture.path("home/.local/share/\(path)")).check()
                }
            }
            try await Self.install(fixture, "--uninstall").check()
            #expect(try fixture.read("\(data)/repositories/app.git/HEAD") == "mine")
            #expect(try await fixture.run("ls", "-A", fixture.path(data)).check().output == "repositories\n")
            #expect(try await fixture.run("ls", "-A", fixture.path("home/.local/bin")).check().output.isEmpty)
        }
    }

    @Test func removingLeavesNothingWhereNothingElseLies() async throws {
        try await GitFixture.with { fixture in
            try await Self.install(fixture, "--prefix", fixture.path("place")).check()
            try await Self.install(fixture, "--prefix", fixture.path("place"), "--uninstall").check()
            let left = try await fixture.run("find", fixture.path("place"), "-type", "f").check()
            #expect(left.output.isEmpty)
            #expect(try await fixture.run("ls", "-A", fixture.path("place/share")).check().output.isEmpty)
        }
    }
}
