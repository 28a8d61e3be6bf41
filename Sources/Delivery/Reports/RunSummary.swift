import Forge
import Git
package import RunTail

/// One run in a list: what the forge or, where that did not answer, the records of this repository know of it.
///
/// All text is safe to print.
package struct RunSummary: Encodable, Sendable {
    package let id: String
    package let number: Int
    package let attempt: Int
    package let name: String
    package let title: String
    package let event: String
    package let sha: String
    /// The branch or tag.
    package let ref: String?
    package let url: String?
    package let state: String
    package let conclusion: String?
    package let createdAt: String?
    package let startedAt: String?
    package let updatedAt: String?
    /// How long it took, or has been going on for.
    package let seconds: Int64?
    /// Whether the workflow is one of hephy's, as far as this repository knows.
    package let isOurs: Bool
    /// What of it goes on: a job and its step; nil where nobody asked.
    package var doing: String?

    /// The state for people.
    package let words: String
    /// How long ago it began to exist.
    package let age: Elapsed?

    private enum CodingKeys: String, CodingKey {
        case id, number, attempt, name, title, event, sha, ref, url, state, conclusion, createdAt, startedAt, updatedAt
        case seconds, doing
        case isOurs = "ours"
    }

    /// - Parameters:
    ///   - run: the run as the forge tells it.
    ///   - isOurs: whether the records say that its workflow is one of hephy's.
    ///   - now: the forge's clock.
    init(_ run: Run, isOurs: Bool, now: Int64) {
        id = StandardError.safe(run.id)
        number = run.number
        attempt = run.attempt
        name = PlainText.line(run.name, limit: 100)
        title = PlainText.line(run.title, limit: 200)
        event = PlainText.line(run.event, limit: 40)
        sha = StandardError.safe(run.headSHA)
        ref = run.headBranch.map { StandardError.safe($0) }
        url = run.url
        state = run.state.word
        conclusion = run.state.conclusion?.word
        let created = run.createdAt > 0 ? run.createdAt : nil
        createdAt = created.map(Timestamp.iso8601)
        startedAt = run.startedAt.map(Timestamp.iso8601)
        updatedAt = run.updatedAt.map(Timestamp.iso8601)
        let end = run.state.isFinished ? run.updatedAt : now
        seconds = Elapsed(from: run.startedAt ?? created, to: end)?.duration.components.seconds
        self.isOurs = isOurs
        words = run.state.words
        age = Elapsed(from: created, to: now)
    }

    /// - Parameters:
    ///   - record: what this repository noted when it followed the run last.
    ///   - now: this machine's clock.
    init(_ record: RunRecord, now: Int64) {
        id = StandardError.safe(record.run)
        number = record.number
        attempt = 1
        name = PlainText.line(record.name, limit: 100)
        title = name
        event = ""
        sha = StandardError.safe(record.sha)
        ref = StandardError.safe(RefUpdate.shortName(of: record.ref))
        url = record.url.map { StandardError.safe($0) }
        let (state, conclusion, words) = Self.state(ofStatus: record.status)
        self.state = state
        self.conclusion = conclusion
        self.words = words
        createdAt = nil
        startedAt = nil
        updatedAt = Timestamp.iso8601(record.time)
        seconds = nil
        isOurs = record.isOurs
        age = Elapsed(from: record.time, to: now)
    }

    /// What the exit status of following a run says about its state.
    private static func state(ofStatus status: Int32?) -> (state: String, conclusion: String?, words: String) {
        switch status.flatMap(ExitStatus.init(rawValue:)) {
        case .succeeded: ("finished", "success", "succeeded")
        case .runFailed: ("finished", "failure", "failed")
        case .cancelled: ("finished", "cancelled", "cancelled")
        case .waitingForPerson: ("waiting", nil, "waiting for approval")
        default: ("unknown", nil, "unknown")
        }
    }
}
