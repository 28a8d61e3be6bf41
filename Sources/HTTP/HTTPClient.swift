/// Sends requests through libcurl; connections are kept and used again by later requests.
///
/// One thread of the client's own drives all transfers. It starts with the first request and ends when the client is
/// let go or closed, and with it the connections. Redirects are not followed; cookies, `~/.netrc` and referers are
/// neither read nor sent; header fields are those of the request, `User-Agent`, `Host`, `Accept` and `Accept-Encoding`.
package final class HTTPClient: HTTPTransport {
    private let settings: HTTPSettings
    private let settingsOfOrigins: [HTTPOrigin: HTTPSettings]
    private let userAgent: String
    private let driver = TransferDriver()

    /// A client that reaches the origins named in `origins` with their settings and any other with `settings`.
    ///
    /// A request that brings no `User-Agent` of its own goes out with `userAgent`.
    package init(
        settings: HTTPSettings = HTTPSettings(), origins: [HTTPOrigin: HTTPSettings] = [:], userAgent: String = "hephy"
    ) {
        self.settings = settings
        settingsOfOrigins = origins
        self.userAgent = userAgent
    }

    deinit {
        driver.finish(abandoning: false)
    }

    /// Ends every exchange that is under way with `.cancelled` and closes the connections; later requests fail alike.
    package func close() {
        driver.finish(abandoning: true)
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await exchange(request, receive: nil)
    }

    package func send(
        _ request: HTTPRequest, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(HTTPError) -> HTTPResponse {
        try await exchange(request, receive: receive)
    }

    private func exchange(
        _ request: HTTPRequest, receive: (@Sendable ([UInt8]) -> Bool)?
    ) async throws(HTTPError) -> HTTPResponse {
        let origin = request.url.origin
        if request.authorization != nil, origin.scheme == .http, !origin.isLoopback {
            throw .insecureCredential(origin: origin)
        }
        let headerLines = try HeaderLines.lines(of: request, userAgent: userAgent)
        let id = driver.register()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                driver.submit(
                    TransferDriver.Order(
                        id: id, request: request, headerLines: headerLines,
                        settings: settingsOfOrigins[origin] ?? settings, receive: receive,
                        complete: { continuation.resume(returning: $0) }))
            }
        } onCancel: {
            driver.cancel(id)
        }
        return try result.get()
    }
}
