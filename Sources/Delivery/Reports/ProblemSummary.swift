package import BuildPlan
import YAML

/// One thing wrong with a configuration file, for `--json`.
package struct ProblemSummary: Encodable, Sendable {
    package let severity: String
    let path: String
    let line: Int
    let column: Int
    let message: String
    let excerpt: String
    let suggestion: String?

    package init(_ problem: ConfigurationProblem) {
        severity = problem.severity == .error ? "error" : "warning"
        path = StandardError.safe(problem.path)
        line = problem.mark.line
        column = problem.mark.column
        message = problem.sentence
        excerpt = problem.excerpt.text
        suggestion = problem.suggestion
    }
}
