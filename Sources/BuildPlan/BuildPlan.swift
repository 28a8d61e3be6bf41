package import YAML

/// What would build a commit: its configuration, checked, and the backend with the reasons for it.
package struct BuildPlan: Sendable {
    /// What the file says; defaults where there is none.
    package var configuration: BuildConfiguration
    /// What in the file has no effect.
    package var warnings: [ConfigurationProblem]
    package var detection: Detection
    /// The platforms to build for; nothing kept where no backend was recognised.
    package var platforms: PlatformSelection?

    /// Makes the plan for one tree.
    ///
    /// - Parameters:
    ///   - choice: a backend that an option, the environment or the user's own configuration names, and what names it;
    ///     it wins over the file.
    ///   - namedPlatforms: platforms that were named so; they win over the file's.
    /// - Throws: `BuildPlanError` when the configuration file is invalid or an object cannot be read.
    package init(
        tree: any SourceTree, choice: (Backend, source: String)? = nil, namedPlatforms: [Platform]? = nil,
        isThorough: Bool = false
    ) throws(BuildPlanError) {
        (configuration, warnings) = try Self.configuration(in: tree)
        let named = configuration.backend.map { ($0.value, source: "\(BuildConfiguration.path):\($0.mark.line)") }
        let hints = DetectionHints(
            backend: choice ?? named, dockerfile: configuration.dockerfile?.value,
            context: configuration.context?.value, koMain: configuration.ko.main?.value,
            spinManifest: configuration.spin.manifest?.value, isThorough: isThorough)
        do {
            detection = try Detection.detect(in: tree, hints: hints)
        } catch {
            throw .tree(error)
        }
        platforms = detection.backend.map { backend in
            namedPlatforms.map { PlatformSelection(named: $0, for: backend) } ?? configuration.platforms(for: backend)
        }
    }

    /// The configuration of a tree, the defaults where it has no file.
    ///
    /// - Throws: `BuildPlanError.invalidConfiguration` with every problem; `.tree` when the file cannot be read.
    package static func configuration(
        in tree: any SourceTree
    ) throws(BuildPlanError) -> (BuildConfiguration, warnings: [ConfigurationProblem]) {
        let bytes: [UInt8]?
        do {
            bytes = try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit)
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
