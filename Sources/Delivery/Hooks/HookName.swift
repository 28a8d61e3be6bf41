/// The hooks of git that hephy has a part in.
package enum HookName: String, CaseIterable, Sendable {
    case preReceive = "pre-receive"
    case postReceive = "post-receive"
    case prePush = "pre-push"

    /// Those of a repository that is pushed to.
    package static let server: [HookName] = [.preReceive, .postReceive]
}
