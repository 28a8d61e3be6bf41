package import Forge

/// Why a run on this machine, or a job of it, did not go to its end.
package enum LocalRunsError: Error, Hashable, Sendable {
    /// The record or a log could not be written.
    case file(FileFault)
    /// The folder is no run's that is still to be executed.
    case notARun(path: String)
    /// Another program executes the run.
    case taken(path: String)
    /// A program could not be started.
    case notStarted(program: String, reason: String)
    /// A step ended with this status; its log says why.
    case stepFailed(name: String, status: Int32)
    /// Nothing on this machine builds this; `tried` is what was looked for and `install` what would bring one.
    case noBuilder(backend: String, tried: [String], install: String)
    /// Nothing on this machine keeps images that are built without a builder's own store; `tried` is what was looked for.
    case noStore(tried: [String], install: String)
    /// The run was asked to end.
    case interrupted
}
