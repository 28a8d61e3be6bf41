import Forge
import HTTP
import Testing

struct GitHubHostTests {
    @Test(arguments: [
        ("https://github.com", "https://github.com", "https://api.github.com", "", false),
        ("https://ssh.github.com:443", "https://github.com", "https://api.github.com", "", false),
        ("http://www.github.com", "https://github.com", "https://api.github.com", "", false),
        ("https://octo.ghe.com", "https://octo.ghe.com", "https://api.octo.ghe.com", "", false),
        ("http://github.localhost", "http://github.localhost", "http://api.github.localhost", "", false),
        ("http://github.localhost:3000", "http://github.localhost:3000", "http://api.github.localhost:3000", "", false),
        ("https://git.corp.example", "https://git.corp.example", "https://git.corp.example", "/api/v3", true),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080", "/api/v3", true),
        ("https://notgithub.com", "https://notgithub.com", "https://notgithub.com", "/api/v3", true),
        ("https://ghe.com", "https://ghe.com", "https://ghe.com", "/api/v3", true),
        (
            "https://github.com.evil.example", "https://github.com.evil.example", "https://github.com.evil.example",
            "/api/v3", true
        ),
    ])
    func theAPIStandsWhereTheHostHasIt(
        git: String, web: String, api: String, prefix: String, isEnterprise: Bool
    ) throws {
        let host = GitHubHost(git: try #require(HTTPURL(git)?.origin))
        #expect(host.web.description == web)
        #expect(host.api.description == api)
        #expect(host.apiPrefix == prefix)
        #expect(host.isEnterpriseServer == isEnterprise)
    }

    @Test(arguments: [
        ("/acme/api", "acme", "api"), ("acme/api.git", "acme", "api"), ("/acme/api.git/", "acme", "api"),
        ("/acme/api/", "acme", "api"), ("a-1/.github", "a-1", ".github"), ("/o/x_y.z", "o", "x_y.z"),
        ("o/r.git.git", "o", "r.git"),
    ])
    func aRepositoryPathIsOwnerAndName(path: String, owner: String, name: String) throws {
        let path = try RepositoryPath(path)
        #expect(path.owner == owner)
        #expect(path.name == name)
    }

    @Test(arguments: [
        ("", 0), ("/", 0), ("acme", 1), ("a/b/c", 3), ("a//b", 3),
    ])
    func anotherNumberOfPartsIsCounted(path: String, found: Int) {
        #expect(throws: RepositoryPath.Problem.notOwnerAndName(found: found)) { try RepositoryPath(path) }
    }

    @Test(arguments: [
        ("../api", ".."), ("acme/..", ".."), ("acme/.git", ""), ("acme/a b", "a b"), ("acme/a%2fb", "a%2fb"),
        ("acme/ü", "ü"), ("acme/a\nb", "a\nb"), ("a?b/c", "a?b"),
    ])
    func aPartThatIsNoNameIsNamed(path: String, part: String) {
        #expect(throws: RepositoryPath.Problem.invalidName(part: part)) { try RepositoryPath(path) }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-22T10:00:00Z", 1_795_341_600),
        ("2026-11-22T10:00:00.1234567Z", 1_795_341_600),
        ("2026-11-22T11:00:00+01:00", 1_795_341_600), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("1969-12-31T23:59:59Z", -1),
    ])
    func timesAreSecondsSince1970(text: String, second: Int64) {
        #expect(Timestamp.second(iso8601: text) == second)
        if text.hasSuffix("Z"), !text.contains(".") { #expect(Timestamp.iso8601(second) == text) }
    }

    @Test(arguments: ["", "2026-11-22", "2026-13-22T10:00:00Z", "2026-11-22T10:00:00+1", "2026-11-22T10:00:00ZZ", "x"])
    func whatIsNoTimeHasNoSecond(text: String) {
        #expect(Timestamp.second(iso8601: text) == nil)
    }

    @Test func dateHeadersAreRead() {
        #expect(Timestamp.second(httpDate: "Sun, 22 Nov 2026 10:00:41 GMT") == 1_795_341_641)
        #expect(Timestamp.second(httpDate: "Sun, 99 Nov 2026 10:00:41 GMT") == nil)
        #expect(Timestamp.second(httpDate: "yesterday") == nil)
    }

    @Test func timesOutsideTheCalendarAreCutOff() {
        #expect(Timestamp.iso8601(.max) == "9999-12-31T23:59:59Z")
        #expect(Timestamp.iso8601(.min) == "0000-01-01T00:00:00Z")
    }
}
