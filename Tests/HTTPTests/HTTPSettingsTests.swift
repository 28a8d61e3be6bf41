import HTTP
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HTTPSettingsTests {
    private static func client(_ config: [String: String] = [:], _ environment: [String: String] = [:]) -> HTTPClient {
        HTTPClient(settings: HTTPSettings(gitConfig: { config[$0] }, environment: environment))
    }

    private static func target(_ scheme: HTTPOrigin.Scheme, _ host: String, _ port: Int) throws -> HTTPURL {
        try #require(HTTPURL(origin: HTTPOrigin(scheme: scheme, host: host, port: port), target: "/a"))
    }

    @Test func aCertificateOfNobodyIsUntrustedUnlessGitTrustsIt() async throws {
        try await TLSServer.with { server in
            let request = HTTPRequest(.get, try Self.target(.https, "127.0.0.1", server.port))
            let strangers = [
                Self.client(), Self.client(["http.sslverify": "true"]),
                Self.client(["http.sslcainfo": "/no/such/file"]),
                Self.client(["http.sslcainfo": server.certificate], ["GIT_SSL_CAINFO": "/etc/passwd"]),
                Self.client(["http.pinnedpubkey": "sha256//AAAA", "http.sslverify": "false"]),
            ]
            for client in strangers {
                let error = try await failure { try await client.send(request) }
                guard case .untrusted(_, let reason) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!reason.isEmpty)
            }
            let friends = [
                Self.client(["http.sslcainfo": server.certificate]),
                Self.client([:], ["GIT_SSL_CAINFO": server.certificate]),
                Self.client(["http.sslcainfo": "~/cert.pem"], ["HOME": server.folder]),
                Self.client(["http.sslverify": "false"]), Self.client(["http.sslverify": "0"]),
                Self.client([:], ["GIT_SSL_NO_VERIFY": ""]),
                HTTPClient(
                    origins: [
                        request.url.origin: HTTPSettings(
                            gitConfig: { $0 == "http.sslcainfo" ? server.certificate : nil }, environment: [:])
                    ]),
            ]
            for client in friends {
                let status = try await client.send(request).status
                #expect(status == 200)
            }
        }
    }

    @Test func aCertificateForAnotherNameIsUntrusted() async throws {
        try await TLSServer.with { server in
            let client = Self.client(["http.sslcainfo": server.certificate])
            let request = HTTPRequest(.get, try Self.target(.https, "localhost", server.port))
            let error = try await failure { try await client.send(request) }
            guard case .untrusted = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func aTunnelThroughTheProxyHidesTheCredentialFromIt() async throws {
        try await TLSServer.with { server in
            let heads = Collected<ScriptedServer.Request>()
            let proxy = try ScriptedServer { connection in
                guard let request = connection.request() else { return }
                heads.append(request)
                connection.write("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
                connection.tunnel(to: server.port)
            }
            let client = Self.client([
                "http.proxy": "http://us%65r:p%40ss@127.0.0.1:\(proxy.port)/", "http.sslcainfo": server.certificate,
                "http.proxyauthmethod": "basic",
            ])
            let response = try await client.send(
                HTTPRequest(
                    .get, Self.target(.https, "127.0.0.1", server.port), authorization: ("Bearer", Secret("s3cret"))))
            #expect(response.status == 200)
            #expect(response.headers["X-Proxy"] == nil)
            #expect(heads.all.map(\.line) == ["CONNECT 127.0.0.1:\(server.port) HTTP/1.1"])
            #expect(heads.all.first?["Proxy-Authorization"] == ["Basic dXNlcjpwQHNz"])
            #expect(heads.all.first?["Authorization"] == [])
        }
    }

    @Test func aProxyThatRefusesTheTunnelMakesTheServerUnreachable() async throws {
        let proxy = try ScriptedServer { connection in
            guard connection.request() != nil else { return }
            connection.answer("403 Forbidden", body: Array("no".utf8))
        }
        let client = Self.client(["http.proxy": "http://user:hunter2@127.0.0.1:\(proxy.port)"])
        let error = try await failure {
            try await client.send(HTTPRequest(.get, Self.target(.https, "forge.invalid", 443)))
        }
        guard case .unreachable(let origin, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(origin.host == "forge.invalid")
        #expect(reason.contains("403"))
        #expect(!"\(error)".contains("hunter2"))
    }

    @Test(arguments: [
        ["http_proxy": "PROXY"], ["all_proxy": "PROXY"], ["ALL_PROXY": "http://PROXY"],
        ["http_proxy": "http://u:p@PROXY", "all_proxy": "http://127.0.0.1:1"],
        ["http_proxy": "", "all_proxy": "PROXY"],
        ["http_proxy": "PROXY", "no_proxy": "other.invalid", "NO_PROXY": "*"],
    ])
    func theProxyOfTheEnvironmentIsUsed(environment: [String: String]) async throws {
        let proxy = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request.line == "GET http://forge.invalid:8080/a HTTP/1.1")
            connection.answer("200 OK")
        }
        let client = Self.client(
            [:], environment.mapValues { $0.replacing("PROXY", with: "127.0.0.1:\(proxy.port)") })
        let response = try await client.send(HTTPRequest(.get, Self.target(.http, "forge.invalid", 8080)))
        #expect(response.status == 200)
        #expect(proxy.connections == 1)
    }

    @Test(
        arguments: [
            (["http.proxy": ""], ["http_proxy": "PROXY"]), ([:], ["HTTP_PROXY": "PROXY"]),
            ([:], ["https_proxy": "PROXY"]),
            (["http.proxy": "http://PROXY"], ["no_proxy": "forge.invalid"]),
            ([:], ["all_proxy": "PROXY", "NO_PROXY": "*"]),
        ] as [([String: String], [String: String])])
    func aProxyThatIsNotMeantIsNotAsked(config: [String: String], environment: [String: String]) async throws {
        let proxy = try ScriptedServer { _ in Issue.record("the proxy was asked") }
        let address = "127.0.0.1:\(proxy.port)"
        let client = Self.client(
            config.mapValues { $0.replacing("PROXY", with: address) },
            environment.mapValues { $0.replacing("PROXY", with: address) })
        let error = try await failure {
            try await client.send(HTTPRequest(.get, Self.target(.http, "forge.invalid", 8080)))
        }
        guard case .unreachable = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func plainHTTPToLoopbackNeverPassesAProxy() async throws {
        let proxy = try ScriptedServer { _ in Issue.record("the proxy was asked") }
        let server = try ScriptedServer { connection in
            guard let request = connection.request() else { return }
            #expect(request.line == "GET /a HTTP/1.1")
            connection.answer("200 OK")
        }
        let client = Self.client(["http.proxy": "http://127.0.0.1:\(proxy.port)"])
        let response = try await client.send(
            HTTPRequest(.get, Self.target(.http, "127.0.0.1", server.port), authorization: ("token", Secret("s3cret"))))
        #expect(response.status == 200)
    }

    @Test(arguments: [
        "socks5://user:hunter2@127.0.0.1:PORT", "weird://user:hunter2@127.0.0.1:PORT", "http://u:hunter2@@:x",
    ])
    func aPasswordOfTheProxyIsInNoMessage(proxy: String) async throws {
        let port = try ScriptedServer.refusingPort()
        let client = Self.client(["http.proxy": proxy.replacing("PORT", with: "\(port)")])
        let error = try await failure {
            try await client.send(HTTPRequest(.get, Self.target(.https, "forge.invalid", 443)))
        }
        #expect(!"\(error)".contains("hunter2"))
        var dumped = ""
        dump(HTTPSettings(gitConfig: { $0 == "http.proxy" ? proxy : nil }, environment: [:]), to: &dumped)
        #expect(dumped.contains("HTTPSettings") && !dumped.contains("hunter2"))
    }

    @Test func valuesAreReadFromGitsOwnOutput() {
        let output = "http.proxy\nhttp://p:1\0http.sslverify\0http.sslcainfo\n/a\nb\0http.Empty\n\0"
        #expect(
            HTTPSettings.values(ofURLMatch: Array(output.utf8)) == [
                "http.proxy": "http://p:1", "http.sslverify": "true", "http.sslcainfo": "/a\nb", "http.empty": "",
            ])
        #expect(HTTPSettings.values(ofURLMatch: []) == [:])
        #expect(HTTPSettings.values(ofURLMatch: [0, 0, 0xff, 10, 0xfe]).count == 1)
    }
}
