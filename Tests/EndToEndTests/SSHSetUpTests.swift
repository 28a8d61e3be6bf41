import HephyTestSupport
import Testing

/// Everything of the user's own set-up for ssh counts, as for git: who is called, for which address, with whose key.
///
/// Each case pushes and fetches at a real sshd, without hephy and through it, by one connection each.
@Suite(.timeLimit(.minutes(1)))
struct SSHSetUpTests {
    struct SetUp: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// SSH stands for a command line that reaches the server, PROGRAM for a program that runs it.
        var environment: [String: String] = [:]
        var config: [String: String] = [:]
        /// What stands before the path.
        var url = "ssh://forge.example"
        /// Host and port that ssh connects to.
        var target = "forge.example 22"
        /// The version of git's protocol in a fetch.
        var version = 2
    }

    static let setUps = [
        SetUp(testDescription: "GIT_SSH_COMMAND", environment: ["GIT_SSH_COMMAND": "SSH"]),
        SetUp(
            testDescription: "GIT_SSH_COMMAND before all others",
            environment: ["GIT_SSH_COMMAND": "SSH", "GIT_SSH": "no"],
            config: ["core.sshCommand": "false"]),
        SetUp(testDescription: "core.sshCommand", config: ["core.sshCommand": "SSH"]),
        SetUp(
            testDescription: "core.sshCommand before GIT_SSH", environment: ["GIT_SSH": "no"],
            config: ["core.sshCommand": "exec SSH"]),
        SetUp(testDescription: "GIT_SSH that tells that it is OpenSSH", environment: ["GIT_SSH": "PROGRAM"]),
        SetUp(
            testDescription: "ssh.variant ssh", environment: ["GIT_SSH": "PROGRAM"], config: ["ssh.variant": "ssh"],
            url: "ssh://forge.example:2222", target: "forge.example 2222"),
        SetUp(
            testDescription: "ssh.variant simple", environment: ["GIT_SSH": "PROGRAM"],
            config: ["ssh.variant": "simple"], version: 0),
        SetUp(
            testDescription: "GIT_SSH_VARIANT before ssh.variant",
            environment: ["GIT_SSH": "PROGRAM", "GIT_SSH_VARIANT": "ssh"], config: ["ssh.variant": "simple"]),
        SetUp(
            testDescription: "protocol.version", environment: ["GIT_SSH_COMMAND": "SSH"],
            config: ["protocol.version": "0"], version: 0),
        SetUp(testDescription: "scp's form", environment: ["GIT_SSH_COMMAND": "SSH"], url: "forge.example:"),
        SetUp(
            testDescription: "a port", environment: ["GIT_SSH_COMMAND": "SSH"], url: "ssh://forge.example:2022",
            target: "forge.example 2022"),
        SetUp(
            testDescription: "a port in scp's form", environment: ["GIT_SSH_COMMAND": "SSH"],
            url: "[forge.example:2022]:", target: "forge.example 2022"),
        SetUp(
            testDescription: "an alias of ssh's", environment: ["GIT_SSH_COMMAND": "SSH"], url: "short:",
            target: "forge.example 2022"),
        SetUp(
            testDescription: "an IPv6 address", environment: ["GIT_SSH_COMMAND": "SSH"], url: "ssh://[::1]",
            target: "::1 22"),
        SetUp(
            testDescription: "an IPv6 address with a port", environment: ["GIT_SSH_COMMAND": "SSH"],
            url: "ssh://[2001:db8::7]:2022", target: "2001:db8::7 2022"),
        SetUp(
            testDescription: "an IPv6 address in scp's form", environment: ["GIT_SSH_COMMAND": "SSH"], url: "[::1]:",
            target: "::1 22"),
    ]

    /// Runs `body` with both sides, whose ssh notes where it connects to in the file `targets`.
    private func play(
        _ setUp: SetUp, _ body: (RelaySides, SSHServer) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            let config = fixture.path("home/ssh_config")
            let note = try fixture.write(
                "#!/bin/sh\necho \"$1 $2\" >>'\(fixture.path("targets"))'\nexec '\(fixture.path("home/sshd"))'\n",
                to: "home/note", executable: true)
            try fixture.write(
                "Host short\n  HostName forge.example\n  Port 2022\n"
                    + fixture.read("home/ssh_config").replacing(fixture.path("home/sshd"), with: note + " %h %p"),
                to: "home/ssh_config")
            let program = try fixture.write(
                "#!/bin/sh\nexec ssh -F '\(config)' \"$@\"\n", to: "programs/reach", executable: true)
            func filled(_ text: String) -> String {
                text.replacing("SSH", with: "ssh -F '\(config)'").replacing("PROGRAM", with: program)
            }
            try await RelaySides.with(
                url: { setUp.url + $0 }, in: fixture, environment: setUp.environment.mapValues(filled)
            ) { sides in
                for side in [sides.plain, sides.relayed] {
                    for (key, value) in setUp.config { try await side.work.git("config", key, filled(value)).check() }
                }
                try await body(sides, server)
                try await sides.expectSameRefs()
            }
        }
    }

    @Test(arguments: setUps) func theServerIsReachedAsByGitItself(_ setUp: SetUp) async throws {
        try await play(setUp) { sides, server in
            let fixture = sides.plain.work.fixture
            for command in [
                ["push", "forge", "main", "topic"], ["push", "--delete", "forge", "old"], ["fetch", "forge"],
            ] {
                #expect(try await sides.run(command).status == 0)
                #expect(try server.connections() == 2, "\(command)")
            }
            #expect(
                try fixture.read("targets").split(separator: "\n")
                    == Array(repeating: Substring(setUp.target), count: 6))
            for side in [sides.plain, sides.relayed] {
                let trace = fixture.path("packets")
                let arguments = ["git", "fetch", "forge", "main"]
                try await fixture.run(
                    arguments, in: side.work.path,
                    environment: side.environment.merging(["GIT_TRACE_PACKET": trace]) { $1 }
                ).check()
                let packets = try fixture.read("packets")
                #expect(packets.contains("< version 2") == (setUp.version == 2), "\(packets)")
                try fixture.write("", to: "packets")
            }
        }
    }

    @Test func theKeyOfAnAgentIsUsed() async throws {
        try await play(SetUp(testDescription: "an agent", environment: ["GIT_SSH_COMMAND": "SSH"])) { sides, server in
            let fixture = sides.plain.work.fixture
            let config = try fixture.read("home/ssh_config")
            try fixture.write(
                config.replacing("IdentityFile \(fixture.path("home/user"))", with: "IdentityFile none")
                    .replacing("IdentitiesOnly yes", with: "BatchMode yes"), to: "home/ssh_config")
            for side in [sides.plain, sides.relayed] {
                let refused = try await side.git(["push", "forge", "main"])
                #expect(refused.status == 128, "\(refused)")
            }
            #expect(try server.connections() == 2)
            let agent = "ssh-agent sh -c 'ssh-add -q \"$HOME/user\" && exec git \"$@\"' sh"
            for command in ["push forge main topic", "fetch forge", "push forge :old"] {
                var said: [String] = []
                for side in [sides.plain, sides.relayed] {
                    let ran = try await fixture.run(
                        ["sh", "-c", "\(agent) \(command)"], in: side.work.path, environment: side.environment)
                    #expect(ran.status == 0, "\(ran)")
                    said.append(
                        side.normalised(ran.errors).split(separator: "\n").filter { !$0.hasPrefix("hephy: ") }
                            .joined(separator: "\n"))
                }
                #expect(said[0] == said[1])
                #expect(try server.connections() == 2, "\(command)")
            }
        }
    }
}
