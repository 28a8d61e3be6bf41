/// What `hephy config` tells: every setting that counts, and where each comes from.
package struct ConfigReport: JSONReport, Sendable {
    package static let report = "config"

    package enum Source: String, Encodable, Sendable {
        case environment
        /// `.hephy/build-config.yaml` of the commit.
        case file
        case gitConfig = "git-config"
        /// What the commit's files ask for.
        case detection
        case `default`
    }

    package struct Entry: Encodable, Sendable {
        package let name: String
        /// Safe to print; a secret is `***`.
        package let value: String
        package let source: Source
        /// The variable, the key of git's configuration, or the reason of a detection.
        package var key: String?
        /// The file that it stands in.
        package var file: String?
        package var line: Int?
        package var column: Int?
        /// Git's scope.
        package var scope: String?

        init(_ name: String, _ value: String, from source: Source) {
            self.name = name
            self.value = StandardError.safe(value)
            self.source = source
        }

        /// Where it comes from, for people.
        package var origin: String {
            let place = file.map { file in line.map { "\(file):\($0)" + (column.map { ":\($0)" } ?? "") } ?? file }
            switch source {
            case .environment: return key ?? "environment"
            case .file: return place ?? ""
            case .gitConfig:
                return "git config \(key ?? "")"
                    + (scope.map { " (\([$0, file].compactMap(\.self).joined(separator: ", ")))" } ?? "")
            case .detection: return "detected" + (key.map { ": \($0)" } ?? "")
            case .default: return "default"
            }
        }
    }

    /// The commit whose file and tree were looked at; nil where there is none.
    package let commit: String?
    /// The URL that `hephy.<url>.<key>` of git's configuration was matched with; nil where there is no such remote.
    package let remote: String?
    package let settings: [Entry]
}
