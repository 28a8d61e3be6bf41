import HTTP

/// How one product's API wants to be spoken to, and what it means by its refusals.
protocol APIDialect: Sendable {
    /// Where requests, and the token, go.
    var origin: HTTPOrigin { get }

    /// Fields that every request has, but `User-Agent` and `Authorization`.
    var headers: [(name: String, value: String)] { get }

    /// The word before the token in `Authorization`.
    var authorizationScheme: String { get }

    /// The field by which the server's people find a request in their logs; nil where answers have none.
    var requestIDHeader: String? { get }

    /// The request limit, where an answer's fields tell it.
    func rate(in headers: HTTPHeaders, serverTime: Int64?) -> RateState?

    /// What an answer that is not the wanted one means.
    func failure(_ response: HTTPResponse, _ errand: APIErrand) -> ForgeError
}
