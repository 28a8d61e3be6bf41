/// How servers are reached: proxy, trust and limits, by the settings of git's own http helper and with their meaning.
///
/// Names are those of git's `http.*` configuration; an environment variable of git's wins over the configuration.
/// `http.extraHeader`, `http.userAgent` and cookie files are for git's own requests and not read.
package struct HTTPSettings: Sendable {
    /// The proxy for requests of each scheme.
    var proxies: [HTTPOrigin.Scheme: ProxyAddress] = [:]
    /// `http.proxyAuthMethod`: anyauth, basic, digest, negotiate or ntlm.
    var proxyMethod: String?
    /// Hosts that are reached without the proxy, in libcurl's form.
    var proxyExceptions = ""
    var verifiesCertificates = true
    var certificateAuthorities: String?
    var certificateAuthorityFolder: String?
    var clientCertificate: String?
    var clientKey: String?
    var proxyCertificateAuthorities: String?
    var proxyClientCertificate: String?
    var proxyClientKey: String?
    var pinnedPublicKey: String?
    /// `http.sslVersion`: tlsv1, tlsv1.0, tlsv1.1, tlsv1.2 or tlsv1.3, of which each is the lowest that is accepted.
    var lowestTLS: String?
    var cipherList: String?
    /// `http.version`: `HTTP/1.1` or `HTTP/2`.
    var version: String?
    /// A transfer slower than this many bytes a second for ``stallSeconds`` is stalled.
    var stallSpeed = 1
    var stallSeconds = 60

    /// The system's trust and no proxy.
    package init() {}

    /// The settings that git would use.
    ///
    /// - Parameters:
    ///   - gitConfig: the value of a configuration key in lower case, `http.sslcainfo`; ``values(ofURLMatch:)`` makes
    ///     it for one URL.
    ///   - environment: the environment by name, for git's variables, the `*_proxy` family and `HOME`.
    package init(gitConfig: (String) -> String?, environment: [String: String]) {
        func path(_ value: String?) -> String? { value.map { Self.expanded($0, home: environment["HOME"]) } }
        func either(_ variable: String, _ key: String) -> String? { environment[variable] ?? gitConfig(key) }
        readProxies(gitConfig("http.proxy"), environment)
        proxyMethod = either("GIT_HTTP_PROXY_AUTHMETHOD", "http.proxyauthmethod")
        // git turns verification off whatever the variable says.
        verifiesCertificates =
            environment["GIT_SSL_NO_VERIFY"] == nil && Self.isTrue(gitConfig("http.sslverify") ?? "true")
        certificateAuthorities = path(either("GIT_SSL_CAINFO", "http.sslcainfo"))
        certificateAuthorityFolder = path(either("GIT_SSL_CAPATH", "http.sslcapath"))
        clientCertificate = path(either("GIT_SSL_CERT", "http.sslcert"))
        clientKey = path(either("GIT_SSL_KEY", "http.sslkey"))
        proxyCertificateAuthorities = path(either("GIT_PROXY_SSL_CAINFO", "http.proxysslcainfo"))
        proxyClientCertificate = path(either("GIT_PROXY_SSL_CERT", "http.proxysslcert"))
        proxyClientKey = path(either("GIT_PROXY_SSL_KEY", "http.proxysslkey"))
        pinnedPublicKey = path(gitConfig("http.pinnedpubkey"))
        lowestTLS = either("GIT_SSL_VERSION", "http.sslversion")
        cipherList = either("GIT_SSL_CIPHER_LIST", "http.sslcipherlist")
        version = gitConfig("http.version")
        let speed = Self.number(either("GIT_HTTP_LOW_SPEED_LIMIT", "http.lowspeedlimit"))
        let seconds = Self.number(either("GIT_HTTP_LOW_SPEED_TIME", "http.lowspeedtime"))
        if speed > 0, seconds > 0 {
            stallSpeed = speed
            stallSeconds = seconds
        }
    }

    /// The keys and values that `git config -z --get-urlmatch http <url>` printed; a key without a value is `true`.
    package static func values(ofURLMatch output: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        for record in output.split(separator: 0) {
            let parts = record.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true"
            values[String(decoding: parts[0], as: UTF8.self).lowercased()] = value
        }
        return values
    }

    private mutating func readProxies(_ configured: String?, _ environment: [String: String]) {
        proxyExceptions = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        if let configured {
            let proxy = ProxyAddress(configured)
            proxies = proxy.map { [.http: $0, .https: $0] } ?? [:]
            return
        }
        // A web server hands the header field `Proxy` to a program as HTTP_PROXY; libcurl and git leave that one alone.
        let variables: [HTTPOrigin.Scheme: [String]] = [
            .http: ["http_proxy", "all_proxy", "ALL_PROXY"],
            .https: ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        ]
        for (scheme, names) in variables {
            proxies[scheme] = names.lazy.compactMap { environment[$0].flatMap(ProxyAddress.init) }.first
        }
    }

    private static func expanded(_ path: String, home: String?) -> String {
        guard let home, path == "~" || path.hasPrefix("~/") else { return path }
        return home + path.dropFirst()
    }

    /// git's booleans; what is none of them counts as true, the careful side for what is asked here.
    private static func isTrue(_ value: String) -> Bool {
        !["false", "no", "off", "0", ""].contains(value.lowercased())
    }

    /// git's numbers with their suffixes k, m and g; 0 where there is none.
    private static func number(_ value: String?) -> Int {
        guard var digits = value?.lowercased(), let last = digits.last else { return 0 }
        let shift = ["k": 10, "m": 20, "g": 30][last] ?? 0
        if shift > 0 { digits.removeLast() }
        let (number, overflows) = (Int32(digits).map(Int.init) ?? 0).multipliedReportingOverflow(by: 1 << shift)
        return overflows ? 0 : min(number, Int(Int32.max))
    }
}
