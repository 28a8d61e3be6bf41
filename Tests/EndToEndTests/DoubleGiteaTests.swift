import HephyTestSupport
import Testing

/// The double for Gitea and Forgejo: as strict as they are, and what clients that nobody here wrote make of it.
@Suite(.timeLimit(.minutes(2)))
struct DoubleGiteaTests {
    /// The body of an answer of the API.
    private func curl(_ arguments: String..., double: GiteaDouble) async throws -> String {
        try await double.fixture.run(
            ["curl", "--silent", "--user-agent", "test"] + arguments.dropLast() + [double.api + (arguments.last ?? "")]
        ).output
    }

    /// What the double finds wrong when `body` speaks to it.
    private func failures(
        _ server: GiteaScenario.Server, _ body: (GiteaDouble) async throws -> Void
    ) async throws -> [String] {
        try await GitFixture.with { fixture in
            let bare = try await fixture.bareRepository("api.git")
            return try await GiteaDouble.failures(
                GiteaScenario(server, repositories: ["acme/api": .init(bare)]), in: fixture, body)
        }
    }

    /// A request that a good client would not send, and what it is called.
    struct Wrong: Sendable, CustomTestStringConvertible {
        var name: String
        var server = GiteaScenario.Server.gitea
        var arguments: [String]
        var testDescription: String { name }
    }

    private static let token = ["--header", "Authorization: token gta_owner"]

    @Test(arguments: [
        Wrong(name: "unknown-path", arguments: token + ["/repos/acme/api/unknown"]),
        Wrong(name: "unknown-method", arguments: token + ["--request", "PUT", "/repos/acme/api/actions/runs"]),
        Wrong(name: "unknown-query-parameter", arguments: token + ["/repos/acme/api/actions/runs?per_page=3"]),
        Wrong(
            name: "unknown-query-parameter", server: .forgejo,
            arguments: token + ["/repos/acme/api/actions/runs?branch=x"]),
        Wrong(name: "bad-query-value", arguments: token + ["/repos/acme/api/actions/runs?limit=100"]),
        Wrong(name: "bad-query-value", arguments: token + ["/repos/acme/api/actions/runs?head_sha=abc"]),
        Wrong(name: "wrong-authorization", arguments: ["--header", "Authorization: Token gta_owner", "/version"]),
        Wrong(name: "bad-credentials", arguments: ["--header", "Authorization: token other", "/version"]),
        Wrong(name: "repository-hidden", arguments: ["/repos/acme/api/actions/runs"]),
        Wrong(name: "unknown-repository", arguments: token + ["/repos/acme/other/actions/runs"]),
        Wrong(name: "no-such-run", arguments: token + ["/repos/acme/api/actions/runs/7"]),
        Wrong(
            name: "not-in-this-version", server: .init(.gitea, "1.24.7"),
            arguments: token + ["/repos/acme/api/actions/runs"]),
        Wrong(
            name: "not-in-this-version", server: .init(.forgejo, "15.0.3"),
            arguments: token + ["/repos/acme/api/actions/runs/1/jobs"]),
        Wrong(
            name: "not-in-this-version", server: .init(.forgejo, "11.0.6"),
            arguments: token + ["/repos/acme/api/actions/runs"]),
        Wrong(
            name: "no-such-ref",
            arguments: token + [
                "--data", #"{"ref":"refs/heads/none"}"#, "/repos/acme/api/actions/workflows/a.yml/dispatches",
            ]),
        Wrong(
            name: "not-permitted-key",
            arguments: token + [
                "--data", #"{"ref":"main","return_run_info":true}"#,
                "/repos/acme/api/actions/workflows/a.yml/dispatches",
            ]),
    ])
    func whatAGoodClientWouldNotSendFailsByName(wrong: Wrong) async throws {
        let found = try await failures(wrong.server) { double async throws in
            let path = try #require(wrong.arguments.last)
            _ = try await double.fixture.run(
                ["curl", "--silent", "--user-agent", "test"] + wrong.arguments.dropLast() + [double.api + path])
        }
        #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix("\(wrong.name): ") }, "\(found)")
    }

    @Test func aProbeThatBringsACredentialIsTold() async throws {
        let found = try await failures(.gitea) { double async throws in
            for header in ["X-None: x", "Authorization: token gta_owner"] {
                _ = try await double.fixture.run(
                    "curl", "--silent", "--header", header, double.origin + "/api/v4/version")
            }
        }
        #expect(found.count == 1 && found[0].hasPrefix("credential-at-foreign-api: "), "\(found)")
    }

    @Test func aServerThatWantsASignInShowsStrangersNothing() async throws {
        for server in [GiteaScenario.Server.gitea, .forgejo] {
            var wanting = server
            wanting.signInRequired = true
            let found = try await failures(wanting) { double async throws in
                let answer = try await curl("/version", double: double)
                #expect(answer.contains("Only signed in user is allowed to call APIs."))
                _ = try await curl("/repos/acme/api", double: double)
            }
            #expect(found.count == 1 && found[0].hasPrefix("sign-in-required: "), "\(found)")
        }
    }

    @Test(
        .enabled(if: Peer.giteaClients.isWanted, "no clients: see scripts/test-tools --gitea"),
        arguments: [GiteaScenario.Server.gitea, .forgejo])
    func clientsThatNobodyHereWroteAreContent(server: GiteaScenario.Server) async throws {
        let python = try #require(Peer.giteaClients.program, "run scripts/test-tools --gitea")
        try await GiteaScene.play(server) { scene in
            #expect(try await scene.push(options: ["follow=false"]).status == 0)
            let ran = try await scene.fixture.run(
                [
                    python, "\(GitFixture.doubles)/gitea-client.py", scene.double.origin, "gta_owner", scene.tip,
                    server.product.rawValue,
                ], timeout: .seconds(110)
            ).check()
            #expect(ran.output.contains("repository acme/api\n"), "\(ran)")
            #expect(ran.output.contains("run True 1 "), "\(ran)")
            if server.product == .forgejo { #expect(ran.output.contains("started 2 ['plan', 'build', 'deploy']\n")) }
        }
    }
}
