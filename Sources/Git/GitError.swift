/// What went wrong between hephy and git or libgit2.
package enum GitError: Error, Hashable, Sendable {
    /// The `git` program could not be started.
    case programNotStarted(reason: String)
    /// `git` ran and ended with `status`; `message` is what it said on stderr, shortened.
    case commandFailed(arguments: [String], status: Int32, message: String)
    /// There is no repository at `path`.
    case notARepository(path: String)
    /// A repository of the embedded forge could not be made at `path`.
    case repositoryNotMade(path: String, reason: String)
    /// `revision` names no commit of the repository.
    case unknownRevision(String)
    /// An object that should be there is not, or cannot be read.
    case unreadableObject(id: String, reason: String)
    /// An object has more bytes than the caller wants to hold.
    case objectTooLarge(id: String, size: Int, limit: Int)
    /// libgit2 refused; `code` is its own number.
    case library(code: Int32, operation: String, message: String)
}
