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

    /// What a forge lets its users do over ssh, whatever name they log in with.
    struct Forge {
        /// Paths of bare repositories by `OWNER/NAME`.
        var repositories: [String: String]
        /// Where git-lfs's servers are, without a slash at the end, and a token for them.
        var lfs: (origin: String, token: String)?
    }

    /// Makes keys and configuration; with `acceptsProtocol` the server lets `GIT_PROTOCOL` in.
    ///
    /// With `forge` it knows no commands but those of git and git-lfs, and repositories by their names alone. `variables`
    /// stand on the server's side in place of its own.
    init(
        in fixture: GitFixture, acceptsProtocol: Bool = true, forge: Forge? = nil, variables: [String: String] = [:]
    ) async throws {
        self.fixture = fixture
        let program = try #require(Self.program, "scripts/test installs sshd")
        for key in ["host", "user"] {
            let path = fixture.path("home/\(key)")
            try await fixture.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path).check()
        }
        let user = try await fixture.run("id", "-un").check().line
        try fixture.write(try fixture.read("home/user.pub"), to: "home/authorized")
        var settings = acceptsProtocol ? "AcceptEnv GIT_PROTOCOL" : ""
        if let forge {
            let script = try fixture.write(
                Self.commands(of: forge, noted: fixture.path("commands")), to: "home/forge", executable: true)
            settings += "\nForceCommand \(script)"
        }
        let own = [
            "PATH": fixture.environment["PATH"] ?? "", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": fixture.path("elsewhere"),
        ]
        let set = own.merging(variables) { $1 }.sorted { $0.key < $1.key }.map { "\"\($0)=\($1)\"" }
        try fixture.write(
            """
            HostKey \(fixture.path("home/host"))
            AuthorizedKeysFile \(fixture.path("home/authorized"))
            StrictModes no
            UsePAM no
            PermitRootLogin yes
            PrintMotd no
            PidFile none
            \(settings)
            # In one line, of more sshd reads the first. The user's shell may read files at home, and those are not ours.
            SetEnv \(set.joined(separator: " "))

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
            Host corp
                HostName git.corp.example
            Host *
                User \(user)
                IdentityFile \(fixture.path("home/user"))
                IdentitiesOnly yes
                StrictHostKeyChecking no
                UserKnownHostsFile /dev/null
                LogLevel ERROR
                ProxyCommand \(fixture.path("home/sshd"))

            """, to: "home/ssh_config")
        // The forge's own user, `git`, is nobody here.
        let login = forge == nil ? "" : " -l \(user)"
        environment = ["GIT_SSH_COMMAND": "ssh -F '\(fixture.path("home/ssh_config"))'\(login)"]
    }

    private static func commands(of forge: Forge, noted file: String) -> String {
        let paths = forge.repositories.sorted { $0.key < $1.key }.map { "\($0)) path='\($1)' ;;" }
        let lfs = forge.lfs.map { lfs in
            let header = #"{"Authorization":"RemoteAuth \#(lfs.token)"}"#
            let server = #"\#(lfs.origin)/'"$name"'.git/info/lfs"#
            return #"git-lfs-authenticate) echo '{"href":"\#(server)","header":\#(header)}' ;;"#
        }
        return """
            #!/bin/sh
            echo "$SSH_ORIGINAL_COMMAND" >>'\(file)'
            eval "set -- $SSH_ORIGINAL_COMMAND"
            name=${2#/} name=${name%.git}
            case $name in
            \(paths.joined(separator: "\n"))
            *) echo "ERROR: Repository '$2' not found." >&2; exit 1 ;;
            esac
            case $1 in
            git-upload-pack | git-receive-pack) exec git "${1#git-}" "$path" ;;
            \(lfs ?? "")
            *) echo "Invalid command: '$1'" >&2; exit 127 ;;
            esac

            """
    }

    /// The commands that a forge's users sent since the last time, in order.
    func commands() throws -> [String] {
        let path = fixture.path("commands")
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try fixture.read(path).split(separator: "\n").map(String.init)
    }

    /// How many connections were made since the last time.
    func connections() throws -> Int {
        let path = fixture.path("connections")
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try fixture.read(path).split(separator: "\n").count
    }
}
