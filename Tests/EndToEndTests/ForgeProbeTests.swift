import HephyTestSupport
import Testing

/// Which product a host is, is found out by one question without a credential; what answers in the host's place is named
/// and never taken for a forge.
@Suite(.timeLimit(.minutes(2)))
struct ForgeProbeTests {
    /// Something between here and the host, which answers the question that git's own requests do not ask.
    struct Stranger: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var faults: [GitLabScenario.Fault]
        var says: String
        /// Requests for what stands behind a redirect.
        var extraPaths: [String] = []
    }

    private static let question = "/acme/team/api.git/info/refs"
    private static let page = "<html><body>Please sign in</body></html>"

    static let strangers = [
        Stranger(
            testDescription: "a captive portal's page", faults: [.init(.html200, path: question)],
            says: "a web page came back with status 200"),
        Stranger(
            testDescription: "a portal that answers everything",
            faults: [.init(.html200, path: question), .init(.html200, path: "/api/v3/meta")],
            says: "a web page came back with status 200"),
        Stranger(
            testDescription: "a sign-on elsewhere",
            faults: [
                .init(
                    .status, path: question, status: 302, body: "",
                    headers: ["Location": "https://sso.corp.example/login?next=%2F", "Content-Type": "text/html"])
            ], says: "it leads to https://sso.corp.example"),
        Stranger(
            testDescription: "a sign-on on the same host",
            faults: [
                .init(
                    .status, path: question, status: 302, body: "",
                    headers: ["Location": "/oauth2/start?rd=%2F", "Content-Type": "text/html"]),
                .init(.html200, path: "/oauth2/start"),
            ], says: "a web page came back with status 200", extraPaths: ["/oauth2/start"]),
        Stranger(
            testDescription: "a page that refuses",
            faults: [
                .init(
                    .status, path: question, status: 403, body: page, headers: ["Content-Type": "text/html"])
            ], says: "a web page came back with status 403"),
        Stranger(
            testDescription: "407", faults: [.init(.status, path: question, status: 407, body: page)],
            says: "a proxy wants a sign-on (status 407)"),
        Stranger(
            testDescription: "511", faults: [.init(.status, path: question, status: 511, body: page)],
            says: "a proxy wants a sign-on (status 511)"),
    ]

    @Test(arguments: strangers)
    func whatAnswersInTheHostsPlaceIsNamed(_ stranger: Stranger) async throws {
        try await PipelineScene.play(change: { scenario in
            // The push asks once before it is sent and once after.
            scenario.faults = stranger.faults.map { fault in
                var fault = fault
                fault.count = 9
                return fault
            }
            scenario.allowExtraPaths = ["/api/v3/meta"] + stranger.extraPaths
        }) { scene in
            let pushed = try await scene.push(isKnown: false)
            #expect(try await scene.hasLanded(), "\(pushed.text)")
            #expect(pushed.status == 5, "\(pushed.text)")
            let sentence = "hephy: something between here and \(scene.host) answered in its place: \(stranger.says)\n"
            #expect(pushed.text.contains(sentence), "\(pushed.text)")
            #expect(pushed.text.contains("hephy: hint: "), "\(pushed.text)")
            #expect(pushed.text.components(of: "answered in its place") == 1, "\(pushed.text)")
            // It is no forge: nothing is kept, and nothing that is secret goes there.
            #expect(try await scene.work.git("config", "--get-regexp", "^hephy\\..*forge").status == 1)
            #expect(try scene.requests().isEmpty)
        }
    }

    @Test(arguments: ["git config", "ci_platform"])
    func whoSaysWhichForgeItIsNeedsNoQuestion(_ way: String) async throws {
        var files = PipelineScene.app
        if way == "ci_platform" { files[".hephy/build-config.yaml"] = "ci_platform: gitlab\n" }
        try await PipelineScene.play(
            files,
            change: { scenario in
                scenario.faults = [.init(.html200, path: Self.question, optional: true)]
            }
        ) { scene in
            if way == "git config" {
                try await scene.work.git("config", "hephy.\(scene.double.origin).forge", "gitlab").check()
            }
            let pushed = try await scene.push(isKnown: false)
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(try scene.pushOptions.first == "ci.input=backend=ko")
            #expect(try scene.double.journal().allSatisfy { $0.path != Self.question })
        }
    }

    @Test(arguments: NetworkScene.Product.all)
    func aHostIsAskedOnceToldOnceAndRemembered(_ product: NetworkScene.Product) async throws {
        try await NetworkScene.play(product, isKnown: false) { scene in
            let authority = try #require(scene.double.authority)
            let settings = [("http.proxy", try scene.proxy()), ("http.sslCAInfo", authority)]
            let named = ["github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea"][product.name] ?? ""
            let told =
                "hephy: git.corp.example is a \(named); "
                + "'git config hephy.\(NetworkScene.host).forge' names another\n"
            let first = try await scene.push(settings)
            #expect(first.status == 0, "\(first.text)")
            #expect(first.text.contains(told), "\(first.text)")
            try await scene.work.commit([TestCommit(["more": "more\n"])])
            let second = try await scene.push(settings)
            #expect(second.status == 0, "\(second.text)")
            #expect(!second.text.contains("names another"), "\(second.text)")
            let questions = try scene.double.journal().filter { $0.path == "/acme/api.git/info/refs" }
            #expect(questions.count == 1)
            #expect(questions.allSatisfy { $0.token == nil })
        }
    }

    @Test(arguments: NetworkScene.Product.all)
    func aProxyThatWantsASignOnIsNamed(_ product: NetworkScene.Product) async throws {
        try await NetworkScene.play(product, scenario: #", "proxy_login": "ada:right""#, isKnown: false) { scene in
            // git itself goes by ssh, past the proxy.
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: [NetworkScene.repository: scene.bare.path]))
            let authority = try #require(scene.double.authority)
            let pushed = try await scene.push(
                to: "ssh://git@git.corp.example",
                [("http.proxy", try scene.proxy("ada:wrong@")), ("http.sslCAInfo", authority)],
                environment: server.environment.compactMapValues { $0 })
            #expect(pushed.status == 5, "\(pushed.text)")
            #expect(
                pushed.text.contains(
                    "hephy: something between here and git.corp.example answered in its place: "
                        + "a proxy wants a sign-on (status 407)\n"), "\(pushed.text)")
            #expect(!pushed.text.contains("wrong"), "\(pushed.text)")
            #expect(pushed.text.contains("main -> main"), "\(pushed.text)")
        }
    }
}

extension String {
    /// How often the text holds `part`.
    fileprivate func components(of part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let found = rest.firstRange(of: part) {
            count += 1
            rest = rest[found.upperBound...]
        }
        return count
    }
}
