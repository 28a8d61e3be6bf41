import CCurl

/// One exchange under way: its easy handle and what has come so far.
///
/// It lives on the driver's thread alone.
final class Transfer {
    let order: TransferDriver.Order
    private var handle: EasyHandle
    private var head = ResponseHead()
    private var body: [UInt8] = []
    /// Why a callback ended the transfer; it says more than libcurl's code for that.
    private var failure: HTTPError?

    init?(_ order: TransferDriver.Order) {
        guard let handle = EasyHandle() else { return nil }
        self.order = order
        self.handle = handle
    }

    var pointer: UnsafeMutableRawPointer { handle.pointer }

    private var origin: HTTPOrigin { order.request.url.origin }

    /// Sets all options; returns why libcurl does not take one, or nil.
    func prepare() -> String? {
        setLimits()
        setMethod()
        order.settings.apply(to: &handle, for: origin)
        handle.setHeaders(order.headerLines)
        let context = Unmanaged.passUnretained(self).toOpaque()
        handle.set(
            CURLOPT_HEADERFUNCTION,
            { bytes, size, count, context in
                Transfer.from(context)?.take(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            }, CURLOPT_HEADERDATA, context)
        handle.set(
            CURLOPT_WRITEFUNCTION,
            { bytes, size, count, context in
                Transfer.from(context)?.take(piece: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
            }, CURLOPT_WRITEDATA, context)
        return handle.refusal
    }

    /// What the exchange came to, once libcurl is done with it.
    func outcome(of code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK else { return .failure(error(for: code)) }
        if let flaw = head.flaw { return .failure(.interrupted(origin: origin, reason: flaw)) }
        return .success(HTTPResponse(status: head.status, headers: HTTPHeaders(head.fields), body: body))
    }

    private func setLimits() {
        let url = order.request.url
        // Nothing but these two: a forge must not be able to make us read a file or speak another protocol.
        handle.allowHTTPAlone()
        handle.set(CURLOPT_URL, url.description)
        // The target goes out as it stands; libcurl would fold `..` in it.
        handle.set(CURLOPT_PATH_AS_IS, true)
        handle.set(CURLOPT_FOLLOWLOCATION, false)
        handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // Signals belong to the program; libcurl would use SIGALRM for its time limits.
        handle.set(CURLOPT_NOSIGNAL, true)
        handle.leaveQuickly()
        handle.set(CURLOPT_TCP_KEEPALIVE, true)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, 15_000)
        if let limit = order.request.timeLimit { handle.set(CURLOPT_TIMEOUT_MS, Self.milliseconds(limit)) }
        handle.prefer(CURLOPT_BUFFERSIZE, 64 << 10)
        // A range counts bytes of the encoded form, which nobody could put together again.
        if !order.request.headers.contains(where: { $0.name.lowercased() == "range" }) {
            handle.set(CURLOPT_ACCEPT_ENCODING, "")
        }
    }

    private func setMethod() {
        let request = order.request
        switch request.method {
        case .get: handle.set(CURLOPT_HTTPGET, true)
        case .head: handle.set(CURLOPT_NOBODY, true)
        case .post:
            handle.set(CURLOPT_POST, true)
            // On a kept connection that has died libcurl sends again, and what was asked for could be done twice.
            handle.set(CURLOPT_FRESH_CONNECT, true)
        case .put, .delete: break
        }
        guard request.method != .get, request.method != .head else { return }
        if request.body != nil || request.method != .delete {
            handle.setBody(request.body ?? [])
        }
        handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Returns how many bytes were taken; any number but all of them makes libcurl end the transfer.
    private func take(headerLine bytes: UnsafeRawBufferPointer) -> Int {
        guard head.take(line: bytes) else {
            failure = .interrupted(origin: origin, reason: "the header is larger than \(ResponseHead.limit) bytes")
            return bytes.isEmpty ? 1 : 0
        }
        return bytes.count
    }

    private func take(piece bytes: UnsafeRawBufferPointer) -> Int {
        guard !bytes.isEmpty else { return 0 }
        if let receive = order.receive, (200..<300).contains(head.status) {
            guard receive([UInt8](bytes)) else {
                failure = .cancelled
                return 0
            }
            return bytes.count
        }
        let limit = order.request.bodyLimit
        guard bytes.count <= limit - body.count else {
            failure = .bodyTooLarge(origin: origin, limit: limit)
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func error(for code: CURLcode) -> HTTPError {
        let reason = presentable(handle.reason(for: code))
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PROXY, CURLE_URL_MALFORMAT, CURLE_SSL_CIPHER, CURLE_INTERFACE_FAILED:
            return .unreachable(origin: origin, reason: reason)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CRL_BADFILE:
            return .untrusted(origin: origin, reason: reason)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(origin: origin)
        default:
            if head.status == 0, handle.connectStatus == 407 { return .proxyUnauthorized(origin: origin) }
            // A proxy that refuses the tunnel is reported as a broken connection.
            let refused = head.status == 0 && handle.connectStatus >= 300
            return refused
                ? .unreachable(origin: origin, reason: reason) : .interrupted(origin: origin, reason: reason)
        }
    }

    /// libcurl's sentence on one line, without the secrets of this exchange.
    private func presentable(_ reason: String) -> String {
        var text = String(
            reason.unicodeScalars.prefix(300).map { $0.value < 0x20 || $0.value == 0x7f ? " " : Character($0) })
        let proxySecrets = order.settings.proxies.values.map(\.password)
        let secrets = ([order.request.authorization?.secret] + proxySecrets).compactMap { $0 }
        for secret in secrets {
            text = secret.reveal { $0.isEmpty ? text : text.replacing($0, with: "***") }
        }
        return text
    }

    /// Whole milliseconds, at least one, at most about 24 days: libcurl takes nought for no limit at all.
    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
