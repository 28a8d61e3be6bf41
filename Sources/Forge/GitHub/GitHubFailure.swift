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
    /// What was asked for, for `ForgeError.notFound`.
    var what: String
    /// Seconds since 1970, used where the answer has no `Date`.
    var now: Int64
    /// How many secondary limits without a `retry-after` came right before this one.
    var limitsBefore: Int
    /// What must not be repeated, whatever the answer says.
    var mask = SecretMask()

    private var name: String { host.api.hostAndPort }

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
        if refusal == nil, Self.isPage(response), response.status < 500 || response.status == 511 {
            return .intercepted(host: name, detail: "a web page came back with status \(response.status)")
        }
        let sentence = sentence(of: refusal, status: response.status)
        switch response.status {
        case 401: return .unauthorized(host: name, detail: sentence)
        case 403, 429: return limitOrRefusal(response, refusal, sentence)
        case 404: return .notFound(host: name, what: what)
        case 407, 511: return .intercepted(host: name, detail: "a proxy wants a sign-on (status \(response.status))")
        case 408: return .unavailable(host: name, detail: withRequestID(sentence, response))
        case 400..<500: return .refused(host: name, status: response.status, detail: sentence)
        default: return .unavailable(host: name, detail: withRequestID(sentence, response))
        }
    }

    /// The fact that a complete answer cannot be read as what was asked for.
    func malformed(_ response: HTTPResponse, problem: String) -> ForgeError {
        if Self.isPage(response) {
            return .intercepted(host: name, detail: "a web page came back instead of \(what)")
        }
        let length = response.body.count
        return .unavailable(
            host: name, detail: withRequestID("malformed answer of \(length) bytes for \(what): \(problem)", response))
    }

    private func limitOrRefusal(_ response: HTTPResponse, _ refusal: Refusal?, _ sentence: String) -> ForgeError {
        let headers = response.headers
        let date = headers["date"].flatMap { Timestamp.second(httpDate: $0) } ?? now
        let reset = headers["x-ratelimit-reset"].flatMap { Int64($0) }
        if let after = headers["retry-after"], let seconds = Self.seconds(retryAfter: after, date: date) {
            return .rateLimited(host: name, retryAfter: .seconds(seconds), resetAt: nil)
        }
        if headers["x-ratelimit-remaining"] == "0", let reset {
            let (left, overflow) = reset.subtractingReportingOverflow(date)
            let seconds = overflow ? 60 : min(max(left, 1), Self.longestWait)
            return .rateLimited(host: name, retryAfter: .seconds(seconds), resetAt: reset)
        }
        let link = refusal?.documentation ?? ""
        let isSecondary =
            link.hasSuffix("secondary-rate-limits") || link.hasSuffix("#abuse-rate-limits")
            || sentence.lowercased().contains("secondary rate limit")
        if response.status == 429 || headers["x-ratelimit-remaining"] == "0" || isSecondary {
            return .rateLimited(host: name, retryAfter: .seconds(60 << min(max(limitsBefore, 0), 4)), resetAt: nil)
        }
        if let signOn = headers["x-github-sso"], signOn.lowercased().hasPrefix("required") {
            let url = signOn.firstRange(of: "url=").map { String(signOn[$0.upperBound...]) }
            return .singleSignOnRequired(host: name, url: host.page(url).map { mask.masked($0) })
        }
        let permission = [headers["x-accepted-github-permissions"], headers["x-accepted-oauth-scopes"]]
            .compactMap { $0.map { line($0, limit: 120) } }.first { !$0.isEmpty }
        return .forbidden(host: name, detail: sentence, permission: permission)
    }

    private func sentence(of refusal: Refusal?, status: Int) -> String {
        let parts = ([refusal?.message] + (refusal?.details.prefix(3).map(\.message) ?? [])).compactMap(\.self)
        let text = line(parts.joined(separator: ": "), limit: 300)
        return text.isEmpty ? "status \(status)" : text
    }

    private func withRequestID(_ text: String, _ response: HTTPResponse) -> String {
        let status = text.contains("\(response.status)") ? text : "status \(response.status): \(text)"
        guard let id = response.headers["x-github-request-id"] else { return status }
        return "\(status) (request \(line(id, limit: 64)))"
    }

    private func line(_ text: String, limit: Int) -> String {
        PlainText.line(text, limit: limit, hiding: mask)
    }

    /// Longer than any window of GitHub's; what a wrong clock or a hostile header may ask for at most.
    private static let longestWait: Int64 = 86_400

    /// The seconds that a `Retry-After` names, in either of its forms.
    private static func seconds(retryAfter text: String, date: Int64) -> Int64? {
        let trimmed = text.filter { $0 != " " }
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return min(max(Int64(trimmed) ?? longestWait, 1), longestWait)
        }
        return Timestamp.second(httpDate: text).map { min(max($0 - date, 1), longestWait) }
    }

    /// Whether the body is a web page, which GitHub's API never sends but proxies and sign-on portals do.
    static func isPage(_ response: HTTPResponse) -> Bool {
        if response.headers["content-type"]?.lowercased().hasPrefix("text/html") == true { return true }
        let start = response.body.prefix(256).drop { $0 <= 0x20 || $0 == 0xef || $0 == 0xbb || $0 == 0xbf }
        let head = String(decoding: start.prefix(14), as: UTF8.self).lowercased()
        return head.hasPrefix("<!doctype html") || head.hasPrefix("<html")
    }
}
