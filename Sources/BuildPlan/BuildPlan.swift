/// What would build a commit: its configuration, checked, and the backend with the reasons for it.
package struct BuildPlan: Sendable {
    /// What the file says; defaults where there is none.
    package var configuration: BuildConfiguration
    /// What in the file has no effect.
    package var warnings: [ConfigurationProblem]
    /// The settings of this push for this commit, with where each came from.
    package var settings: CommitSettings
    package var detection: Detection
    /// The platforms to build for; nil where no backend was recognised.
    package var platforms: PlatformSelection?

    /// Makes the plan for one tree.
    ///
    /// - Parameters:
    ///   - settings: what options, environment and the user's configuration say.
    ///   - isThorough: whether every rule of the table is decided, also where an earlier one has won.
    /// - Throws: `BuildPlanError` when the configuration file is invalid or an object cannot be read.
    package init(
        tree: any SourceTree, settings: PushSettings, isThorough: Bool = false
    ) throws(BuildPlanError) {
        (configuration, warnings) = try Self.configuration(in: tree)
        let commitSettings = settings.forCommit(with: configuration)
        self.settings = commitSettings
        let hints = DetectionHints(
            backend: commitSettings.backend.value.map { ($0, source: commitSettings.backend.source.description) },
            dockerfile: configuration.dockerfile?.value, context: configuration.context?.value,
            koMain: configuration.ko.main?.value, spinManifest: configuration.spin.manifest?.value,
            isThorough: isThorough)
        do {
            detection = try Detection.detect(in: tree, hints: hints)
        } catch {
            throw .tree(error)
        }
        platforms = detection.backend.map { PlatformSelection(named: commitSettings.platforms.value, for: $0) }
    }

    /// The configuration of a tree, the defaults where it has no file.
    ///
    /// - Throws: `BuildPlanError.invalidConfiguration` with every problem; `.tree` when the file cannot be read.
    package static func configuration(
        in tree: any SourceTree
    ) throws(BuildPlanError) -> (BuildConfiguration, warnings: [ConfigurationProblem]) {
        let bytes: [UInt8]?
        do {
            bytes = try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit + 1)
        } catch {
            throw .tree(error)
        }
        guard let bytes else { return (BuildConfiguration(), []) }
        switch BuildConfiguration.parse(bytes) {
        case .valid(let configuration, let warnings): return (configuration, warnings)
        case .invalid(let problems): throw .invalidConfiguration(problems)
        }
    }
}

/// Why there is no plan for a commit.
package enum BuildPlanError: Error, Hashable, Sendable {
    /// The configuration file is invalid: every problem in the order of its text.
    case invalidConfiguration([ConfigurationProblem])
    case tree(SourceTreeError)
}
