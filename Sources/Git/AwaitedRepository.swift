import Synchronization

/// A repository of which a handful of objects will be read, with the `git` that reads them started beforehand.
package final class AwaitedRepository: Sendable {
    private let repository: Mutex<Repository>

    /// Starts `git`, which waits for the first question until this object is gone.
    ///
    /// - Parameter git: the program; it must run in that repository.
    package init(readBy git: GitProgram) {
        repository = Mutex(Repository(forFewReadsBy: git))
        repository.withLock { $0.start() }
    }

    /// What `body` reads, on the calling thread, which that blocks; it must be prepared for SIGPIPE.
    package func readHere<Result: Sendable>(_ body: @Sendable (Repository) -> Result) -> Result {
        repository.withLock { body($0) }
    }

    /// What `body` reads, on a thread of its own.
    package func read<Result: Sendable>(_ body: @escaping @Sendable (Repository) -> Result) async -> Result {
        await BlockingThread.run { self.repository.withLock { body($0) } }
    }
}
