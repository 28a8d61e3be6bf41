import Forge
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Executes one run, from its place in the queue to its end.
package struct LocalRunner: Sendable {
    private let journal: RunJournal
    private let environment: [String: String]
    private let lock: Int32

    /// Where the descriptor with the run's lock is inherited; `RunnerProcess` names it too.
    private static let inheritedLock: Int32 = 3
    private static let isTerminated = Atomic<Bool>(false)

    /// Takes a run over that has been dispatched.
    ///
    /// - Parameters:
    ///   - path: the run's folder.
    ///   - environment: this process's whole environment, which the steps see too.
    /// - Throws: `LocalRunsError.notARun` or `.taken`.
    package init(path: String, environment: [String: String]) throws(LocalRunsError) {
        let folder = LocalRunFolder(path)
        guard let record = try? folder.record(), !record.isFinished else { throw .notARun(path: path) }
        lock = try Self.takeLock(of: folder)
        journal = RunJournal(folder, record)
        self.environment = environment
    }

    /// Executes the run; what comes of it is in its record.
    package func run() async {
        for number in [SIGTERM, SIGINT, SIGHUP] {
            signal(number) { _ in LocalRunner.isTerminated.store(true, ordering: .relaxed) }
        }
        signal(SIGPIPE, SIG_IGN)
        let journal = journal
        let queue = RunQueue(journal)
        let environment = environment
        let watch = OrphanWatch()
        async let _ = watch?.stand(environment: environment)
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do throws(LocalRunsError) {
                    try await queue.wait()
                    try await RunExecution(journal: journal, environment: environment).run()
                    return End(.success)
                } catch {
                    return End(error, journal)
                }
            }
            group.addTask { await Self.interruption(of: journal) }
            let first = await group.next() ?? End(.failure)
            // An execution that is cancelled ends its programs before it returns.
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        LocalFile.remove(journal.folder.scratch)
        journal.finish(end.ending, remark: end.remark)
        LocalFile.unlock(lock)
    }

    /// How the run has ended, and why where no log says so.
    private struct End: Sendable {
        var ending: LocalRecord.Ending
        var remark: String?

        init(_ ending: LocalRecord.Ending, remark: String? = nil) {
            self.ending = ending
            self.remark = remark
        }

        init(_ error: LocalRunsError, _ journal: RunJournal) {
            ending = error == .interrupted ? .cancelled : .failure
            remark = error == .interrupted ? nil : RunnerWords.remark(for: error)
            if let fault = journal.fault { self = End(.failure, remark: RunnerWords.remark(for: .file(fault))) }
        }
    }

    /// Returns when the run has to end before its time.
    private static func interruption(of journal: RunJournal) async -> End {
        let limit = Int64(journal.record.request.timeLimit)
        while !Task.isCancelled {
            if let fault = journal.fault { return End(.failure, remark: RunnerWords.remark(for: .file(fault))) }
            if let reason = journal.folder.cancelReason {
                return End(.cancelled, remark: reason.isEmpty ? nil : reason)
            }
            if isTerminated.load(ordering: .relaxed) {
                return End(.cancelled, remark: "the program that executed it was told to end")
            }
            if let start = journal.record.startedAt, RunJournal.now - start >= limit {
                return End(.timedOut, remark: "it took longer than \(limit) s")
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
        return End(.cancelled)
    }

    /// The lock that whoever dispatched the run took for this process, or the lock taken now.
    private static func takeLock(of folder: LocalRunFolder) throws(LocalRunsError) -> Int32 {
        var inherited = stat()
        var named = stat()
        if fstat(inheritedLock, &inherited) == 0, stat(folder.lockPath, &named) == 0,
            inherited.st_dev == named.st_dev, inherited.st_ino == named.st_ino
        {
            _ = fcntl(inheritedLock, F_SETFD, FD_CLOEXEC)
            if flock(inheritedLock, LOCK_EX | LOCK_NB) == 0 { return inheritedLock }
        }
        do {
            if let own = try LocalFile.lock(folder.lockPath, isPatient: false) { return own }
        } catch {
            throw .file(error)
        }
        throw .taken(path: folder.path)
    }
}
