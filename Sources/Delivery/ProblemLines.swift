package import BuildPlan

/// Problems of a configuration file, as lines for a person.
package enum ProblemLines {
    /// `path:line:column: error: sentence`, the line itself with a mark below, and what was probably meant.
    package static func lines(for problem: ConfigurationProblem) -> [String] {
        let kind = problem.severity == .error ? "error" : "warning"
        var lines = ["\(problem.place): \(kind): \(problem.sentence)"]
        lines.append("    \(problem.excerpt.text)")
        lines.append("    \(String(repeating: " ", count: problem.excerpt.column - 1))^")
        if let suggestion = problem.suggestion { lines.append("    did you mean '\(suggestion)'?") }
        return lines
    }

    /// The first error in one line, short enough for git's table of refs.
    package static func summary(of problems: [ConfigurationProblem]) -> String {
        guard let first = problems.first(where: { $0.severity == .error }) else { return "invalid configuration" }
        let suggestion = first.suggestion.map { "; did you mean '\($0)'?" } ?? ""
        let others = problems.count { $0.severity == .error } - 1
        return "\(first.place): \(first.sentence)\(suggestion)\(others > 0 ? " (and \(others) more)" : "")"
    }
}
