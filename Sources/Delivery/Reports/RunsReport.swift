/// What `hephy runs` tells: the newest runs of the repository, newest first.
package struct RunsReport: JSONReport, Sendable {
    package static let report = "runs"

    /// Who told it.
    package enum Source: String, Encodable, Sendable {
        case forge
        /// What this repository noted when it followed its runs: the forge did not answer.
        case records
    }

    /// The URL of the repository that the runs are of.
    package let remote: String
    package let remoteName: String?
    /// The forge's product; nil where nobody could ask.
    package let forge: String?
    package let source: Source
    package let runs: [RunSummary]
}
