package import YAML

/// One thing wrong with a configuration file, at its place.
package struct ConfigurationProblem: Hashable, Sendable {
    package enum Severity: Hashable, Sendable {
        /// The file cannot be used.
        case error
        /// The file is used, but something in it has no effect.
        case warning
    }

    package var severity: Severity
    /// The file's path in the repository, as it was given to `BuildConfiguration.parse`.
    package var path: String
    package var mark: Mark
    /// The line that `mark` points into.
    package var excerpt: SourceExcerpt
    /// What is wrong, lower-case, without a full stop, safe to print.
    package var sentence: String
    /// What was probably meant, as a piece of YAML or a name to write instead; safe to print.
    package var suggestion: String?

    /// `path:line:column`, safe to print.
    package var place: String {
        "\(PrintableText.escaped(path)):\(mark.line):\(mark.column)"
    }
}
