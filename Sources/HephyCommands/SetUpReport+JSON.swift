import BuildPlan
import Delivery
import Git

extension SetUpReport {
    /// What `hephy init --json` prints.
    struct Initialised: JSONReport {
        static let report = "init"
        var content: Content

        func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
    }

    /// What `hephy sync --json` prints.
    struct Synchronised: JSONReport {
        static let report = "sync"
        var content: Content

        func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
    }

    struct Content: Encodable {
        struct File: Encodable {
            var path: String
            var state: String
            var reason: String?

            init(_ change: FileChange) {
                path = StandardError.safe(change.path)
                switch change.kind {
                case .created: state = "created"
                case .replaced: state = "replaced"
                case .edited: state = "edited"
                case .unchanged: state = "unchanged"
                case .kept(let why):
                    state = "kept"
                    reason = StandardError.safe(why)
                }
            }
        }

        struct Remote: Encodable {
            var name: String
            var url: String?
            var isAdded: Bool

            private enum CodingKeys: String, CodingKey {
                case name, url
                case isAdded = "added"
            }
        }

        var isDryRun: Bool
        var backend: String?
        var platforms: [String]
        var files: [File]
        var remote: Remote?
        var notes: [String]
        var next: String?

        private enum CodingKeys: String, CodingKey {
            case backend, platforms, files, remote, notes, next
            case isDryRun = "dryRun"
        }
    }

    /// All that was done, or would be; the remote and what comes next are of `hephy init` alone.
    func content(isInitial: Bool) -> Content {
        let remote = proposal.remote
        return Content(
            isDryRun: isDryRun, backend: proposal.plan.detection.backend?.rawValue,
            platforms: proposal.plan.platforms?.kept.map(\.description) ?? [],
            files: proposal.files.map(Content.File.init),
            remote: isInitial && remote.advice == nil
                ? Content.Remote(
                    name: StandardError.safe(remote.name), url: remote.url.map { StandardError.safe($0.text) },
                    isAdded: !remote.commands.isEmpty) : nil,
            notes: isInitial ? proposal.notes.map { StandardError.safe($0) } : [],
            next: isInitial ? StandardError.safe(next) : nil)
    }
}
