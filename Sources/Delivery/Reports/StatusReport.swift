/// What `hephy status` tells: a branch's head, and what its newest runs are doing.
package struct StatusReport: JSONReport, Sendable {
    package static let report = "status"

    /// Nil where HEAD is detached, or a commit was named.
    package let branch: String?
    package let sha: String
    /// The first line of the commit's message.
    package let subject: String
    package let remote: String
    package let remoteName: String?
    package let forge: String?
    package let source: RunsReport.Source
    /// Whether `runs` are of the head; false where it has none and they are of what the branch held before.
    package let isOfHead: Bool
    /// The newest run of each workflow, oldest first.
    package let runs: [RunSummary]

    private enum CodingKeys: String, CodingKey {
        case branch, sha, subject, remote, remoteName, forge, source, runs
        case isOfHead = "ofHead"
    }
}
