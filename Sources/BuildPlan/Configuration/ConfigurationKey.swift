/// The keys of the configuration file; `share/schema/build-config.schema.json` has the same.
package enum ConfigurationKey: String, CaseIterable, Sendable {
    case version
    case buildBackend = "build_backend"
    case ciPlatform = "ci_platform"
    case upstreamRepo = "upstream_repo"
    case platforms
    case additionalTags = "additional_tags"
    case image
    case context
    case dockerfile
    case buildArgs = "build_args"
    case kaniko
    case ko
    case spin
    case cache
    case sbom
    case provenance
    case runners
    case deploy

    /// The keys of `kaniko`.
    package enum Kaniko: String, CaseIterable, Sendable {
        case image
    }

    /// The keys of `ko`.
    package enum Ko: String, CaseIterable, Sendable {
        case main
    }

    /// The keys of `spin`.
    package enum Spin: String, CaseIterable, Sendable {
        case manifest
    }

    /// The keys of `deploy`.
    package enum Deploy: String, CaseIterable, Sendable {
        case target
        case namespace
        case deployment
        case container
        case manifest
        case name
        case app
        case controller
    }

    /// The values of `deploy.target`.
    package enum Target: String, CaseIterable, Sendable {
        case none
        case kubernetes
        case spinkube
        case hephyWorkflow = "hephy-workflow"

        /// The keys that may stand beside `target`.
        package var keys: [Deploy] {
            switch self {
            case .none: []
            case .kubernetes: [.namespace, .deployment, .container, .manifest]
            case .spinkube: [.namespace, .name]
            case .hephyWorkflow: [.app, .controller]
            }
        }
    }
}
