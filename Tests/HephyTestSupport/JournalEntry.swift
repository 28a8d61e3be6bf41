/// One line of a forge double's journal: a request, or something that happened inside.
package struct JournalEntry: Decodable, Sendable {
    /// `api`, `git`, `site`, `logs`, `connect` for requests; `run` for a run that began; `failure`.
    package var kind: String
    /// Where it came in: `http`, `https`, `client_https`, `proxy`, ...
    package var listener: String?
    /// Milliseconds since the double started.
    package var ms: Int
    package var method: String?
    package var host: String?
    package var path: String?
    package var query: [String: String]?
    /// What was answered; nil where the connection was reset or stalled.
    package var status: Int?
    /// Whether it counts against the primary rate limit.
    package var billed: Bool?
    package var apiVersion: String?
    package var userAgent: String?
    /// Whether it was conditional.
    package var ifNoneMatch: Bool?
    /// The name of the token in the scenario; `?` for one that it does not know, nil for none.
    package var token: String?
    package var gitProtocol: String?
    /// Name of the refusal, whether it was expected or not.
    package var refusal: String?
    package var fault: String?
    package var failure: String?
    /// The inputs of a dispatch as they were sent, or of a run with its defaults.
    package var inputs: [String: String]?
    package var ref: String?
    package var run: Int?
    package var headSha: String?
    package var sha: String?
    package var event: String?
    package var workflow: String?
    package var title: String?
    package var branch: String?
    /// What a push changed: new object ids by full ref name.
    package var refs: [String: String]?
    /// The push options that arrived.
    package var pushOptions: [String]?
    /// What a log's request was about: `whole`, or `OFFSET+LIMIT`.
    package var note: String?
    package var job: String?
    /// Size of the answer's body.
    package var bytes: Int?
    package var range: String?
}
