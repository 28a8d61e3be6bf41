import Git
import Testing

struct RemoteURLTests {
    struct Accepted: Sendable, CustomTestStringConvertible {
        var argument: String
        var transport: RemoteURL.Transport
        var host: String
        var port: Int?
        var path: String
        var text: String

        var testDescription: String { argument }
    }

    @Test(arguments: [
        Accepted(
            argument: "github.com/acme/api", transport: .https, host: "github.com", port: nil, path: "/acme/api",
            text: "https://github.com/acme/api"),
        Accepted(
            argument: "https://Git.Corp.example/o/r.git", transport: .https, host: "git.corp.example", port: nil,
            path: "/o/r.git", text: "https://Git.Corp.example/o/r.git"),
        Accepted(
            argument: "http://127.0.0.1:3000/o/r", transport: .http, host: "127.0.0.1", port: 3000, path: "/o/r",
            text: "http://127.0.0.1:3000/o/r"),
        Accepted(
            argument: "hephy://host/o/r", transport: .https, host: "host", port: nil, path: "/o/r",
            text: "https://host/o/r"),
        Accepted(
            argument: "git.example:8443/o/r", transport: .https, host: "git.example", port: 8443, path: "/o/r",
            text: "https://git.example:8443/o/r"),
        Accepted(
            argument: "https://[::1]:8080/o/r", transport: .https, host: "[::1]", port: 8080, path: "/o/r",
            text: "https://[::1]:8080/o/r"),
        Accepted(
            argument: "[::1]:8080/o/r", transport: .https, host: "[::1]", port: 8080, path: "/o/r",
            text: "https://[::1]:8080/o/r"),
        Accepted(
            argument: "https://alice@github.com/o/r", transport: .https, host: "github.com", port: nil, path: "/o/r",
            text: "https://alice@github.com/o/r"),
        Accepted(
            argument: "http://127.0.0.1:8080", transport: .http, host: "127.0.0.1", port: 8080, path: "",
            text: "http://127.0.0.1:8080"),
        Accepted(
            argument: "https://git.example/", transport: .https, host: "git.example", port: nil, path: "/",
            text: "https://git.example/"),
        Accepted(
            argument: "git@host:o/r", transport: .ssh, host: "host", port: nil, path: "o/r", text: "git@host:o/r"),
        Accepted(
            argument: "ssh://git@host:2222/o/r", transport: .ssh, host: "host", port: 2222, path: "/o/r",
            text: "ssh://git@host:2222/o/r"),
        Accepted(
            argument: "/srv/git/app.git", transport: .file, host: "", port: nil, path: "/srv/git/app.git",
            text: "file:///srv/git/app.git"),
        Accepted(
            argument: "file:///srv/git/app.git", transport: .file, host: "", port: nil, path: "/srv/git/app.git",
            text: "file:///srv/git/app.git"),
        Accepted(
            argument: "local/app", transport: .local, host: "", port: nil, path: "app", text: "local/app"),
        Accepted(
            argument: "local/Team/app_1.x-y.git", transport: .local, host: "", port: nil, path: "Team/app_1.x-y",
            text: "local/Team/app_1.x-y"),
        Accepted(
            argument: "[::1]:o/r", transport: .ssh, host: "[::1]", port: nil, path: "o/r", text: "[::1]:o/r"),
        Accepted(
            argument: "git@[::1]:o/r", transport: .ssh, host: "[::1]", port: nil, path: "o/r", text: "git@[::1]:o/r"),
        Accepted(
            argument: "[git@Host:2222]:o/r", transport: .ssh, host: "host", port: 2222, path: "o/r",
            text: "[git@Host:2222]:o/r"),
        Accepted(
            argument: "ssh://git@[::1]:2222/~me/r", transport: .ssh, host: "[::1]", port: 2222, path: "/~me/r",
            text: "ssh://git@[::1]:2222/~me/r"),
    ])
    func formsOfTheTableAreRead(_ expected: Accepted) throws {
        let url = try RemoteURL(expected.argument)
        #expect(url.transport == expected.transport)
        #expect(url.host == expected.host)
        #expect(url.port == expected.port)
        #expect(url.path == expected.path)
        #expect(url.text == expected.text)
        #expect(try RemoteURL(url.text) == url)
    }

    @Test(arguments: [
        ("", RemoteURLError.missingHost),
        ("https:///o/r", .missingHost),
        ("github.com", .missingPath("github.com")),
        ("github.com/", .missingPath("github.com")),
        ("hephy://github.com", .missingPath("github.com")),
        ("ssh://github.com/", .missingPath("github.com")),
        ("https://user:SECRET@github.com/o/r", .password(host: "github.com")),
        ("user:SECRET@github.com/o/r", .password(host: "github.com")),
        ("https://ghp_abcdefghij@github.com/o/r", .tokenAsUser(host: "github.com")),
        ("https://0123456789abcdef0123456789abcdef01234567@git.example/o/r", .tokenAsUser(host: "git.example")),
        ("hephy::https://github.com/o/r", .nestedHelper("hephy")),
        ("ext::sh -c id", .nestedHelper("ext")),
        ("git-foo::x", .nestedHelper("git-foo")),
        ("a.b+c::https://github.com/o/r", .nestedHelper("a.b+c")),
        ("ftp://host/o/r", .unsupportedScheme("ftp")),
        ("git://host/o/r", .unsupportedScheme("git")),
        ("https://host/o\n/r", .controlCharacter),
        ("https://host/o%0a/r", .controlCharacter),
        ("https://host/o%0D/r", .controlCharacter),
        ("https://host/o%00r", .controlCharacter),
        ("https://host/\u{9b}31m", .controlCharacter),
        ("-oProxyCommand=x/y", .leadingDash("-oProxyCommand=x/y")),
        ("https://-host/o/r", .leadingDash("-host")),
        ("ssh://git@host/-r", .leadingDash("-r")),
        ("ssh://%2doProxy/o/r", .leadingDash("%2doProxy")),
        ("https://host/%2Dr", .leadingDash("%2Dr")),
        ("https://-user@host/o/r", .leadingDash("-user")),
        ("https://host:99999/o/r", .malformedHost("host:99999")),
        ("https://ho st/o/r", .malformedHost("ho st")),
        ("local", .missingName),
        ("local/", .missingName),
        ("local/.git", .missingName),
        ("local/../app", .malformedName("../app")),
        ("local/a..b", .malformedName("a..b")),
        ("local/.hidden", .malformedName(".hidden")),
        ("local/team//app", .malformedName("team//app")),
        ("local/team/", .malformedName("team/")),
        ("local/-app", .malformedName("-app")),
        ("local/a b", .malformedName("a b")),
        ("local/\u{e9}t\u{e9}", .malformedName("\u{e9}t\u{e9}")),
        ("local/app.git/inner", .malformedName("app.git/inner")),
        ("git@[::1", .malformedHost("[")),
    ])
    func whatMustNotBeUsedIsRefused(_ argument: String, _ expected: RemoteURLError) {
        #expect(throws: expected) { try RemoteURL(argument) }
    }

    @Test(arguments: [
        ("github.com/o/r", "https://github.com/o/r"), ("git@host:o/r", "ssh://host/o/r"),
        ("[git@host:2222]:/o/r", "ssh://host:2222/o/r"), ("ssh://git@host/o/r", "ssh://git@host/o/r"),
        ("/srv/o", "file:///srv/o"), ("local/app", "hephy://local/app"),
    ])
    func configurationIsMatchedWithAURLOfOneForm(_ argument: String, _ expected: String) throws {
        #expect(try RemoteURL(argument).configurationURL == expected)
    }

    @Test func noErrorHoldsAPassword() {
        for argument in ["https://u:SECRET@h/o", "h:SECRET@x/o/r", "ssh://u:SECRET@h/o"] {
            do {
                _ = try RemoteURL(argument)
                Issue.record("'\(argument)' was accepted")
            } catch {
                #expect(!"\(error)".contains("SECRET"))
            }
        }
    }
}
