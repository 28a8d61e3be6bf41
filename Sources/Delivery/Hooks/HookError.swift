package import Forge

/// Why hooks were not installed or taken away.
package enum HookError: Error, Hashable, Sendable {
    /// The repository has a work tree, so nobody pushes to it.
    case workTree(path: String)
    /// `core.hooksPath` is the same for all repositories of a person or machine.
    case sharedFolder(path: String, scope: String)
    /// A hook that is not hephy's stands beside one that was kept for it.
    case bothThere(path: String, kept: String)
    /// What stands in a hook's place is no file.
    case notAFile(path: String)
    /// The upstream is the repository itself.
    case upstreamIsItself(path: String)
    case file(FileFault)
    /// A ref whose name is no text.
    case unreadableRef(String)
    /// More refs at once than a gate builds.
    case tooManyRefs(Int, limit: Int)
    /// The push asks a gate to build nothing.
    case gateIsAsked
    /// What a ref leads to is no commit that could be built.
    case notBuildable(ref: String)
    /// Where this program is, the system does not tell.
    case noProgram
}
