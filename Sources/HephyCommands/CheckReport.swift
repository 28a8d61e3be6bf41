import BuildPlan
import Delivery
import Git
import Scaffold

/// What `hephy check` found.
struct CheckReport: JSONReport {
    static let report = "check"

    /// The commit whose configuration was read; nil for the work tree.
    var commit: String?
    /// Whether there is a configuration.
    var isFound: Bool
    var problems: [ProblemSummary]
    var files: [File] = []

    /// Whether the configuration can be used.
    var isValid: Bool { problems.allSatisfy { $0.severity != "error" } }

    /// A CI file that was rendered from the configuration.
    struct File: Encodable {
        var path: String
        var state: String

        init(_ path: String, _ drift: Drift) {
            self.path = StandardError.safe(path)
            state =
                switch drift {
                case .none: "current"
                case .configurationChanged: "configuration_changed"
                case .differs: "differs"
                case .noRegion: "no_region"
                case .notIncluded: "not_included"
                }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case commit, configuration, found, valid, problems, files
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(commit, forKey: .commit)
        try container.encode(BuildConfiguration.path, forKey: .configuration)
        try container.encode(isFound, forKey: .found)
        try container.encode(isValid, forKey: .valid)
        try container.encode(problems, forKey: .problems)
        try container.encode(files, forKey: .files)
    }
}
