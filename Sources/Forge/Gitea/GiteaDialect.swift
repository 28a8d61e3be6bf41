import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How Gitea and Forgejo want to be spoken to, and what they mean by their refusals.
///
/// Source: both products' `services/auth/oauth2.go` and `routers/api/shared/middleware.go`. Neither limits requests by
/// itself; what stands before a large server may.
struct GiteaDialect: APIDialect {
    let host: GiteaHost

    var origin: HTTPOrigin { host.origin }
    var headers: [(name: String, value: String)] { [("Accept", "application/json, text/plain")] }
    /// In lower case: some versions know no other spelling.
    var authorizationScheme: String { "token" }
    var requestIDHeader: String? { nil }

    /// The body of a refusal: `{"message", "url"}`, now and then with `errors`.
    private struct Refusal: Decodable {
        var message: String?
    }

    func rate(in headers: HTTPHeaders, serverTime: Int64?) -> RateState? { nil }

    func failure(_ response: HTTPResponse, _ errand: APIErrand) -> ForgeError {
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
        if refusal == nil, let interception = errand.interception(response) { return interception }
        let message = errand.line(refusal?.message ?? "", limit: 300)
        let sentence = message.isEmpty ? "status \(response.status)" : message
        if response.status == 403 {
            // A server that shows nothing to strangers says so to whoever comes without a token.
            if message.hasPrefix("Only signed in user") { return .unauthorized(host: errand.host, detail: sentence) }
            return .forbidden(host: errand.host, detail: sentence, permission: Self.scope(in: message))
        }
        return errand.failure(response, sentence: sentence)
    }

    /// The scope that `... required scope(s): [write:repository]` names.
    private static func scope(in message: String) -> String? {
        guard message.contains("required scope"), let open = message.lastIndex(of: "["),
            let close = message.lastIndex(of: "]"), open < close
        else { return nil }
        let scope = message[message.index(after: open)..<close]
        return scope.isEmpty ? nil : "the scope '\(scope)'"
    }
}
