import HephyTestSupport
import Testing

/// In a terminal a command through hephy shows and asks what it does without: progress, passwords, the key of a host.
@Suite(.timeLimit(.minutes(1)))
struct ParityTerminalTests {
    /// What the terminal shows in the end, without hephy's lines; both ends of the connection draw at once, and which of
    /// the server's lines clear what stood behind them depends on how its words come.
    private func shown(_ screen: Terminal.Screen, on side: RelaySides.Side) -> [Substring] {
        side.normalised(screen.lines.joined(separator: "\n")).replacing("\u{1b}[K", with: "").split(separator: "\n")
            .filter { !$0.contains("hephy: ") && !$0.allSatisfy(\.isWhitespace) }.sorted()
    }

    /// Gives `command` to both sides, each at a terminal of its own, and expects the same of them.
    private func run(
        _ command: [String], keys: [Terminal.Key], on sides: RelaySides, expecting texts: [String], status: Int32 = 0,
        before: (RelaySides.Side) throws -> Void = { _ in }
    ) async throws {
        var screens: [[Substring]] = []
        for side in [sides.plain, sides.relayed] {
            try before(side)
            var environment = side.environment
            environment["GIT_TERMINAL_PROMPT"] = .some(nil)
            let screen = try await Terminal.run(
                ["git"] + command.map { $0 == "URL" ? side.url : $0 }, in: side.work.path, keys: keys,
                environment: environment, fixture: side.work.fixture)
            #expect(screen.status == status, "\(screen.text)")
            #expect(screen.unsent == 0, "\(screen.text)")
            screens.append(shown(screen, on: side))
        }
        #expect(screens[0] == screens[1], "\(command)")
        for text in texts { #expect(screens[1].contains { $0.contains(text) }, "\(screens[1])") }
    }

    private static let password = [
        Terminal.Key(after: "Username for", send: "ada\r"), .init(after: "Password for", send: "right\r"),
    ]

    @Test func passwordsAreAskedForAndProgressIsShownOverHTTP() async throws {
        try await GitFixture.with { fixture in
            try await GitServer.with(in: fixture) { server in
                let origin = server.origins["http"] ?? ""
                try await RelaySides.with(
                    url: { origin + "/auth" + $0.dropFirst(fixture.path("served").count) }, in: fixture,
                    below: "served/"
                ) { sides in
                    for side in [sides.plain, sides.relayed] {
                        try await side.bare.git("config", "http.receivepack", "true").check()
                    }
                    try await run(
                        ["push", "forge", "main"], keys: Self.password, on: sides,
                        expecting: ["Writing objects: 100% (5/5)", "main -> main", "Username for"])
                    try await run(
                        ["clone", "URL", "copy"], keys: Self.password, on: sides,
                        expecting: ["Receiving objects: 100% (", "remote: Counting objects"])
                    try await run(
                        ["fetch", "forge"],
                        keys: [Self.password[0], .init(after: "Password for", send: "wrong\r")], on: sides,
                        expecting: ["Authentication failed"], status: 128)
                    try await sides.expectSameState()
                }
            }
        }
    }

    @Test func theHostsKeyIsAskedForOverSSH() async throws {
        try await GitFixture.with { fixture in
            let server = try await SSHServer(in: fixture)
            let known = fixture.path("known")
            var environment = server.environment
            environment["GIT_SSH_COMMAND"] =
                "ssh -F '\(fixture.path("home/ssh_config"))' -o StrictHostKeyChecking=ask -o UserKnownHostsFile=\(known)"
            try await RelaySides.with(url: { "ssh://forge.example\($0)" }, in: fixture, environment: environment) {
                sides in
                let asked = "continue connecting (yes/no"
                for (command, shown) in [
                    (["push", "forge", "main"], "Writing objects: 100% (5/5)"),
                    (["clone", "URL", "copy"], "Receiving objects: 100% ("),
                ] {
                    try await run(
                        command, keys: [.init(after: asked, send: "yes\r")], on: sides,
                        expecting: [shown, "authenticity of host"]
                    ) { try $0.work.fixture.write("", to: known) }
                }
                try await run(
                    ["fetch", "forge"], keys: [.init(after: asked, send: "no\r")], on: sides,
                    expecting: ["Host key verification failed."], status: 128
                ) { try $0.work.fixture.write("", to: known) }
                try await sides.expectSameState()
            }
        }
    }
}
