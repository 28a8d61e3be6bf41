/// Which of the two products a server runs, in which version, and what that version tells over its API.
///
/// Sources: go-gitea/gitea `routers/api/v1/repo/action.go` and the pull requests 33545, 33858, 33964 and 35382; Forgejo's
/// OpenAPI documents of 11.0, 12.0 and 16.0.
package struct GiteaVersion: Sendable, Hashable {
    package enum Product: String, Sendable {
        case gitea = "Gitea"
        case forgejo = "Forgejo"
    }

    package let product: Product
    /// The number that features go by: 25 of Gitea 1.25.5, 16 of Forgejo 16.0.1.
    package let release: Int
    /// As the server says it, without what stands behind `+`.
    package let text: String

    /// `Gitea 1.25.5`.
    package var name: String { text.isEmpty ? product.rawValue : "\(product.rawValue) \(text)" }

    /// Reads the `version` of `GET /api/v1/version`: `1.25.5`, `16.0.0+gitea-1.22.0`, `1.26.0+dev-12-gabcdef`.
    ///
    /// The suffix tells Forgejo, whatever `product` says. Gitea Enterprise calls 1.26.4 `26.4.4`. What is no number is
    /// taken for the newest.
    package init(_ version: String, of product: Product) {
        self.product = version.contains("+gitea-") ? .forgejo : product
        let numbers = version.prefix { $0 != "+" && $0 != "-" }
        let parts = numbers.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        let isNumbered = (2...4).contains(parts.count) && !parts.contains(nil)
        text = isNumbered ? String(numbers) : ""
        guard isNumbered, let first = parts[0], let second = parts[1] else {
            release = .max
            return
        }
        release = self.product == .gitea && first == 1 ? second : first
    }

    /// A server that keeps its version to itself: it is asked as the newest is.
    package static func newest(_ product: Product) -> GiteaVersion { GiteaVersion("", of: product) }

    /// Whether runs can be listed and asked for.
    package var tellsRuns: Bool { release >= (product == .gitea ? 25 : 12) }
    /// Whether the jobs of a run can be asked for.
    package var tellsJobs: Bool { release >= (product == .gitea ? 25 : 16) }
    /// Whether the logs of jobs can be read, also while they are written.
    package var hasLogs: Bool { tellsJobs }
    /// Whether the state of each step is its own; Gitea 1.25 gives all steps that of their job.
    var tellsSteps: Bool { product == .gitea && release >= 26 }
    /// Whether a workflow can be started.
    var startsRuns: Bool { release >= (product == .gitea ? 24 : 8) }
    /// Whether it then says which run that made.
    var namesStartedRuns: Bool { release >= (product == .gitea ? 26 : 11) }
    /// Whether a run may be stoppable; Forgejo's API had no way up to 16, and what has none says so.
    var mayStopRuns: Bool { product == .forgejo || release >= 26 }
    /// Whether a finished run can be started again.
    var mayRepeatRuns: Bool { product == .gitea && release >= 26 }
    /// Whether `waiting` means that somebody has to approve; before, it means that other jobs come first.
    var waitingMeansApproval: Bool { product == .gitea && release >= 26 }
}
