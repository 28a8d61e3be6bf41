import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A real sshd on loopback, with keys of its own.
///
/// It is started anew for each connection, by the client's `ProxyCommand` (`sshd -i`), so that it needs no port; each
/// connection leaves a line in a file.
struct SSHServer {
    let fixture: GitFixture
    /// What git has to be told to use it.
    let environment: [String: String?]

    /// Where sshd is; it has to be called by its whole path.
    private static let program = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Makes keys and configuration; with `acceptsProtocol` the server lets `GIT_PROTOCOL` in.
    init(in fixture: GitFixture, acceptsProtocol: Bool = true) async throws {
        self.fixture = fixture
        let program = try #require(Self.program, "scripts/test installs sshd")
        for key in ["host", "user"] {
            let path = fixture.path("home/\(key)")
            try await fixture.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).check()
        }
        let user = try await fixture.run("id", "-un").check().line
        try fixture.write(try fixture.read("home/user.pub"), to: "home/authorized")
        let variables = acceptsProtocol ? "AcceptEnv GIT_PROTOCOL" : ""
        try fixture.write(
            """
            HostKey \(fixture.path("home/host"))
            AuthorizedKeysFile \(fixture.path("home/authorized"))
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            PrintMotd no
            PidFile none
            \(variables)
            SetEnv PATH=\(fixture.environment["PATH"] ?? "") GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

            """, to: "home/sshd_config")
        try fixture.write(
            """
            #!/bin/sh
            echo connection >>'\(fixture.path("connections"))'
            [ -d /run/sshd ] || mkdir -p /run/sshd 2>/dev/null
            exec \(program) -i -f '\(fixture.path("home/sshd_config"))' 2>/dev/null

            """, to: "home/sshd", executable: true)
        try fixture.write(
            """
            Host work
                HostName github.com
            Host *
                User \(user)
                IdentityFile \(fixture.path("home/user"))
                IdentitiesOnly yes
                StrictHostKeyChecking no
                UserKnownHostsFile /dev/null
                LogLevel ERROR
                ProxyCommand \(fixture.path("home/sshd"))

            """, to: "home/ssh_config")
        environment = ["GIT_SSH_COMMAND": "ssh -F '\(fixture.path("home/ssh_config"))'"]
    }

    /// How many connections were made since the last time.
    func connections() throws -> Int {
        let path = fixture.path("connections")
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try fixture.read(path).split(separator: "\n").count
    }
}
