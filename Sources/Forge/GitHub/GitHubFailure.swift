import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Tells what an answer that is not the wanted one means.
///
/// Wire facts: docs.github.com/rest, "Best practices",
/// "Rate limits", "Troubleshooting".
struct GitHubFailure {
    var host: GitHubHost
    var errand: APIErrand

    /// GitHub's body of a refusal: `{"message", "errors", "documentation_url"}`; `errors` holds strings or objects.
    private struct Refusal: Decodable {
        struct Detail: Decodable {
            var message: String?

            init(from decoder: any Decoder) throws {
                if let text = try? decoder.singleValueContainer().decode(String.self) {
                    message = text
                } else {
                    let fields = try decoder.container(keyedBy: Key.self)
                    message = try? fields.decode(String.self, forKey: .message)
                }
            }

            enum Key: CodingKey { case message }
        }

        var message: String?
        var details: [Detail]
        var documentation: String?

        enum CodingKeys: String, CodingKey {
            case message
            case errors
            case documentation = "documentation_url"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            message = try? fields.decode(String.self, forKey: .message)
            details = (try? fields.decode([Detail].self, forKey: .errors)) ?? []
            documentation = try? fields.decode(String.self, forKey: .documentation)
        }
    }

    func error(for response: HTTPResponse) -> ForgeError {
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
        if refusal == nil, let interception = errand.interception(response) { return interception }
        let sentence = sentence(of: refusal, status: response.status)
        return switch response.status {
        case 403, 429: limitOrRefusal(response, refusal, sentence)
        default: errand.failure(response, sentence: sentence)
        }
    }

    private func limitOrRefusal(_ response: HTTPResponse, _ refusal: Refusal?, _ sentence: String) -> ForgeError {
        let headers = response.headers
        if let wait = errand.retryAfter(response) {
            return .rateLimited(host: errand.host, retryAfter: wait, resetAt: nil)
        }
        if headers["x-ratelimit-remaining"] == "0", let reset = headers["x-ratelimit-reset"].flatMap({ Int64($0) }) {
            let (left, overflow) = reset.subtractingReportingOverflow(errand.time(of: response))
            let seconds = overflow ? 60 : min(max(left, 1), APIErrand.longestWait)
            return .rateLimited(host: errand.host, retryAfter: .seconds(seconds), resetAt: reset)
        }
        let link = refusal?.documentation ?? ""
        let isSecondary =
            link.hasSuffix("secondary-rate-limits") || link.hasSuffix("#abuse-rate-limits")
            || sentence.lowercased().contains("secondary rate limit")
        if response.status == 429 || headers["x-ratelimit-remaining"] == "0" || isSecondary {
            return .rateLimited(host: errand.host, retryAfter: errand.patience, resetAt: nil)
        }
        if let signOn = headers["x-github-sso"], signOn.lowercased().hasPrefix("required") {
            let url = signOn.firstRange(of: "url=").map { String(signOn[$0.upperBound...]) }
            return .singleSignOnRequired(host: errand.host, url: host.page(url).map { errand.mask.masked($0) })
        }
        let permission = [headers["x-accepted-github-permissions"], headers["x-accepted-oauth-scopes"]]
            .compactMap { $0.map { errand.line($0, limit: 120) } }.first { !$0.isEmpty }
        return .forbidden(host: errand.host, detail: sentence, permission: permission)
    }

    private func sentence(of refusal: Refusal?, status: Int) -> String {
        let parts = ([refusal?.message] + (refusal?.details.prefix(3).map(\.message) ?? [])).compactMap(\.self)
        let text = errand.line(parts.joined(separator: ": "), limit: 300)
        return text.isEmpty ? "status \(status)" : text
    }
}
