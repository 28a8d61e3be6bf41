import Synchronization

/// The configuration that git sees, read on a thread of its own until somebody wants it.
package final class AwaitedConfiguration: Sendable {
    private let read = Mutex<Result<GitConfig, GitError>?>(nil)
    private let isRead = Latch()

    /// Starts `git config`.
    package init(readBy git: GitProgram) {
        BlockingThread.start {
            let result = Result { () throws(GitError) in try GitConfig.loadHere(git) }
            self.read.withLock { $0 = result }
            self.isRead.open()
        }
    }

    /// What it is; it blocks until that is known.
    ///
    /// - Throws: `GitError` when `git` cannot be run or a configuration file is broken.
    package func value() throws(GitError) -> GitConfig {
        isRead.wait()
        guard let result = read.withLock({ $0 }) else { return GitConfig([]) }
        return try result.get()
    }
}
