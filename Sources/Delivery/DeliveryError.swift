package import BuildPlan
package import Forge
package import Git
package import RemoteHelper

/// Everything that can go wrong between a push and its verdict, by the room it happened in.
package enum DeliveryError: Error, Sendable {
    case git(GitError)
    case helper(RemoteHelperError)
    case tree(SourceTreeError)
    case forge(ForgeError, doing: ForgeErrand)
    /// No forge is known at this host.
    case unknownForge(host: String)
    /// The path of the remote's URL is no repository of the forge.
    case notARepositoryPath(path: String, product: String)
    /// Nothing that this push could start was found on the forge in time.
    case noRun(ref: String, sha: String)
    /// There is no run to come back to.
    case nothingToWatch
    /// No remote of that name, or none at all, goes through hephy.
    case unknownRemote(String?)
    /// Which of these remotes is meant, nobody said.
    case severalRemotes([String])
    /// Nothing in the commit fits a backend; `looked` is what was looked for.
    case nothingDetected(commit: String, looked: String)
    /// The configuration at the commit is invalid; the payload is its first problem.
    case invalidConfiguration(String)
    /// A run was to be dispatched, but the commit has no workflow of ours.
    case noWorkflowOfOurs(commit: String)
    /// Nothing can be started without a token.
    case noToken(host: String, workflow: String)
    /// A workflow of ours cannot be started: the file has no `workflow_dispatch`.
    case notDispatchable(workflow: String)
}

/// What a request to a forge was for, so that a refusal can be explained.
package enum ForgeErrand: Sendable, Hashable {
    case finding
    case dispatching(workflow: String, ref: String)
    case following
    case cancelling
}
