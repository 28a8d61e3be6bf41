/// The CI products that a server may run; the raw value is how configuration names it.
package enum ForgeProduct: String, Sendable, Hashable, CaseIterable {
    /// github.com, `*.ghe.com` and GitHub Enterprise Server.
    case github
    case gitlab
    case gitea
    case forgejo

    /// As people write it.
    package var name: String {
        switch self {
        case .github: "GitHub"
        case .gitlab: "GitLab"
        case .gitea: "Gitea"
        case .forgejo: "Forgejo"
        }
    }

    /// The product behind a host that everybody knows; nil for any other.
    package init?(host: String) {
        switch host {
        case "github.com", "github.localhost": self = .github
        case _ where host.hasSuffix(".github.com") || host.hasSuffix(".ghe.com"): self = .github
        case "gitlab.com", "altssh.gitlab.com": self = .gitlab
        case "gitea.com": self = .gitea
        case "codeberg.org": self = .forgejo
        default: return nil
        }
    }
}
