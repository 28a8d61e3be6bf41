import YAML

/// What became of a configuration file.
package enum ParsedConfiguration: Hashable, Sendable {
    /// The file can be used; what in it has no effect is named.
    case valid(BuildConfiguration, warnings: [ConfigurationProblem])
    /// The file cannot be used: every problem in the order of the text, warnings among them, at least one an error.
    case invalid([ConfigurationProblem])

    /// Errors and warnings in the order of the text.
    package var problems: [ConfigurationProblem] {
        switch self {
        case .valid(_, let warnings): warnings
        case .invalid(let problems): problems
        }
    }

    /// The configuration, or nil where the file cannot be used.
    package var configuration: BuildConfiguration? {
        guard case .valid(let configuration, _) = self else { return nil }
        return configuration
    }
}

extension BuildConfiguration {
    /// Reads and checks a configuration file.
    ///
    /// An empty one is valid and leaves everything to defaults. `path` is what problems call the file.
    package static func parse(_ bytes: [UInt8], path: String = BuildConfiguration.path) -> ParsedConfiguration {
        var report = ConfigurationReport(bytes: bytes, path: path)
        let limits = YAMLLimits(bytes: byteLimit, depth: 16, nodes: 2_000, text: byteLimit)
        var root: YAMLNode?
        do throws(YAMLError) {
            root = try YAMLNode.parse(bytes, limits: limits)
        } catch {
            // Only what YAML itself does not take is read again; hiding a brace makes three bytes of one.
            let wider = YAMLLimits(bytes: byteLimit * 3, depth: 16, nodes: 2_000, text: byteLimit * 3)
            guard bytes.count <= byteLimit, case .syntax = error.fact, let hidden = FlowVariables.hidden(in: bytes),
                let read = try? YAMLNode.parse(hidden, limits: wider)
            else {
                report.refuse(error)
                return .invalid(report.problems)
            }
            root = FlowVariables.restored(read)
        }
        guard let root, !root.isNull else { return .valid(BuildConfiguration(), warnings: []) }
        var reader = ConfigurationReader(report: report)
        let configuration = reader.configuration(from: root)
        let problems = reader.report.problems.sorted { ($0.mark.line, $0.mark.column) < ($1.mark.line, $1.mark.column) }
        return problems.contains { $0.severity == .error }
            ? .invalid(problems) : .valid(configuration, warnings: problems)
    }
}
