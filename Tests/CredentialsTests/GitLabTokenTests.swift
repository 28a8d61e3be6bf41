import Credentials
import Forge
import HTTP
import Testing

/// Which token a GitLab gets: of the environment for the host that is named alone, then of git, then of `glab`.
@Suite(.timeLimit(.minutes(1)))
struct GitLabTokenTests {
    private func request(_ url: String) throws -> CredentialRequest {
        let origin = try #require(HTTPURL(url)?.origin)
        return CredentialRequest(product: .gitlab, gitOrigin: origin, path: "acme/team/api", apiOrigin: origin)
    }

    private func source(
        _ environment: [String: String], at url: String, glab: String? = nil, helper: String = ""
    ) async throws -> CredentialSource? {
        var found: CredentialSource?
        let request = try request(url)
        try await CredentialFixture.with { fixture in
            try fixture.helper(helper)
            if let glab { try fixture.glab(glab) }
            let credential = await fixture.credentials(environment).credential(for: request)
            #expect(credential.map { $0.allowed == [request.gitOrigin] } ?? true)
            found = credential?.source
        }
        return found
    }

    private static let own = "https://gitlab.corp.example/"

    @Test(arguments: [
        (["GITLAB_TOKEN": "t"], "https://gitlab.com/", "GITLAB_TOKEN"),
        (["GITLAB_ACCESS_TOKEN": "t"], "https://gitlab.com/", "GITLAB_ACCESS_TOKEN"),
        (["GITLAB_TOKEN": "t", "GITLAB_ACCESS_TOKEN": "u"], "https://gitlab.com/", "GITLAB_TOKEN"),
        (["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example"], own, "GITLAB_TOKEN"),
        (["GITLAB_TOKEN": "t", "GITLAB_URI": "https://GITLAB.corp.example/sub"], own, "GITLAB_TOKEN"),
        (["OAUTH_TOKEN": "t", "GL_HOST": "gitlab.corp.example"], own, "OAUTH_TOKEN"),
        (
            ["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example:8443"], "https://gitlab.corp.example:8443/",
            "GITLAB_TOKEN"
        ),
    ])
    func aTokenOfTheEnvironmentIsTakenForTheHostThatIsMeant(
        environment: [String: String], url: String, name: String
    ) async throws {
        #expect(try await source(environment, at: url) == .environment(name))
    }

    @Test(arguments: [
        (["GITLAB_TOKEN": "t"], own), (["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.com"], own),
        (["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example"], "https://gitlab.com/"),
        (["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example"], "https://gitlab.corp.example:8443/"),
        (["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example"], "https://gitlab.corp.example.evil/"),
        (["OAUTH_TOKEN": "t"], "https://gitlab.com/"), (["CI_JOB_TOKEN": "t"], "https://gitlab.com/"),
        (["GH_TOKEN": "t", "GH_HOST": "gitlab.corp.example"], own),
    ])
    func aTokenForAnotherHostStaysHere(environment: [String: String], url: String) async throws {
        #expect(try await source(environment, at: url) == nil)
    }

    @Test func gitsCredentialGoesBeforeGlabsAndAfterTheEnvironments() async throws {
        let git = "username=oauth2\npassword=of-git"
        #expect(try await source([:], at: Self.own, glab: "of-glab", helper: git) == .gitCredential)
        #expect(try await source([:], at: Self.own, glab: "of-glab") == .program("glab"))
        let named = ["GITLAB_TOKEN": "t", "GITLAB_HOST": "gitlab.corp.example"]
        #expect(try await source(named, at: Self.own, glab: "of-glab", helper: git) == .environment("GITLAB_TOKEN"))
    }

    @Test(arguments: [
        ("https://gitlab.com/", "gitlab.com"), (own, "gitlab.corp.example"),
        ("https://gitlab.corp.example:8443/", "gitlab.corp.example:8443"),
    ])
    func glabIsAskedForTheHostAndSeesNoVariableOfAnother(url: String, host: String) async throws {
        let request = try request(url)
        try await CredentialFixture.with { fixture in
            try fixture.helper("")
            try fixture.glab("of-glab")
            let environment = [
                "GITLAB_TOKEN": "t1", "GITLAB_ACCESS_TOKEN": "t2", "OAUTH_TOKEN": "t3",
                "GITLAB_HOST": "elsewhere.example", "GH_TOKEN": "t4",
            ]
            let credential = await fixture.credentials(environment).credential(for: request)
            #expect(credential?.source == .program("glab"))
            #expect(text(credential) == "of-glab")
            let log = fixture.logged().drop { !$0.hasPrefix("glab ") }
            #expect(log.first == "glab config get token --host \(host)")
            #expect(!log.contains { $0.contains("_TOKEN=") || $0.hasPrefix("GITLAB_HOST") }, "\(log)")
        }
    }

    @Test func aCredentialThatWasOfNoUseIsPassedOver() async throws {
        let request = try request(Self.own)
        try await CredentialFixture.with { fixture in
            try fixture.helper("username=oauth2\npassword=of-git")
            try fixture.glab("of-glab")
            let credentials = fixture.credentials()
            #expect(text(await credentials.credential(for: request)) == "of-git")
            let next = await credentials.credential(for: request, skipping: [.gitCredential])
            #expect(text(next) == "of-glab")
            #expect(await credentials.credential(for: request, skipping: [.gitCredential, .program("glab")]) == nil)
        }
    }
}
