import CCurl

extension HTTPSettings {
    /// Sets everything these settings say about a request to `origin`.
    ///
    /// Each of libcurl's own look-ups in the process's environment is answered here, so that none takes place.
    func apply(to handle: inout EasyHandle, for origin: HTTPOrigin) {
        handle.prefer(
            CURLOPT_HTTP_VERSION,
            version == "HTTP/1.1" ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS)
        handle.set(CURLOPT_LOW_SPEED_LIMIT, stallSpeed)
        handle.set(CURLOPT_LOW_SPEED_TIME, stallSeconds)
        applyProxy(to: &handle, for: origin)
        handle.set(CURLOPT_SSL_VERIFYPEER, verifiesCertificates)
        handle.set(CURLOPT_SSL_VERIFYHOST, verifiesCertificates ? 2 : 0)
        handle.set(CURLOPT_CAINFO, certificateAuthorities)
        handle.set(CURLOPT_CAPATH, certificateAuthorityFolder)
        handle.set(CURLOPT_SSLCERT, clientCertificate)
        handle.set(CURLOPT_SSLKEY, clientKey)
        handle.set(CURLOPT_PINNEDPUBLICKEY, pinnedPublicKey)
        handle.set(CURLOPT_SSL_CIPHER_LIST, cipherList)
        if let lowest = lowestTLS.flatMap({ Self.tlsVersions[$0] }) { handle.set(CURLOPT_SSLVERSION, lowest) }
    }

    private static let tlsVersions: [String: Int] = [
        "tlsv1": CURL_SSLVERSION_TLSv1, "tlsv1.0": CURL_SSLVERSION_TLSv1_0,
        "tlsv1.1": CURL_SSLVERSION_TLSv1_1, "tlsv1.2": CURL_SSLVERSION_TLSv1_2,
        "tlsv1.3": CURL_SSLVERSION_TLSv1_3,
    ]

    /// libcurl's bits for `http.proxyAuthMethod`; what git does not know either is any method.
    private var proxyMethods: Int {
        switch proxyMethod {
        case "basic": 1 << 0
        case "digest": 1 << 1
        case "negotiate": 1 << 2
        case "ntlm": 1 << 3
        default: Int(truncatingIfNeeded: ~(UInt32(1) << 4))
        }
    }

    private func applyProxy(to handle: inout EasyHandle, for origin: HTTPOrigin) {
        // A credential may go to loopback over plain http, but a proxy on another machine would read it.
        let isPrivate = origin.scheme == .http && origin.isLoopback
        guard let proxy = proxies[origin.scheme], !isPrivate else {
            handle.set(CURLOPT_PROXY, "")
            return
        }
        handle.set(CURLOPT_PROXY, proxy.address)
        handle.set(CURLOPT_NOPROXY, proxyExceptions)
        handle.set(CURLOPT_PROXYUSERNAME, proxy.user)
        if let password = proxy.password { password.reveal { handle.set(CURLOPT_PROXYPASSWORD, $0) } }
        handle.set(CURLOPT_PROXYAUTH, proxyMethods)
        // The fields of the request are for the server, not for the proxy that opens the tunnel to it.
        handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        handle.set(CURLOPT_PROXY_CAINFO, proxyCertificateAuthorities)
        handle.set(CURLOPT_PROXY_SSLCERT, proxyClientCertificate)
        handle.set(CURLOPT_PROXY_SSLKEY, proxyClientKey)
    }
}
