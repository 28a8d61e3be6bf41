import Git
import Testing

struct GitConfigTests {
    @Test(arguments: [
        ("https://github.com/o/r", TransferDirection.fetch, "ssh://git@github.com/o/r"),
        ("https://github.com/o/r", .push, "ssh://git@push.example/o/r"),
        ("https://github.com/acme/api", .fetch, "https://mirror.example/api"),
        ("https://elsewhere.example/o/r", .push, "https://elsewhere.example/o/r"),
    ])
    func theLongestPrefixRewritesAndAPushRuleWins(_ url: String, _ direction: TransferDirection, _ expected: String) {
        let config = GitConfig([
            ("url.ssh://git@github.com/.insteadof", "https://github.com/"),
            ("url.https://mirror.example/.insteadof", "https://github.com/acme/"),
            ("url.ssh://git@push.example/.pushinsteadof", "https://github.com/"),
        ])
        #expect(config.rewritten(url, for: direction, remote: "origin") == expected)
    }

    @Test(arguments: ["insteadof", "pushinsteadof"], ["hephy::https://github.com/", "hephy://github.com/"])
    func aRuleThatLeadsToHephyIsPassedOver(_ rule: String, _ base: String) {
        let config = GitConfig([
            ("url.\(base).\(rule)", "https://github.com/"), ("url.https://mirror.example/.insteadof", "https://git"),
        ])
        let rewritten = config.rewritten("https://github.com/o/r", for: .push, remote: nil)
        #expect(rewritten == "https://mirror.example/hub.com/o/r")
        let alone = GitConfig([("url.\(base).\(rule)", "https://github.com/")])
        #expect(alone.rewritten("https://github.com/o/r", for: .push, remote: nil) == "https://github.com/o/r")
    }

    @Test func aRemoteWithAPushURLIsNotRewrittenByPushInsteadOf() {
        let config = GitConfig([
            ("url.ssh://git@push.example/.pushinsteadof", "https://github.com/"),
            ("remote.origin.pushurl", "hephy::https://github.com/o/r"),
        ])
        #expect(config.rewritten("https://github.com/o/r", for: .push, remote: "origin") == "https://github.com/o/r")
        #expect(config.rewritten("https://github.com/o/r", for: .push, remote: "x") == "ssh://git@push.example/o/r")
    }

    @Test(arguments: [
        ("http.hephy::https://h.example/o.proxy", "'http.https://h.example/o.proxy=it'\\''s'"),
        ("credential.hephy::h.example.username", "'credential.https://h.example.username=it'\\''s'"),
        ("credential.hephy://h.example:8443.helper", "'credential.https://h.example:8443.helper=it'\\''s'"),
        ("http.hephy::http://[::1]:80/a.extraheader", "'http.http://[::1]:80/a.extraheader=it'\\''s'"),
        ("http.https://h.example/o.proxy", nil),
        ("http.hephy::https://h.example/o=p.proxy", nil),
        ("http.proxy", nil), ("url.hephy::https://h.example/.insteadof", nil), ("hephy.hephy::x.logs", nil),
    ])
    func settingsThatNameTheRemotesURLReachGitsPrograms(_ key: String, _ parameter: String?) {
        let config = GitConfig([(key, "it's")])
        #expect(config.namingPlainURLs(in: ["A": "a"])["GIT_CONFIG_PARAMETERS"] == parameter)
        let given = config.namingPlainURLs(in: ["GIT_CONFIG_PARAMETERS": "'a.b=c'"])["GIT_CONFIG_PARAMETERS"]
        #expect(given == ([parameter].compactMap(\.self) + ["'a.b=c'"]).joined(separator: " "))
    }

    @Test(
        arguments: [
            ([:], [:], "https", true),
            ([:], ["GIT_ALLOW_PROTOCOL": "ssh:hephy"], "https", false),
            ([:], ["GIT_ALLOW_PROTOCOL": "https:hephy"], "https", true),
            (["protocol.allow": "never"], [:], "https", false),
            (["protocol.allow": "never", "protocol.https.allow": "always"], [:], "https", true),
            (["protocol.https.allow": "user"], ["GIT_PROTOCOL_FROM_USER": "0"], "https", false),
            ([:], ["GIT_PROTOCOL_FROM_USER": "0"], "file", false),
        ] as [([String: String], [String: String], String, Bool)])
    func theUsersProtocolPolicyIsObeyed(
        _ values: [String: String], _ environment: [String: String], _ transport: String, _ expected: Bool
    ) {
        let config = GitConfig(values.map { ($0.key, $0.value) })
        #expect(config.allows(transport: transport, environment: environment) == expected)
    }

    @Test(arguments: [
        ("refs/heads/a:refs/heads/b", RefUpdate(source: "refs/heads/a", destination: "refs/heads/b", isForced: false)),
        ("+HEAD:refs/heads/b", RefUpdate(source: "HEAD", destination: "refs/heads/b", isForced: true)),
        (":refs/heads/b", RefUpdate(source: nil, destination: "refs/heads/b", isForced: false)),
    ])
    func refspecsAreRead(_ text: String, _ expected: RefUpdate) {
        #expect(RefUpdate(refspec: text) == expected)
    }

    @Test func aRefspecWithoutDestinationIsNone() {
        #expect(RefUpdate(refspec: "main") == nil)
        #expect(RefUpdate(refspec: "main:") == nil)
    }

    @Test(
        arguments: [
            (nil, true), ("1", true), ("true", true), ("0", false), ("false", false), ("No", false), ("OFF", false),
            ("", false),
        ] as [(String?, Bool)])
    func whetherGitActsForTheUserIsSaidInGitsWords(_ value: String?, _ expected: Bool) {
        let environment = value.map { ["GIT_PROTOCOL_FROM_USER": $0] } ?? [:]
        #expect(GitConfig.isFromUser(environment) == expected)
        #expect(
            GitConfig([("protocol.http.allow", "user")]).allows(transport: "http", environment: environment) == expected
        )
    }
}
