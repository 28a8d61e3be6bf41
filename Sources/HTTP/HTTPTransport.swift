/// Sends requests; `HTTPClient` is the real one, tests script their own.
package protocol HTTPTransport: Sendable {
    /// Sends `request` and returns the whole answer.
    ///
    /// - Throws: `HTTPError` when no complete answer came; any status is an answer.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse

    /// Sends `request` and hands the body of a 2xx answer to `receive` piece by piece, as it arrives.
    ///
    /// Never more than one piece is held, and the returned response's body is then empty; any other status is collected
    /// as without `receive`. `receive` runs on the transport's own thread, which stands still until it returns; when
    /// that is false, the exchange ends with `.cancelled`.
    ///
    /// - Throws: `HTTPError` when no complete answer came; pieces may have been handed out before.
    func send(
        _ request: HTTPRequest, receive: @escaping @Sendable (_ piece: [UInt8]) -> Bool
    ) async throws(HTTPError) -> HTTPResponse
}
