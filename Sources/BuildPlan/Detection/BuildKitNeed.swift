/// A place in a Dockerfile that asks for BuildKit.
package struct BuildKitNeed: Sendable, Hashable {
    /// What kind of construct it is; stable names.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A flag of `RUN`: `--mount`, `--network`, `--security`, `--device`.
        case runFlag = "run-flag"
        /// A heredoc of `RUN`, `COPY` or `ADD`.
        case heredoc
        /// A flag of `COPY` or `ADD` that kaniko passes over, such as `--exclude`, `--parents` or `--checksum`.
        case copyFlag = "copy-flag"
        /// A git URL as a source of `ADD`.
        case addGit = "add-git"
        /// A `# syntax=` that names another frontend than a released `docker/dockerfile`.
        case syntax
        /// A name that is declared as a build context and is no stage.
        case namedContext = "named-context"
        /// A Windows base image or platform.
        case windows
        /// `--link`: builds the same without BuildKit, only slower. A hint, never a need.
        case link
    }

    package var kind: Kind

    /// The line the instruction begins on, counted from 1.
    package var line: Int

    /// Names the construct: `RUN --mount`; safe to print.
    package var detail: String
}
