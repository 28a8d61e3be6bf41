/// What `.hephy/build-config.yaml` says, checked; nil and empty stand for what it leaves to detection and defaults.
///
/// Paths are relative to the root of the repository, in the form of `SourceTree`: "" is the root.
package struct BuildConfiguration: Hashable, Sendable {
    /// Where the file is in a repository.
    package static let path = ".hephy/build-config.yaml"
    /// The most bytes that are read of it.
    package static let byteLimit = 64 * 1024
    /// The version of the file's format that this hephy understands.
    package static let formatVersion = 1

    /// Nil for `auto`.
    package var backend: Marked<Backend>?
    /// Nil for `auto`.
    package var ciPlatform: Marked<CIPlatform>?
    /// The repository that the project is pushed to: a URL, `host/owner/repository` or scp form; not parsed further.
    package var upstreamRepository: Marked<String>?
    /// As they were named; what a backend makes of them says `PlatformSelection`.
    package var platforms: [Marked<Platform>] = []
    package var additionalTags: [Marked<TagTemplate>] = []
    package var image: Marked<ImageName>?
    /// The directory that the build sees.
    package var context: Marked<String>?
    /// The Dockerfile, relative to the root of the repository and not to `context`.
    package var dockerfile: Marked<String>?
    /// In the order of the file.
    package var buildArguments: [BuildArgument] = []
    package var kaniko = KanikoOptions()
    package var ko = KoOptions()
    package var spin = SpinOptions()
    /// Whether layers are kept for the next build; nil is yes.
    package var keepsCache: Marked<Bool>?
    /// Whether an image comes with a list of what is in it; nil is yes, where the backend makes one.
    package var hasSBOM: Marked<Bool>?
    /// Whether an image comes with a statement of how it was built; nil is yes, where the backend makes one.
    package var hasProvenance: Marked<Bool>?
    /// The labels of the machines that build for a platform.
    package var runners: [Platform: [String]] = [:]
    /// The labels of the machines for everything else; empty for the CI's usual ones.
    package var defaultRunner: [String] = []
    /// Nil where the file has no `deploy`.
    package var deploy: Marked<DeployTarget>?

    package init() {}

    /// The platforms to build for with this backend, and those that it has no use for.
    package func platforms(for backend: Backend) -> PlatformSelection {
        PlatformSelection(named: platforms.map(\.value), for: backend)
    }
}

/// One of `build_args`.
package struct BuildArgument: Hashable, Sendable {
    package var name: String
    package var value: String
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

package struct KanikoOptions: Hashable, Sendable {
    /// The image of the executor, with its tag or digest.
    package var image: Marked<String>?
}

package struct KoOptions: Hashable, Sendable {
    /// The directory of the main package.
    package var main: Marked<String>?
}

package struct SpinOptions: Hashable, Sendable {
    /// The application's manifest, usually `spin.toml`.
    package var manifest: Marked<String>?
}

/// Where the built image goes.
///
/// What is nil is left to the deploy step's defaults.
package enum DeployTarget: Hashable, Sendable {
    /// The file says `target: none`.
    case nowhere
    case kubernetes(KubernetesTarget)
    case spinkube(SpinKubeTarget)
    case hephyWorkflow(HephyWorkflowTarget)
}

package struct KubernetesTarget: Hashable, Sendable {
    package var namespace: String?
    /// The Deployment whose container gets the new image.
    package var deployment: String?
    package var container: String?
    /// A file or directory of manifests to apply.
    package var manifest: String?
}

package struct SpinKubeTarget: Hashable, Sendable {
    package var namespace: String?
    /// The SpinApp.
    package var name: String?
}

package struct HephyWorkflowTarget: Hashable, Sendable {
    package var app: String?
    /// An http or https URL.
    package var controller: String?
}
