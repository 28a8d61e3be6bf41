import HTTP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What every GitLab wants to see, how it tells its limits, and what its refusals mean.
///
/// Wire facts: docs.gitlab.com/api/rest/authentication, "User and IP rate limits", "Troubleshooting".
struct GitLabDialect: APIDialect {
    let host: GitLabHost

    var origin: HTTPOrigin { host.origin }
    var headers: [(name: String, value: String)] { [("Accept", "application/json")] }
    var authorizationScheme: String { "Bearer" }
    var requestIDHeader: String? { "x-request-id" }

    /// Every answer of a GitLab with limits has these fields; the window is a minute.
    func rate(in headers: HTTPHeaders, serverTime: Int64?) -> RateState? {
        guard let limit = headers["ratelimit-limit"].flatMap({ Int($0) }),
            let remaining = headers["ratelimit-remaining"].flatMap({ Int($0) }),
            let reset = headers["ratelimit-reset"].flatMap({ Int64($0) })
        else { return nil }
        return RateState(remaining: remaining, limit: limit, resetAt: reset, serverTime: serverTime)
    }

    func failure(_ response: HTTPResponse, _ errand: APIErrand) -> ForgeError {
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(response.body))
        // 429 and what the server in front of GitLab says are plain text; pages come from others.
        if refusal == nil, let interception = errand.interception(response) { return interception }
        if (300..<400).contains(response.status) {
            return .intercepted(host: errand.host, detail: "status \(response.status) led to another page")
        }
        let text = refusal?.sentence ?? String(decoding: response.body.prefix(300), as: UTF8.self)
        let line = errand.line(text, limit: 300)
        let sentence = line.isEmpty ? "status \(response.status)" : line
        if response.status == 403, refusal?.error == "insufficient_scope" {
            return .forbidden(
                host: errand.host, detail: sentence,
                permission: "the scope '\(Self.scope(refusal?.scope, errand))'")
        }
        if response.status == 403, refusal?.isPlain == true {
            return .forbidden(
                host: errand.host, detail: sentence, permission: "at least the role Developer in the project")
        }
        return errand.failure(response, sentence: sentence)
    }

    /// GitLab names all scopes that would do, `api read_api`; the one that does for everything is the first.
    private static func scope(_ named: String?, _ errand: APIErrand) -> String {
        let words = (named ?? "api").split(separator: " ").map { errand.line(String($0), limit: 40) }
        return words.isEmpty ? "api" : words.sorted { $0.count > $1.count }.joined(separator: "' or '")
    }

    /// A refusal: `{"message": TEXT | {FIELD: [TEXT]}}`, or OAuth's `{"error", "error_description", "scope"}`.
    private struct Refusal: Decodable {
        var error: String?
        var message: String?
        var description: String?
        var scope: String?

        enum CodingKeys: String, CodingKey {
            case error, message, scope
            case description = "error_description"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            error = try? fields.decode(String.self, forKey: .error)
            description = try? fields.decode(String.self, forKey: .description)
            scope = try? fields.decode(String.self, forKey: .scope)
            if let text = try? fields.decode(String.self, forKey: .message) {
                message = text
            } else if let texts = try? fields.decode([String: [String]].self, forKey: .message) {
                message = texts.sorted { $0.key < $1.key }.flatMap(\.value).joined(separator: "; ")
            }
        }

        var sentence: String? { message ?? description ?? error }

        /// Whether it says no more than its status.
        var isPlain: Bool { message == "403 Forbidden" }
    }
}
