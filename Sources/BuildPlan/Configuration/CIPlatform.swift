/// The CI product that runs the build, as `ci_platform` of the configuration names it.
package enum CIPlatform: String, Sendable, Hashable, CaseIterable {
    case github
    case gitlab
    case gitea
    case forgejo
    case local
}
