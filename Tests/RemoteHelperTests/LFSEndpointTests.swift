import Git
import RemoteHelper
import Testing

struct LFSEndpointTests {
    private static func config(_ pairs: [(String, String)]) -> GitConfig {
        GitConfig(([("filter.lfs.process", "git-lfs filter-process")] + pairs).map { (key: $0.0, value: $0.1) })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var config: [(String, String)]
        var committed: [(String, String)] = []
        /// `+key=value` and `-key`, without `remote.`, in order.
        var edits: [String]

        init(
            _ name: String, _ config: [(String, String)], committed: [(String, String)] = [], edits: [String] = []
        ) {
            testDescription = name
            self.config = config
            self.committed = committed
            self.edits = edits
        }
    }

    private static let url = ("remote.f.url", "hephy::git.example/o/r")
    private static let server = "https://git.example/o/r.git/info/lfs"
    private static let set = ["+f.hephylfsurl=\(server)", "+f.lfsurl=\(server)"]

    static let cases = [
        Case("first use", [url], edits: set),
        Case("nothing to do", [url, ("remote.f.lfsurl", server), ("remote.f.hephylfsurl", server)]),
        Case("broken off after the mark", [url, ("remote.f.hephylfsurl", server)], edits: set),
        Case(
            "the URL has changed", [url, ("remote.f.lfsurl", "https://old"), ("remote.f.hephylfsurl", "https://old")],
            edits: set.reversed()),
        Case(
            "broken off before the mark",
            [url, ("remote.f.lfsurl", server), ("remote.f.hephylfsurl", "https://old")], edits: [set[0]]),
        Case("the user's own", [url, ("remote.f.lfsurl", "https://lfs.example/x")]),
        Case(
            "the user's own in place of hephy's",
            [url, ("remote.f.lfsurl", "https://lfs.example/x"), ("remote.f.hephylfsurl", server)],
            edits: ["-f.hephylfsurl"]),
        Case("the user's own, the same as hephy's", [url, ("remote.f.lfsurl", server)]),
        Case("lfs.url", [url, ("lfs.url", "https://lfs.example/x")]),
        Case("lfs.url in .lfsconfig", [url], committed: [("lfs.url", "https://lfs.example/x")]),
        Case("lfsurl in .lfsconfig", [url], committed: [("remote.f.lfsurl", "https://lfs.example/x")]),
        Case(
            "lfsurl came into .lfsconfig later", [url, ("remote.f.lfsurl", server), ("remote.f.hephylfsurl", server)],
            committed: [("remote.f.lfsurl", "https://lfs.example/x")], edits: ["-f.lfsurl", "-f.hephylfsurl"]),
        Case("vcs", [("remote.f.url", "https://git.example/o/r"), ("remote.f.vcs", "hephy")]),
        Case("plain", [("remote.f.url", "https://git.example/o/r")]),
        Case(
            "plain again",
            [
                ("remote.f.url", "https://git.example/o/r"), ("remote.f.lfsurl", server),
                ("remote.f.hephylfsurl", server),
            ], edits: ["-f.lfsurl", "-f.hephylfsurl"]),
        Case(
            "another remote that is plain again",
            [
                url, ("remote.f.lfsurl", server), ("remote.f.hephylfsurl", server),
                ("remote.o.url", "https://git.example/x"), ("remote.o.lfsurl", "https://old"),
                ("remote.o.hephylfsurl", "https://old"),
            ], edits: ["-o.lfsurl", "-o.hephylfsurl"]),
        Case(
            "pushurl alone", [("remote.f.url", "https://git.example/o/r"), ("remote.f.pushurl", url.1)],
            edits: ["+f.hephylfspushurl=\(server)", "+f.lfspushurl=\(server)"]),
        Case(
            "pushurl alone, the user's lfsurl",
            [
                ("remote.f.url", "https://git.example/o/r"), ("remote.f.pushurl", url.1),
                ("remote.f.lfsurl", "https://lfs.example/x"),
            ]),
        Case(
            "a plain pushurl", [url, ("remote.f.pushurl", "https://push.example/o/r")],
            edits: set + [
                "+f.hephylfspushurl=https://push.example/o/r.git/info/lfs",
                "+f.lfspushurl=https://push.example/o/r.git/info/lfs",
            ]),
        Case(
            "the last pushurl counts",
            [
                ("remote.f.url", "https://git.example/o/r"), ("remote.f.pushurl", url.1),
                ("remote.f.pushurl", "https://git.example/o/r"),
            ]),
        Case(
            "lfs.pushurl and pushurl",
            [
                ("remote.f.url", "https://git.example/o/r"), ("remote.f.pushurl", url.1), ("lfs.pushurl", "https://x"),
            ]),
        Case(
            "a rule toward hephy",
            [
                ("remote.f.url", "https://git.example/o/r"),
                ("url.hephy::https://git.example/.insteadof", "https://git.example/"),
            ],
            edits: set.map { $0.replacing("https", with: "HTTPS") }),
        Case(
            "a rule for pushes toward hephy",
            [
                ("remote.f.url", "https://git.example/o/r"),
                ("url.hephy::https://git.example/.pushinsteadof", "https://git.example/"),
            ],
            edits: set.map { $0.replacing("https", with: "HTTPS").replacing("lfsurl", with: "lfspushurl") }),
        Case(
            "a short name", [("remote.f.url", "gh:o/r"), ("url.hephy::https://git.example/.insteadof", "gh:")],
            edits: set),
        Case(
            "an inner rule to ssh for pushes", [url, ("url.git@git.example:.pushinsteadof", "https://git.example/")],
            edits: [
                "+f.hephylfsurl=HTTPS://git.example/o/r.git/info/lfs", "+f.lfsurl=HTTPS://git.example/o/r.git/info/lfs",
                "+f.hephylfspushurl=git@git.example:o/r", "+f.lfspushurl=git@git.example:o/r",
            ]),
    ]

    @Test(arguments: cases) func gitLFSIsToldWhatTheURLsMeanUnlessSomebodyElseHas(_ entry: Case) {
        let committed = GitConfig(entry.committed.map { (key: $0.0, value: $0.1) })
        let edits = LFSEndpoint.edits(for: "f", in: Self.config(entry.config), committed: committed).map { edit in
            (edit.value == nil ? "-" : "+") + edit.key.dropFirst("remote.".count) + (edit.value.map { "=\($0)" } ?? "")
        }
        #expect(edits == entry.edits)
    }

    @Test(arguments: [
        ("hephy::git.example/o/r.git", "https://git.example/o/r.git/info/lfs"),
        ("hephy::git.example/o/r/", "https://git.example/o/r.git/info/lfs"),
        ("hephy://git.example/o/r", "https://git.example/o/r.git/info/lfs"),
        ("hephy::http://127.0.0.1:3000/o/r", "http://127.0.0.1:3000/o/r.git/info/lfs"),
        ("hephy::https://mona@git.example/o/r", "https://mona@git.example/o/r.git/info/lfs"),
        ("hephy::git@git.example:o/r.git", "git@git.example:o/r.git"),
        ("hephy::ssh://git@git.example:2222/o/r", "ssh://git@git.example:2222/o/r"),
        ("hephy::file:///srv/git/app.git", "file:///srv/git/app.git"),
        ("hephy::ext::sh", nil),
        ("/srv/git/app.git", nil),
    ])
    func theServerIsTheOneOfThePlainURL(_ url: String, _ server: String?) {
        let endpoint = LFSEndpoint(of: "f", in: Self.config([("remote.f.url", url)]))
        #expect(endpoint.download == server)
        #expect(endpoint.upload == nil)
    }

    @Test(arguments: [
        (["XDG_DATA_HOME": "/data", "HOME": "/home/me"], "file:///data/hephy/repositories/team/app.git"),
        (["HOME": "/home/me%"], "file:///home/me%25/.local/share/hephy/repositories/team/app.git"),
        ([:], nil),
    ])
    func theEmbeddedForgeKeepsObjectsBesideItsRefs(_ environment: [String: String], _ server: String?) {
        for url in ["hephy::local/team/app", "hephy::local/team/app.git"] {
            let config = Self.config([("remote.f.url", url)])
            #expect(LFSEndpoint(of: "f", in: config, environment: environment).download == server, "\(url)")
        }
    }

    @Test func withoutGitLFSNothingIsSet() {
        let config = GitConfig([(key: "remote.f.url", value: "hephy::git.example/o/r")])
        #expect(LFSEndpoint.edits(for: "f", in: config).isEmpty)
    }
}
