import HephyTestSupport
import Testing

/// Words of a server, and names in a repository, that are meant for the terminal or repeat a secret.
@Suite(.timeLimit(.minutes(1)))
struct HostileTextTests {
    private static let token = "gho_ownertoken"
    /// `x-access-token:` and the token, as git itself sends them.
    private static let basic = "eC1hY2Nlc3MtdG9rZW46Z2hvX293bmVydG9rZW4="

    @Test(arguments: ["Bearer \(token)", "Basic \(basic)", "Bearer gho_\\u200bowner\\u001b\\u202etoken"])
    func aServerThatRepeatsTheTokenIsNotRepeated(echo: String) async throws {
        try await RunScene.play(
            plans: [.over("success")],
            change: { scenario in
                scenario.tokens = ["owner": .init(Self.token)]
                scenario.faults = [
                    .init(
                        .status, path: "*/runs", method: "GET", count: 9, status: 403,
                        body: #"{"message":"no \#(echo)"}"#)
                ]
            }
        ) { scene in
            let pushed = try await scene.push(token: Self.token)
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("the token may not list runs on \(scene.host): no B"), "\(pushed.text)")
            #expect(pushed.text.contains("***"))
            #expect(!pushed.text.contains("gho_") && !pushed.text.contains("Z2hv"), "\(pushed.text)")
        }
    }

    @Test func aTokenInANameOfTheRepositoryIsMasked() async throws {
        let workflow = RunFiles.ours(on: "", inputs: ["sha", "hephy_id"])
        let files = RunFiles.go.merging([".github/workflows/\(Self.token).yml": .text(workflow)]) { $1 }
        try await RunScene.play(
            files.merging(["more": "text\n"]) { $1 }, before: files,
            change: { $0.tokens = ["owner": .init(Self.token)] }
        ) { scene in
            let pushed = try await scene.push(token: Self.token)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: '***.yml' takes no input 'backend'"), "\(pushed.text)")
            #expect(!pushed.text.contains(Self.token))
        }
    }

    private static let name = "\u{1b}[31mX\u{202e}\u{e0041}.yml"

    struct Named: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var on = "push: { branches: [other] }"
        var inputs: [String]?
        var options: [String] = []
        var token: String? = "gho_owner"
    }

    @Test(arguments: [
        Named(testDescription: "its filters leave the branch out"),
        Named(
            testDescription: "its filters leave out what is attached to", inputs: ["sha"], options: ["trigger=attach"]),
        Named(testDescription: "it cannot be dispatched", options: ["trigger=dispatch"]),
        Named(testDescription: "there is no token", on: "", inputs: ["sha"], token: nil),
        Named(testDescription: "it says itself what it builds", on: "push: { branches: [main] }", inputs: ["backend"]),
    ])
    func theNameOfAWorkflowCannotReachTheTerminalAsControls(_ named: Named) async throws {
        let workflow = RunFiles.ours(on: named.on, inputs: named.inputs)
            .replacing("backend: { type: string }", with: "backend: { type: string, default: \"k\u{202e}o\" }")
        let files = RunFiles.go.merging([".github/workflows/\(Self.name)": .text(workflow)]) { $1 }
        try await RunScene.play(
            files,
            change: { scenario in
                scenario.repositories["acme/api"]?.private = false
                scenario.git = .init(auth: GitHubScenario.Git.Auth.none)
                // Before the push there is no such file.
                scenario.expectedRefusals = [.init("no-such-workflow", optional: true)]
            }
        ) { scene in
            let pushed = try await scene.push(options: named.options, token: named.token)
            let lines = pushed.text.split(separator: "\n").filter { $0.hasPrefix("hephy: ") || $0.hasPrefix("---") }
            #expect(lines.contains { $0.contains("[31mX.yml") }, "\(pushed.text)")
            let hidden = lines.joined().unicodeScalars.filter {
                [.control, .format].contains($0.properties.generalCategory)
            }
            #expect(hidden.isEmpty, "\(pushed.text.debugDescription)")
        }
    }
}
