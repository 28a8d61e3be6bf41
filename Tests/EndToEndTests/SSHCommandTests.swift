import HephyTestSupport
import Testing

/// The user's ssh is called with the very words with which git calls it without hephy.
@Suite(.timeLimit(.minutes(2)))
struct SSHCommandTests {
    static let urls = [
        "ssh://git@host.example/o/r", "ssh://host.example:2222/o/r.git", "ssh://me@[::1]:2222/o/r", "ssh://[::1]/o/r",
        "ssh://host.example/~me/r", "ssh://host.example/a%20b%27s", "git@host.example:o/r", "host.example:/srv/o/r",
        "[::1]:o/r", "git@[::1]:o/r", "[git@host.example:2222]:o/r", "host.example:~me/r", "host.example:it's!",
        "ssh://Host.Example:/o/r",
    ]

    struct Setting: Sendable, CustomTestStringConvertible {
        var name: String
        /// RECORD stands for a program that notes its arguments.
        var environment: [String: String] = [:]
        var config: [String] = []
        var arguments: [String] = []
        var testDescription: String { name }
    }

    static let settings = [
        Setting(name: "GIT_SSH", environment: ["GIT_SSH": "RECORD"]),
        Setting(name: "GIT_SSH, ssh", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "ssh"]),
        Setting(name: "GIT_SSH, plink", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "plink"]),
        Setting(name: "GIT_SSH, putty", environment: ["GIT_SSH": "RECORD"], config: ["ssh.variant=putty"]),
        Setting(
            name: "GIT_SSH, tortoiseplink", environment: ["GIT_SSH": "RECORD"], config: ["ssh.variant=tortoiseplink"]),
        Setting(name: "GIT_SSH, simple", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "simple"]),
        Setting(name: "GIT_SSH_COMMAND", environment: ["GIT_SSH_COMMAND": "RECORD -i 'a key'", "GIT_SSH": "false"]),
        Setting(name: "core.sshCommand", config: ["core.sshCommand=X=1 RECORD -v", "ssh.variant=ssh"]),
        Setting(
            name: "protocol version 0", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "ssh"],
            config: ["protocol.version=0"]),
        Setting(
            name: "protocol version 1", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "ssh"],
            config: ["protocol.version=1"]),
        Setting(
            name: "-4", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "ssh"], arguments: ["-4"]),
        Setting(
            name: "-6, plink", environment: ["GIT_SSH": "RECORD", "GIT_SSH_VARIANT": "plink"], arguments: ["-6"]),
    ]

    @Test(arguments: settings) func theWordsAreThoseOfGit(_ setting: Setting) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            let record = try fixture.write(
                """
                #!/bin/sh
                { for word; do printf '<%s>' "$word"; done; echo " ${GIT_PROTOCOL:-none}"; } >>"$HOME/words"
                exit 1

                """, to: "programs/record", executable: true)
            let environment = setting.environment.mapValues { $0.replacing("RECORD", with: record) }
            let config = setting.config.flatMap { ["-c", $0.replacing("RECORD", with: record)] }
            for url in Self.urls {
                for command in ["fetch", "push"] {
                    var seen: [String] = []
                    for prefix in ["", "hephy::"] {
                        try fixture.write("", to: "home/words")
                        let ran = try await fixture.run(
                            ["git"] + config + [command] + setting.arguments + [prefix + url, "main"], in: work.path,
                            environment: environment.mapValues { $0 })
                        #expect(ran.status == 128, "\(ran)")
                        seen.append(try fixture.read("home/words"))
                    }
                    #expect(seen[0] == seen[1], "\(command) \(url)")
                }
            }
        }
    }

    @Test(arguments: ["ssh://%2doProxyCommand=x/o/r", "ssh://-x/o/r", "host:-x", "-host:o/r"])
    func whatSSHCouldTakeForAnOptionIsRefused(_ url: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            for command in [["push", "hephy::" + url, "main"], ["ls-remote", "hephy::" + url]] {
                let ran = try await fixture.run(
                    ["git"] + command, in: work.path, environment: ["GIT_SSH_COMMAND": "touch called; :"])
                #expect(ran.status == 128, "\(ran)")
                #expect(ran.said.count == 2, "\(ran)")
                #expect(try await fixture.run("test", "-e", "work/called").status == 1)
            }
        }
    }
}
