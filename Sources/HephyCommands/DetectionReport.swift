import BuildPlan
import Delivery
import Git

/// What `hephy detect` prints.
struct DetectionReport: JSONReport {
    static let report = "detect"

    private let detection: Detection
    private let commit: ObjectID
    private let platforms: [String]
    private let skipped: [PlatformSelection.Skipped]

    init(commit: ObjectID, plan: BuildPlan) {
        self.commit = commit
        detection = plan.detection
        platforms = plan.platforms?.kept.map(\.description) ?? []
        skipped = plan.platforms?.skipped ?? []
    }

    private enum Key: String, CodingKey {
        case commit, platforms, skippedPlatforms
    }

    private struct SkippedPlatform: Encodable {
        var platform: String
        var reason: String
    }

    func encode(to encoder: any Encoder) throws {
        try detection.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(commit.hex, forKey: .commit)
        try container.encode(platforms, forKey: .platforms)
        try container.encode(
            skipped.map { SkippedPlatform(platform: $0.platform.description, reason: $0.reason) },
            forKey: .skippedPlatforms)
    }

    /// Lines for a person: the verdict and, where it is to be explained, each rule in order.
    func lines(isExplained: Bool) -> [String] {
        var lines: [String] = []
        if let backend = detection.backend {
            lines.append("\(backend.rawValue) for \(platforms.joined(separator: ", "))   (\(detection.reason))")
        }
        for platform in skipped { lines.append("\(platform.platform) is skipped: \(platform.reason)") }
        guard isExplained else { return lines }
        lines.append("")
        for evidence in detection.evidence {
            let place = evidence.path.map { path in evidence.line.map { "\(path):\($0)" } ?? path }
            let word = evidence.outcome.rawValue
            let columns = [Self.padded(evidence.rule, 20), Self.padded(word, 9), place.map { "\($0): " } ?? ""]
            lines.append(columns.joined() + evidence.detail)
        }
        if let backend = detection.backend {
            lines += [
                "", "to keep it whatever the commit holds, in \(BuildConfiguration.path):",
                "    build_backend: \(backend.rawValue)",
            ]
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 1))
    }
}
