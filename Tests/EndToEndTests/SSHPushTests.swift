import HephyTestSupport
import Testing

/// What a push over ssh can ask of git beyond the table of commands: the same comes of it as without hephy.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SSHPushTests {
    private func play(
        objectFormat: String = "sha1", _ body: (RelaySides, SSHServer) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            try await RelaySides.with(
                url: { "ssh://forge.example\($0)" }, in: fixture, environment: server.environment,
                objectFormat: objectFormat
            ) { sides in
                try await body(sides, server)
                try await sides.expectSameRefs()
            }
        }
    }

    @Test(arguments: ServiceCases.formats) func objectsMayBeNamedBySHA256(_ entry: ServiceCases.Case) async throws {
        try await play(objectFormat: "sha256") { sides, _ in
            for step in entry.steps { try await sides.run(step.split(separator: " ").map(String.init)) }
            #expect(try await sides.relayed.bare.commitID("main").count == 64)
        }
    }

    @Test(arguments: ["-4", "-6"]) func theAddressFamilyReachesSSH(_ family: String) async throws {
        try await play { sides, server in
            for command in [["push", family, "forge", "main"], ["fetch", family, "forge"]] {
                try await sides.run(command)
                #expect(try server.connections() == 2)
            }
        }
    }

    @Test func aLeaseHoldsWhenSomebodyElsePushesInBetween() async throws {
        try await play { sides, _ in
            try await sides.run(["fetch", "forge"])
            for side in [sides.plain, sides.relayed] {
                // The hook runs when the server's refs are known and nothing has been sent.
                let hook = "#!/bin/sh\nunset GIT_DIR\nexec git -C '\(side.bare.path)' update-ref refs/heads/main old\n"
                try side.work.fixture.write(hook, to: side.work.path + "/.git/hooks/pre-push", executable: true)
            }
            for command in [
                ["push", "--force-with-lease", "forge", "topic:main"],
                ["push", "--force-with-lease=main:main~1", "forge", "topic:main"],
            ] {
                for side in [sides.plain, sides.relayed] {
                    try await side.bare.git("update-ref", "refs/heads/main", "refs/tags/kept").check()
                }
                let ran = try await sides.run(command)
                #expect(ran.status == 1)
                for side in [sides.plain, sides.relayed] {
                    #expect(try await side.bare.commitID("main") == side.bare.commitID("old"))
                }
            }
        }
    }

    @Test(.needsGit(2, 41)) func porcelainOfAFetch() async throws {
        try await play { sides, _ in
            let ran = try await sides.run(["fetch", "--porcelain", "forge"])
            #expect(ran.output.contains("refs/remotes/forge/main"))
            try await sides.run(["fetch", "--porcelain", "--force", "forge", "old:topic"])
        }
    }

    @Test func aConnectionThatTheUserSharesIsShared() async throws {
        try await play { sides, server in
            for (name, side) in [("a", sides.plain), ("b", sides.relayed)] {
                let fixture = side.work.fixture
                let options =
                    "-F '\(fixture.path("home/ssh_config"))' -o ControlMaster=auto -o ControlPersist=20 -o ControlPath="
                    + fixture.path(name)
                // The connection that stays keeps what it was given for its errors.
                let script = """
                    { git push forge main && git fetch forge && git push forge topic; } 2>'\(side.bare.path).errors'
                    status=$?
                    ssh \(options) -O exit forge.example >/dev/null 2>&1
                    cat '\(side.bare.path).errors'
                    exit $status
                    """
                let ran = try await fixture.run(
                    "sh", "-c", script, in: side.work.path, environment: ["GIT_SSH_COMMAND": "ssh " + options])
                #expect(ran.status == 0, "\(ran)")
                #expect(try server.connections() == 1, "\(side.url)")
            }
        }
    }

    /// The certificates that the servers got in a push with `option`, without what is another one each time.
    private func certificates(_ option: String) async throws -> [[Substring]] {
        var certificates: [[Substring]] = []
        try await play { sides, _ in
            let program = try sides.plain.work.fixture.write(
                """
                #!/bin/sh
                cat >/dev/null
                echo '[GNUPG:] BEGIN_SIGNING' >&2
                echo '[GNUPG:] SIG_CREATED ' >&2
                echo '-----BEGIN PGP SIGNATURE-----'
                echo signed
                echo '-----END PGP SIGNATURE-----'

                """, to: "programs/gpg", executable: true)
            for side in [sides.plain, sides.relayed] {
                try await side.bare.git("config", "receive.certNonceSeed", "seed").check()
                try side.work.fixture.write(
                    "#!/bin/sh\necho $GIT_PUSH_CERT_NONCE_STATUS\ngit cat-file blob $GIT_PUSH_CERT >certificate\n",
                    to: side.bare.path + "/hooks/post-receive", executable: true)
                try await side.work.git("config", "gpg.program", program).check()
            }
            let ran = try await sides.run(["push", option, "forge", "main", ":old"])
            #expect(ran.errors.contains("remote: OK"), "\(ran)")
            for side in [sides.plain, sides.relayed] {
                let certificate = try side.work.fixture.read(side.bare.path + "/certificate")
                certificates.append(
                    side.normalised(certificate).split(separator: "\n")
                        .filter { !$0.hasPrefix("nonce ") && !$0.hasPrefix("pusher ") })
            }
        }
        return certificates
    }

    @Test(arguments: ["--signed=if-asked", "--signed"])
    func aServerThatAsksForCertificatesGetsOne(_ option: String) async throws {
        // Before 2.33 `git send-pack` itself, and with it git's own http helper, does not say where it pushes to.
        let found = try await certificates(option).map { $0.filter { !$0.hasPrefix("pushee ") } }
        #expect(found[0] == found[1])
        #expect(found[1].contains("signed"))
        #expect(found[1].contains { $0.hasSuffix(" refs/heads/main") })
    }

    @Test(.needsGit(2, 33)) func theCertificateNamesWhereItIsPushedTo() async throws {
        let found = try await certificates("--signed")
        #expect(found[0] == found[1])
        #expect(found[1].contains("pushee <url>"))
    }

    struct Policy: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var settings: [String] = []
        var environment: [String: String] = [:]
    }

    static let policies = [
        Policy(testDescription: "ssh never", settings: ["protocol.ssh.allow=never"]),
        Policy(testDescription: "hephy alone", settings: ["protocol.allow=never", "protocol.hephy.allow=always"]),
        Policy(testDescription: "GIT_ALLOW_PROTOCOL", environment: ["GIT_ALLOW_PROTOCOL": "hephy:https:http"]),
        Policy(
            testDescription: "GIT_ALLOW_PROTOCOL counts alone", settings: ["protocol.ssh.allow=always"],
            environment: ["GIT_ALLOW_PROTOCOL": "hephy"]),
    ]

    @Test(arguments: policies) func whatTheUsersPolicyForbidsIsRefusedUnconnected(_ policy: Policy) async throws {
        try await play { sides, server in
            let settings = policy.settings.flatMap { ["-c", $0] }
            let environment = server.environment.merging(policy.environment.mapValues { $0 }) { _, new in new }
            for command in [
                ["push", "forge", "main"], ["push", "--dry-run", sides.relayed.url, "main"], ["fetch", "forge"],
                ["ls-remote", sides.relayed.url], ["clone", sides.relayed.url, "copy"],
                ["archive", "--remote=\(sides.relayed.url)", "main"],
            ] {
                let ran = try await sides.relayed.work.fixture.run(
                    ["git"] + settings + command, in: sides.relayed.work.path, environment: environment)
                #expect(ran.status != 0, "\(command)")
                #expect(
                    ran.said.first == "transport 'ssh' is not allowed by this git's configuration", "\(command): \(ran)"
                )
                #expect(try server.connections() == 0)
            }
        }
    }
}
