package import BuildPlan

/// What a person asks `hephy init` for; nil is found out.
package struct SetUpOptions: Sendable {
    package enum Trigger: String, CaseIterable, Sendable {
        /// A push to the branch starts the run, with hephy or without.
        case push
        /// Only hephy, or a person on the forge's page, starts it.
        case dispatch
    }

    package var backend: Backend?
    package var platform: CIPlatform?
    package var trigger: Trigger
    /// As it was typed: `OWNER/hephy-builder@REF` or a ref.
    package var component: String?
    /// Whether files that are there already are written anew.
    package var isForced: Bool

    package init(
        backend: Backend? = nil, platform: CIPlatform? = nil, trigger: Trigger = .push, component: String? = nil,
        isForced: Bool = false
    ) {
        self.backend = backend
        self.platform = platform
        self.trigger = trigger
        self.component = component
        self.isForced = isForced
    }
}
