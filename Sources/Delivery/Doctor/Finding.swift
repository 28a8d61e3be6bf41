/// One thing that a doctor has looked at, in words for a person, with what mends it.
package struct Finding: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable {
        case ok
        /// It works, but not as well as it could, or nobody knows.
        case warning
        /// Something that was asked for will not work.
        case problem
    }

    /// What was looked at: a word that stays the same whatever is found, for programs.
    package var check: Check
    package var level: Level
    /// The remote that it is about; nil for what concerns the repository or this machine.
    package var remote: String?
    /// What is, without a full stop and safe to print.
    package var text: String
    /// What to type or change; nil where nothing is to be done.
    package var mend: String?
    /// What the doctor ends with because of it; `succeeded` but for a problem.
    package var status: ExitStatus

    package enum Check: String, Sendable, Hashable, CaseIterable {
        case git, helper, share, repository, configuration, ci, url, forge, token, lfs, password, builders
    }

    init(
        _ check: Check, _ level: Level, _ text: String, mend: String? = nil, status: ExitStatus = .succeeded
    ) {
        self.check = check
        self.level = level
        self.text = StandardError.safe(text)
        self.mend = mend.map { StandardError.safe($0) }
        self.status = status
    }

    /// The finding for a person: one line, and one more with what mends it.
    package var lines: [String] {
        let word = level.rawValue
        let about = remote.map { "\(StandardError.safe($0)): " } ?? ""
        let line = "\(word)\(String(repeating: " ", count: 9 - word.count))\(about)\(text)"
        return [line] + (mend.map { ["         mend: \($0)"] } ?? [])
    }

    /// The same, about the remote of this name.
    func about(_ remote: String) -> Finding {
        var finding = self
        finding.remote = remote
        return finding
    }

    /// A problem in the words that a failure has in a push.
    init(_ check: Check, failure report: FailureReport) {
        self.init(check, .problem, report.problem ?? "not usable", mend: report.hint, status: report.status)
    }
}
