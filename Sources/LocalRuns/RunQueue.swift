import Forge

/// The order in which the runs of one repository execute: one after the other, as they were dispatched.
struct RunQueue {
    private let journal: RunJournal

    init(_ journal: RunJournal) {
        self.journal = journal
    }

    /// Returns when no earlier run goes on.
    ///
    /// - Throws: `LocalRunsError.interrupted` when the task is cancelled; `.file` when the state cannot be written.
    func wait() async throws(LocalRunsError) {
        let own = journal.record
        while let other = earlier(than: own) {
            if journal.record.stage != .pending { try journal.update { $0.stage = .pending } }
            while let record = try? other.currentRecord(), !record.isFinished {
                do { try await Task.sleep(for: .milliseconds(200)) } catch { throw .interrupted }
            }
        }
    }

    /// The next earlier run that is not finished.
    private func earlier(than own: LocalRecord) -> LocalRunFolder? {
        guard let slash = journal.folder.path.lastIndex(of: "/") else { return nil }
        let all = LocalFile.names(in: String(journal.folder.path[..<slash]))
        return all.filter { $0 != own.id && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            .map { LocalRunFolder("\(journal.folder.path[..<slash])/\($0)") }
            .first { other in
                guard let record = try? other.currentRecord() else { return false }
                return !record.isFinished && record.number < own.number
            }
    }
}
