/// A version of GitHub's REST API, as `X-GitHub-Api-Version` names it.
enum GitHubVersion: String, Sendable {
    /// Every GitHub that still runs knows it; a dispatch answers 204 without a run id.
    case older = "2022-11-28"
    /// github.com, ghe.com, and GitHub Enterprise Server from 3.21 on; a dispatch answers with the run's id.
    case newest = "2026-03-10"

    /// What a GitHub Enterprise Server of version `installed` (`3.20.4`) takes; the newest where it does not say.
    init(installed: String?) {
        let parts = (installed ?? "").split(separator: ".").prefix(2).map { UInt16($0) }
        guard parts.count == 2, let major = parts[0], let minor = parts[1] else {
            self = .newest
            return
        }
        self = (major, minor) < (3, 21) ? .older : .newest
    }
}
