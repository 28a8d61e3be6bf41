import HephyTestSupport
import Testing

/// Requests at a forge's API go the way that git's own requests go: `http.*`, `http.<url>.*`, git's variables and those of
/// proxies count for each product.
@Suite(.timeLimit(.minutes(2)))
struct ForgeNetworkTests {
    /// How the server is reached.
    struct Way: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Where the requests have to arrive.
        var listener: String
        var settings: @Sendable (NetworkScene) throws -> [(String, String)]
        var environment: @Sendable (NetworkScene) throws -> [String: String] = { _ in [:] }
        /// What else the scenario says.
        var scenario = ""

        static let all = [
            Way(testDescription: "http.proxy and http.sslCAInfo", listener: "proxy") { scene in
                [("http.proxy", try scene.proxy()), ("http.sslCAInfo", try authority(scene))]
            },
            Way(testDescription: "http.<url>.proxy and .sslCAInfo before others", listener: "proxy") { scene in
                [
                    ("http.proxy", "http://127.0.0.1:1"), ("http.sslCAInfo", "/nonexistent"),
                    ("http.\(NetworkScene.host)/.proxy", try scene.proxy()),
                    ("http.\(NetworkScene.host)/.sslCAInfo", try authority(scene)),
                ]
            },
            Way(testDescription: "settings of the remote's own URL", listener: "proxy") { scene in
                [
                    ("http.hephy::\(NetworkScene.host)/.proxy", try scene.proxy()),
                    ("http.hephy::\(NetworkScene.host)/.sslCAInfo", try authority(scene)),
                ]
            },
            Way(
                testDescription: "https_proxy and GIT_SSL_CAINFO", listener: "proxy", settings: { _ in [] },
                environment: { scene in
                    ["https_proxy": try scene.proxy(), "GIT_SSL_CAINFO": try authority(scene)]
                }),
            Way(
                testDescription: "a proxy that wants a sign-on", listener: "proxy",
                settings: { scene in
                    [("http.proxy", try scene.proxy("ada:right@")), ("http.sslCAInfo", try authority(scene))]
                }, scenario: #", "proxy_login": "ada:right""#),
            Way(
                testDescription: "no_proxy", listener: "https",
                settings: { scene in
                    [("http.proxy", "http://127.0.0.1:1"), ("http.sslCAInfo", try authority(scene))]
                }, environment: { _ in ["no_proxy": "127.0.0.1"] }),
            Way(testDescription: "http.sslVerify off", listener: "https") { _ in [("http.sslVerify", "false")] },
            Way(testDescription: "a client's certificate", listener: "client_https") { scene in
                let origin = try scene.origin("client_https")
                let client = try #require(scene.double.client)
                return [
                    ("http.sslCAInfo", try authority(scene)), ("http.\(origin)/.sslCert", client),
                    ("http.\(origin)/.sslKey", client.replacing(".pem", with: ".key")),
                ]
            },
        ]

        private static func authority(_ scene: NetworkScene) throws -> String { try #require(scene.double.authority) }
    }

    @Test(arguments: NetworkScene.Product.all, Way.all)
    func theAPIIsReachedAsGitReachesTheServer(_ product: NetworkScene.Product, _ way: Way) async throws {
        try await NetworkScene.play(product, scenario: way.scenario) { scene in
            let origin = way.listener == "proxy" ? NetworkScene.host : try scene.origin(way.listener)
            try await scene.work.git("config", "hephy.\(origin).forge", product.name).check()
            let pushed = try await scene.push(
                to: origin, way.settings(scene), environment: way.environment(scene))
            #expect(pushed.status == 0, "\(pushed.text)")
            #expect(pushed.text.contains("-----> Done in "), "\(pushed.text)")
            let asked = try scene.apiRequests
            #expect(Set(asked.map(\.listener)) == [way.listener])
            #expect(asked.contains { $0.token == "owner" })
        }
    }

    /// Settings that are for another host are none; over ssh git itself needs no settings, so that only the API is cut off.
    @Test(arguments: NetworkScene.Product.all)
    func settingsForAnotherHostDoNotCount(_ product: NetworkScene.Product) async throws {
        try await NetworkScene.play(product) { scene in
            let server = try await SSHServer(
                in: scene.fixture, forge: .init(repositories: [NetworkScene.repository: scene.bare.path]))
            let authority = try #require(scene.double.authority)
            let pushed = try await scene.push(
                to: "ssh://git@git.corp.example",
                [
                    ("http.proxy", try scene.proxy()),
                    ("http.https://elsewhere.example/.sslCAInfo", authority),
                ], environment: server.environment.compactMapValues { $0 })
            #expect(pushed.status == 4, "\(pushed.text)")
            #expect(pushed.text.contains("hephy: git.corp.example is not trusted: "), "\(pushed.text)")
            #expect(pushed.text.contains("git config http.sslCAInfo FILE"), "\(pushed.text)")
            #expect(pushed.text.contains("main -> main"), "\(pushed.text)")
            #expect(try scene.apiRequests.isEmpty)
        }
    }
}
