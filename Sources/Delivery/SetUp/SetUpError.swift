package import BuildPlan
package import Scaffold

/// Why a repository cannot be set up as it was asked for.
package enum SetUpError: Error, Hashable, Sendable {
    /// The configuration file is invalid: every problem in the order of its text.
    case invalidConfiguration([ConfigurationProblem])
    /// Nothing could be rendered.
    case scaffold(ScaffoldError)
    /// There is no work tree to write files into.
    case noWorkTree
    /// A file cannot be written.
    case notWritten(path: String, reason: String)
    /// Something at `path` cannot be replaced by a file; `what` is what it is, `a symbolic link`.
    case inTheWay(path: String, what: String)
    /// A workflow that hephy did not write stands where it would write one.
    case foreignFile(path: String)
    /// The file is hephy's, but the marks of its region are gone.
    case noRegion(path: String)
    /// There is no rendered file to render again.
    case nothingRendered(looked: String)
    /// Which CI runs for this host is not known.
    case unknownPlatform(host: String)
    /// The configuration file names another backend than the option.
    case otherBackend(configured: String, wanted: String)
    /// `--component` is no `OWNER/hephy-builder@REF`, nor a ref where the owner is known.
    case notAComponent(String)
}
