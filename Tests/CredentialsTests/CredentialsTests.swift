import Credentials
import Forge
import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct CredentialsTests {
    private static let tokens = [
        "GH_TOKEN": "gh-token", "GITHUB_TOKEN": "github-token", "GH_ENTERPRISE_TOKEN": "gh-enterprise",
        "GITHUB_ENTERPRISE_TOKEN": "github-enterprise",
    ]

    @Test(
        arguments: [
            ("github.com", nil, "gh-token"), ("GitHub.com", nil, "gh-token"), ("www.github.com", nil, "gh-token"),
            ("github.com", "git.corp.example", "gh-token"), ("acme.ghe.com", nil, nil),
            ("acme.ghe.com", "acme.ghe.com", "gh-token"),
            ("other.ghe.com", "acme.ghe.com", nil), ("git.corp.example", nil, nil),
            ("git.corp.example", "git.corp.example", "gh-enterprise"),
            ("git.corp.example", "GIT.corp.example:443", "gh-enterprise"),
            ("git.corp.example", "git.corp.example:8443", nil), ("git.corp.example", "corp.example", nil),
            ("github.com.evil.example", "github.com", nil), ("evilghe.com", "acme.ghe.com", nil),
            ("gist.github.com", nil, nil),
        ] as [(String, String?, String?)])
    func aTokenOfTheEnvironmentGoesToItsOwnHost(host: String, named: String?, token: String?) async throws {
        try await CredentialFixture.with { fixture in
            var environment = Self.tokens
            environment["GH_HOST"] = named
            let credential = await fixture.credentials(environment).credential(for: .github(host))
            #expect(text(credential) == token)
        }
    }

    @Test func aPortMustBeNamedToo() async throws {
        try await CredentialFixture.with { fixture in
            for (named, token) in [("git.corp.example:8443", "gh-enterprise"), ("git.corp.example", nil)] {
                var environment = Self.tokens
                environment["GH_HOST"] = named
                let credential = await fixture.credentials(environment)
                    .credential(for: .github("git.corp.example", port: 8443))
                #expect(text(credential) == token)
            }
        }
    }

    @Test func theSourcesAreAskedInOrderAndCanBeSkipped() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            try fixture.gh("program-token")
            let credentials = fixture.credentials(Self.tokens)
            var skipped: Set<CredentialSource> = []
            var found: [String] = []
            while let credential = await credentials.credential(for: .github("github.com"), skipping: skipped) {
                found.append("\(credential.source): \(text(credential) ?? "")")
                #expect(skipped.insert(credential.source).inserted)
            }
            #expect(
                found == [
                    "GH_TOKEN: gh-token", "GITHUB_TOKEN: github-token", "git credential fill: helper-token",
                    "gh auth token: program-token",
                ])
        }
    }

    @Test func aTokenIsBoundToGitsOriginAndTheAPIsOfTheSameForge() async throws {
        let https = HTTPOrigin.Scheme.https
        let cases: [(CredentialRequest, Bool)] = [
            (.github("github.com"), true), (.github("acme.ghe.com"), true), (.github("git.corp.example"), true),
            (.github("git.corp.example", api: HTTPOrigin(scheme: https, host: "api.git.corp.example")), true),
            (.github("github.com", api: HTTPOrigin(scheme: https, host: "evil.example")), false),
            (.github("git.corp.example", api: HTTPOrigin(scheme: https, host: "api.github.com")), false),
            (.github("git.corp.example", api: HTTPOrigin(scheme: https, host: "git.corp.example", port: 8443)), false),
            (.github("git.corp.example", api: HTTPOrigin(scheme: .http, host: "git.corp.example", port: 443)), false),
            (.github("git.corp.example", api: HTTPOrigin(scheme: .http, host: "127.0.0.1", port: 443)), false),
            (.github("127.0.0.1", port: 3000, api: HTTPOrigin(scheme: .http, host: "127.0.0.1", port: 3001)), true),
            (.github("127.0.0.1", port: 3000, api: HTTPOrigin(scheme: https, host: "evil.example")), false),
        ]
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            for (request, isAllowed) in cases {
                let credential = try #require(await fixture.credentials().credential(for: request))
                #expect(credential.secret(for: request.gitOrigin) != nil)
                #expect((credential.secret(for: request.apiOrigin) != nil) == isAllowed, "\(request)")
            }
        }
    }

    @Test func plainHTTPElsewhereHasNoTokenAndAsksNobody() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=x\npassword=helper-token")
            try fixture.gh("program-token")
            var environment = Self.tokens
            environment["GH_HOST"] = "git.corp.example"
            for host in ["github.com", "git.corp.example"] {
                let request = CredentialRequest.github(host, scheme: .http)
                #expect(await fixture.credentials(environment).credential(for: request) == nil)
            }
            #expect(fixture.logged() == [])
        }
    }

    @Test func aServerOnThisMachineIsServedOverPlainHTTP() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("program-token")
            let request = CredentialRequest.github("127.0.0.1", scheme: .http, port: 3000)
            #expect(await fixture.credentials(Self.tokens).credential(for: request) == nil)
            #expect(fixture.logged() == [])
            let named = ["GH_HOST": "127.0.0.1:3000"]
            #expect(text(await fixture.credentials(named).credential(for: request)) == "program-token")
            #expect(fixture.logged().first == "gh auth token --hostname 127.0.0.1:3000")
            let withToken = named.merging(Self.tokens) { $1 }
            #expect(text(await fixture.credentials(withToken).credential(for: request)) == "gh-enterprise")
            try fixture.helper("username=x\npassword=helper-token")
            #expect(text(await fixture.credentials().credential(for: request)) == "helper-token")
        }
    }

    @Test(arguments: [
        "", " ", "\n", "a b", "a\tb", "a\nb", "a\u{1b}[0m", "tökén", "a\u{7f}", String(repeating: "x", count: 9000),
    ])
    func whatIsNoTokenIsPassedOver(value: String) async throws {
        try await CredentialFixture.with { fixture in
            let credentials = fixture.credentials(["GH_TOKEN": value, "GITHUB_TOKEN": " good\n"])
            let credential = await credentials.credential(for: .github("github.com"))
            #expect(credential?.source == .environment("GITHUB_TOKEN"))
            #expect(text(credential) == "good")
        }
    }
}
