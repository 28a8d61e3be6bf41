import Credentials
import Forge
import HTTP
import Testing

struct GiteaTokenTests {
    private func source(
        _ environment: [String: String], product: ForgeProduct, at url: String
    ) async throws -> CredentialSource? {
        var found: CredentialSource?
        try await CredentialFixture.with { fixture in
            try fixture.helper("")
            let origin = try #require(HTTPURL(url)?.origin)
            let request = CredentialRequest(product: product, gitOrigin: origin, path: "acme/api", apiOrigin: origin)
            let credential = await fixture.credentials(environment).credential(for: request)
            #expect(credential.map { $0.allowed == [origin] } ?? true)
            found = credential?.source
        }
        return found
    }

    @Test(arguments: [
        (
            ["GITEA_SERVER_TOKEN": "t", "GITEA_SERVER_URL": "https://git.example"], ForgeProduct.gitea,
            "GITEA_SERVER_TOKEN"
        ),
        (["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "https://git.example/git/"], .gitea, "GITEA_TOKEN"),
        (["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "https://git.example"], .forgejo, "GITEA_TOKEN"),
        (["FORGEJO_TOKEN": "t", "FORGEJO_URL": "https://GIT.example:443"], .forgejo, "FORGEJO_TOKEN"),
        (
            [
                "FORGEJO_TOKEN": "t", "FORGEJO_URL": "https://git.example", "GITEA_TOKEN": "u",
                "GITEA_SERVER_URL": "https://git.example",
            ], .forgejo, "FORGEJO_TOKEN"
        ),
    ])
    func aTokenIsTakenForTheServerThatIsNamed(
        environment: [String: String], product: ForgeProduct, name: String
    ) async throws {
        #expect(try await source(environment, product: product, at: "https://git.example/") == .environment(name))
    }

    @Test(arguments: [
        ["GITEA_TOKEN": "t"], ["FORGEJO_TOKEN": "t"], ["GITEA_SERVER_TOKEN": "t", "GITEA_SERVER_URL": ""],
        ["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "https://other.example"],
        ["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "http://git.example"],
        ["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "https://git.example:8443"],
        ["GITEA_TOKEN": "t", "GITEA_SERVER_URL": "git.example"],
        ["FORGEJO_TOKEN": "t", "FORGEJO_URL": "https://git.example.evil"],
        ["GH_TOKEN": "t", "GH_HOST": "git.example"],
    ])
    func aTokenForNobodyOrSomebodyElseStaysHere(environment: [String: String]) async throws {
        for product in [ForgeProduct.gitea, .forgejo] {
            #expect(try await source(environment, product: product, at: "https://git.example/") == nil)
        }
    }
}
