import Credentials
import Forge
import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TokenProgramTests {
    @Test(
        arguments: [
            (.github("github.com"), "github.com"), (.github("www.github.com"), "github.com"),
            (.github("acme.ghe.com"), "acme.ghe.com"),
            (.github("git.corp.example", port: 8443), "git.corp.example:8443"),
        ] as [(CredentialRequest, String)])
    func theProgramIsAskedForTheHost(request: CredentialRequest, host: String) async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("program-token")
            let credential = await fixture.credentials().credential(for: request)
            #expect(credential?.source == .program("gh"))
            #expect(text(credential) == "program-token")
            #expect(fixture.logged().first == "gh auth token --hostname \(host)")
        }
    }

    @Test func theProgramDoesNotSeeTheVariablesOfOtherHosts() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("program-token")
            let environment = [
                "GH_TOKEN": "t1", "GITHUB_TOKEN": "t2", "GH_ENTERPRISE_TOKEN": "t3", "GITHUB_ENTERPRISE_TOKEN": "t4",
                "GH_HOST": "github.com", "GH_CONFIG_DIR": "/config",
            ]
            _ = await fixture.credentials(environment).credential(for: .github("git.corp.example"))
            let log = fixture.logged()
            #expect(log.contains("GH_CONFIG_DIR=/config"))
            #expect(!log.contains { $0.hasPrefix("GH_TOKEN") || $0.contains("_TOKEN=") || $0.hasPrefix("GH_HOST") })
        }
    }

    @Test func aProgramWithoutATokenHasNone() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("no oauth token found", status: 1)
            #expect(await fixture.credentials().credential(for: .github("github.com")) == nil)
            #expect(fixture.logged().first == "gh auth token --hostname github.com")
        }
    }

    @Test func aProgramBelowTheCurrentDirectoryIsNotRun() async throws {
        try await CredentialFixture.with { fixture in
            try fixture.gh("program-token")
            // Leads to the fake program from any directory.
            let relative = String(repeating: "../", count: 32) + fixture.folder.dropFirst() + "/bin"
            let credentials = fixture.credentials(["PATH": "\(relative):/usr/bin:/bin"])
            #expect(await credentials.credential(for: .github("github.com")) == nil)
            #expect(fixture.logged() == [])
        }
    }
}
