import Forge
import Testing

struct GiteaVersionTests {
    @Test(arguments: [
        ("1.25.5", GiteaVersion.Product.gitea, "Gitea 1.25.5", 25),
        ("1.26.0+dev-12-gabcdef", .gitea, "Gitea 1.26.0", 26), ("1.26.0-rc0", .gitea, "Gitea 1.26.0", 26),
        // Gitea Enterprise has numbers of its own.
        ("26.4.4", .gitea, "Gitea 26.4.4", 26),
        ("16.0.1+gitea-1.22.0", .forgejo, "Forgejo 16.0.1", 16),
        ("11.0.0-dev-3-gabc+gitea-1.22.0", .gitea, "Forgejo 11.0.0", 11),
        ("1.21.11-2+gitea-1.21.11", .gitea, "Forgejo 1.21.11", 1),
        ("16.0.1", .forgejo, "Forgejo 16.0.1", 16),
        ("", .gitea, "Gitea", .max), ("master", .forgejo, "Forgejo", .max), ("1", .gitea, "Gitea", .max),
        ("9223372036854775808.1", .forgejo, "Forgejo", .max), ("1..2", .gitea, "Gitea", .max),
    ])
    func productAndReleaseAreRead(
        text: String, product: GiteaVersion.Product, name: String, release: Int
    ) {
        let version = GiteaVersion(text, of: product)
        #expect(version.name == name)
        #expect(version.release == release)
    }

    @Test(arguments: [
        ("1.23.8", GiteaVersion.Product.gitea, [false, false, false]), ("1.24.7", .gitea, [false, false, false]),
        ("1.25.0", .gitea, [true, true, true]), ("1.26.1", .gitea, [true, true, true]),
        ("11.0.6", .forgejo, [false, false, false]), ("12.0.1", .forgejo, [true, false, false]),
        ("15.0.3", .forgejo, [true, false, false]), ("16.0.0", .forgejo, [true, true, true]),
        ("unknown", .forgejo, [true, true, true]),
    ])
    func eachReleaseTellsWhatItHas(text: String, product: GiteaVersion.Product, has: [Bool]) {
        let version = GiteaVersion(text, of: product)
        #expect([version.tellsRuns, version.tellsJobs, version.hasLogs] == has)
    }
}
