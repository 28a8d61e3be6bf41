import HTTP
import Testing

struct HTTPURLTests {
    @Test(arguments: [
        ("https://github.com", "https://github.com", "/"),
        ("HTTPS://GitHub.com:443/a?b#c", "https://github.com", "/a?b"),
        ("http://127.0.0.1:3000/o/r", "http://127.0.0.1:3000", "/o/r"), ("https://h?x=1", "https://h", "/?x=1"),
        ("http://[::1]:80/", "http://[::1]", "/"), ("https://h:/", "https://h", "/"), ("https://h#x", "https://h", "/"),
        ("https://a_b-c.d~e/%20", "https://a_b-c.d~e", "/%20"),
    ])
    func aURLIsReadIntoOriginAndTarget(text: String, origin: String, target: String) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.origin.description == origin)
        #expect(url.target == target)
        #expect(url.description == origin + target)
        #expect(HTTPURL(url.description) == url)
    }

    @Test(arguments: [
        "", "github.com/o/r", "ftp://h/", "ext::sh -c x", "https://", "https:///path", "https://user@h/",
        "https://u:p@h/",
        "https://h\\@evil/", "https://h/a b", "https://h/a\r\nb", "https://h/\0", "https://h/é", "https://é/",
        "https://-h/",
        "https://h:0/", "https://h:65536/", "https://h:+8/", "https://h:8x/", "https://h:8:8/", "https://h%0d/",
        "https://[::1/", "https://[]/", "https://[::1]x/", "https://[fe80::1%25eth0]/", "https://a,b/", "https://a;b/",
        "https://h\n/", "https://h:８/",
    ])
    func whatIsNoneOfOursIsNone(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("LOCALHOST", true), ("x.localhost", true),
        ("[::1]", true), ("128.0.0.1", false), ("127.0.0.1.evil.example", false), ("127.0.0", false),
        ("1127.0.0.1", false),
        ("localhost.evil.example", false), ("xlocalhost", false), ("127.0.0.256", false), ("[::2]", false), ("", false),
    ])
    func loopbackIsThisMachineAlone(host: String, isLoopback: Bool) {
        #expect(HTTPOrigin(scheme: .http, host: host).isLoopback == isLoopback)
    }

    @Test func originsDifferBySchemeHostAndPort() {
        let origin = HTTPOrigin(scheme: .https, host: "h")
        #expect(origin == HTTPOrigin(scheme: .https, host: "H", port: 443))
        #expect(origin != HTTPOrigin(scheme: .http, host: "h", port: 443))
        #expect(origin != HTTPOrigin(scheme: .https, host: "h", port: 444))
        #expect(origin != HTTPOrigin(scheme: .https, host: "api.h"))
    }

    @Test(arguments: ["", "a/b", "a@b", "a b", "h\r\n", "-h", "h:80", "h%2f", "[::1", "[a]b"])
    func anOriginWhoseHostIsNoneHasNoURL(host: String) {
        #expect(HTTPURL(origin: HTTPOrigin(scheme: .https, host: host), target: "/") == nil)
    }

    @Test(arguments: [0, -1, 65536])
    func anOriginWhosePortIsNoneHasNoURL(port: Int) {
        #expect(HTTPURL(origin: HTTPOrigin(scheme: .https, host: "h", port: port), target: "/") == nil)
    }

    @Test func partsAreEncoded() throws {
        let origin = HTTPOrigin(scheme: .https, host: "api.github.com")
        let url = try #require(
            HTTPURL(
                origin: origin, path: ["repos", "a b", "ü/..", "x.y~z_-"],
                query: [("created", ">=2026-08-17T12:29:15Z"), ("b&c", "1+1=#?")]))
        #expect(
            url.target == "/repos/a%20b/%C3%BC%2F../x.y~z_-?created=%3E%3D2026-08-17T12%3A29%3A15Z&b%26c=1%2B1%3D%23%3F"
        )
        #expect(HTTPURL(origin: origin, path: [])?.target == "/")
        #expect(HTTPURL(origin: origin, path: [], query: [("a", "")])?.target == "/?a=")
        #expect(HTTPURL(origin: origin, path: ["a\r\nb\0"])?.target == "/a%0D%0Ab%00")
    }

    @Test(arguments: [["a", ".."], ["."], ["a", "", "b"], [""]])
    func aPathThatAServerWouldFoldIsNone(path: [String]) {
        #expect(HTTPURL(origin: HTTPOrigin(scheme: .https, host: "h"), path: path) == nil)
    }
}
