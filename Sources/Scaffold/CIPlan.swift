package import BuildPlan

/// What the CI files of one repository are rendered from.
package struct CIPlan: Sendable {
    /// What runs the files: GitHub, Gitea or Forgejo.
    package var platform = CIPlatform.github
    package var backend: Backend
    /// What is built for by default.
    package var platforms: [Platform]
    package var configuration: BuildConfiguration
    /// Whether each commit's own files decide, rather than the configuration.
    package var detectsAnew: Bool { configuration.backend == nil }
    /// The directory of the main package that was found where the configuration names none.
    package var koMain: String?
    /// The SHA-256 of the configuration file; nil where there is none.
    package var configurationDigest: String?
    /// Whether the commit holds what Spin builds from, whatever the backend is.
    package var hasSpinManifest: Bool
    /// Whether the commit holds what other backends than Spin build from.
    package var hasContainerSources: Bool
    /// The web host of the forge, lower case, and its port where that is not the usual one; nil where no remote tells.
    package var host: String?
    /// Whether the forge's pages are at plain http.
    package var isPlain = false
    /// The owner and name of the repository on the forge; nil where no remote tells.
    package var repository: (owner: String, name: String)?
    /// The branch whose pushes are built; nil where only a dispatch starts a run.
    package var pushBranch: String?
    /// The reusable workflow to call, as `OWNER/hephy-builder/.github/workflows/build.yml@REF`, or GitLab's component, or
    /// the URL of a file to include; nil for a file that carries the steps itself.
    package var component: String?

    package init(
        backend: Backend, platforms: [Platform], configuration: BuildConfiguration = BuildConfiguration(),
        configurationDigest: String? = nil, hasSpinManifest: Bool = false, hasContainerSources: Bool = true,
        host: String? = nil, repository: (owner: String, name: String)? = nil, pushBranch: String? = nil,
        component: String? = nil
    ) {
        self.backend = backend
        self.platforms = platforms
        self.configuration = configuration
        self.configurationDigest = configurationDigest
        self.hasSpinManifest = hasSpinManifest
        self.hasContainerSources = hasContainerSources
        self.host = host
        self.repository = repository
        self.pushBranch = pushBranch
        self.component = component
    }

    /// What the rendered file has jobs for: the platforms, and those of the backends that may be asked for instead.
    var jobPlatforms: [Platform] {
        var jobs = platforms
        if backend == .spin, hasContainerSources { jobs += [.linuxAMD64, .linuxARM64] }
        if backend != .spin, hasSpinManifest { jobs.append(.wasm) }
        return jobs
    }

    /// The SHA-256 of a configuration file, in lower-case hexadecimal digits.
    package static func digest(of configuration: [UInt8]) -> String { SHA256.hex(configuration) }
}
