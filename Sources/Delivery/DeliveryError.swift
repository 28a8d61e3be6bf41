package import BuildPlan
package import Forge
package import Git
package import RemoteHelper

/// Everything that can go wrong between a push and its verdict, by the room it happened in.
package enum DeliveryError: Error, Sendable {
    case git(GitError)
    case helper(RemoteHelperError)
    /// Nothing that ends a push.
    case notice(RemoteHelperNotice)
    case tree(SourceTreeError)
    case obstacle(PlanObstacle)
    /// A setting cannot be used.
    case setting(SettingError)
    /// `on` is nil where nobody knows yet which product it is, and for this machine.
    case forge(ForgeError, doing: ForgeErrand, on: ForgeProduct?)
    /// No forge is known at this host.
    case unknownForge(host: String)
    /// The path of the remote's URL is no repository of the forge.
    case notARepositoryPath(path: String, product: String)
    /// Nothing that this push could start was found on the forge in time.
    case noRun(ref: String, sha: String, on: ForgeProduct? = nil, because: PipelineAbsence? = nil)
    /// There is no run to come back to.
    case nothingToWatch
    /// The forge has no run of what was asked for.
    case noRunsYet
    /// The run has no page on the web; one of this machine never has.
    case noPage(run: String, isHere: Bool)
    /// No job of the run is called that; `has` are those that there are.
    case noSuchJob(String, has: [String])
    /// No remote of that name, or none at all, goes through hephy.
    case unknownRemote(String?)
    /// Which of these remotes is meant, nobody said.
    case severalRemotes([String])
    /// A run was started, but the forge does not tell which, and nothing in its title does.
    case startedWithoutName(host: String, workflow: String)
    /// What was asked for again is not there: `place` is the remote, by its name or URL.
    case notPushed(commit: String, ref: String, place: String)
    /// The forge makes runs of a branch's or tag's tip alone, and the ref is elsewhere by now.
    case notTheTip(commit: String, ref: String, tip: String)
    /// Nobody said, and nothing tells, which branch or tag a commit is to run for.
    case noRefNamed(commit: String)
    /// Nothing of the commit can be started again: it has no run, and no workflow of ours.
    case nothingToRepeat(commit: String)
    /// Something is missing that runs on this machine need.
    case here(LocalLack)
    /// Nothing can be started without a token.
    case noToken(host: String, workflow: String, product: ForgeProduct?)
    /// The repository cannot be set up as it was asked for.
    case setUp(SetUpError)
    /// Hooks cannot be installed or taken away as it was asked for.
    case hook(HookError)
    /// A remote cannot be made to go through hephy, or that not be taken back.
    case adoption(AdoptionError)
}

/// What in the commit stands against the run that was asked for.
package enum PlanObstacle: Sendable, Hashable {
    /// Nothing fits a backend; `looked` is what was looked for.
    case nothingDetected(commit: String, looked: String)
    /// Platforms were named, and the backend builds for none of them.
    case noPlatform(backend: Backend)
    /// The configuration is invalid; `summary` is its first problem.
    case invalidConfiguration(summary: String)
    /// The commit has no workflow of ours that could be dispatched.
    case noWorkflowOfOurs(commit: String)
    /// The workflow of ours has no `workflow_dispatch`.
    case notDispatchable(workflow: String)
}

/// What hinders a run on this machine.
package enum LocalLack: Sendable, Hashable {
    /// The folder of the files that hephy brings along is not there.
    case noShareFolder(looked: String?)
    /// What was to be executed is no run that waits for it, or another program executes it.
    case notARun(path: String)
    /// The environment tells no folder to keep runs in.
    case noDataFolder
}

/// What a request to a forge was for, so that a refusal can be explained.
package enum ForgeErrand: Sendable, Hashable {
    case finding
    case dispatching(workflow: String, ref: String)
    case following
    case cancelling
    /// Starting a finished run again.
    case repeating(run: String)
}
