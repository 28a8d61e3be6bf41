/// Sends requests; `HTTPClient` is the real one, tests script their own.
package protocol HTTPTransport: Sendable {
    /// Sends `request` and returns the whole answer.
    ///
    /// - Throws: `HTTPError` when no complete answer came; any status is an answer.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse

    /// Sends `request` and hands the body of a 2xx answer to `receive` piece by piece, as it arrives, never holding
    /// more than one piece; the returned response's body is then empty. Any other status is collected as `send` does.
    ///
    /// - Parameter receive: runs on the transport's own thread; returning false ends the exchange with `.cancelled`.
    /// - Throws: `HTTPError` when no complete answer came; pieces may have been handed out before.
    func send(
        _ request: HTTPRequest, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(HTTPError) -> HTTPResponse
}
