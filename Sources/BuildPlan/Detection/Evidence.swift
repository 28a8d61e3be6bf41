/// What one rule of the detection table found in a commit.
///
/// The rules, in table order: `explicit` (a choice by option, environment or configuration), `spin` (a Spin manifest),
/// `ko-config` (`.ko.yaml` and a main package), `dockerfile-buildkit` (a Dockerfile that kaniko would build wrong or not
/// at all), `dockerfile` (any other Dockerfile), `go` (a Go module with one main package).
package struct Evidence: Sendable, Hashable {
    /// Whether a rule decided.
    package enum Outcome: String, Sendable, Hashable, Encodable {
        case matched
        /// The rule fitted, but an earlier one had won.
        case lost
        case noMatch = "no-match"
    }

    /// The rule's name; stable.
    package var rule: String

    /// The backend the rule stands for; nil for `explicit` when nothing was chosen.
    package var backend: Backend?

    package var outcome: Outcome

    /// The path in the tree that fitted, or that came closest.
    package var path: String?

    /// The line of `path` the decision rests on, counted from 1.
    package var line: Int?

    /// Says in a sentence why the rule matched, lost or did not match; safe to print.
    package var detail: String

    package init(
        rule: String, backend: Backend?, outcome: Outcome, path: String? = nil, line: Int? = nil, detail: String
    ) {
        self.rule = rule
        self.backend = backend
        self.outcome = outcome
        self.path = path
        self.line = line
        self.detail = detail
    }
}

extension Evidence: Encodable {
    private enum CodingKeys: String, CodingKey {
        case rule, backend, outcome, path, line, detail
    }

    /// Encodes what is absent as null, so that each object has the same keys.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(backend, forKey: .backend)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(path, forKey: .path)
        try container.encode(line, forKey: .line)
        try container.encode(detail, forKey: .detail)
    }
}
