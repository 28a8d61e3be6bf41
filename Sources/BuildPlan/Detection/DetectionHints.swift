/// What the configuration and the options of a push say about the detection.
package struct DetectionHints: Sendable {
    /// A backend somebody chose and where the choice stands; it always wins, the evidence is recorded all the same.
    package var backend: (Backend, source: String)?

    /// The Dockerfile's path in the tree, from its root; nil looks for `Dockerfile`, then `Containerfile`, in `context`.
    package var dockerfile: String?

    /// The directory the detection looks in; nil is the root.
    package var context: String?

    /// The directory of the main package for ko, relative to `context`: `./cmd/api`.
    package var koMain: String?

    /// The Spin manifest's path in the tree, from its root; nil looks for `spin.toml` in `context`.
    package var spinManifest: String?

    /// The names that are declared as build contexts; a Dockerfile that takes files from one needs BuildKit.
    package var buildContexts: Set<String>

    /// Whether rules are decided even when that takes reading many files and can no longer change the outcome.
    ///
    /// False leaves Go packages uncounted once an earlier rule has won.
    package var isThorough: Bool

    package init(
        backend: (Backend, source: String)? = nil, dockerfile: String? = nil, context: String? = nil,
        koMain: String? = nil, spinManifest: String? = nil, buildContexts: Set<String> = [], isThorough: Bool = false
    ) {
        self.backend = backend
        self.dockerfile = dockerfile
        self.context = context
        self.koMain = koMain
        self.spinManifest = spinManifest
        self.buildContexts = buildContexts
        self.isThorough = isThorough
    }
}
