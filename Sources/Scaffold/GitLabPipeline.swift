import BuildPlan

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files that make GitLab build a repository.
package enum GitLabPipeline {
    /// What GitLab reads.
    package static let path = ".gitlab-ci.yml"
    /// What is written beside a `.gitlab-ci.yml` of the repository's own, which includes it.
    package static let attachedPath = ".gitlab/hephy.yml"
    /// Where this project keeps the file that others include.
    package static let sharedPath = "share/gitlab/build.yml"

    /// Which file a pipeline is rendered into.
    package enum Form: Hashable, Sendable {
        /// `.gitlab-ci.yml` itself.
        case main
        /// A file that the repository's own `.gitlab-ci.yml` includes; its jobs run in `stage`.
        ///
        /// With `inMergeRequests` they run for every merge request too, where the repository's pipelines are those of
        /// merge requests.
        case attached(stage: String, inMergeRequests: Bool)
    }

    /// What the shared file has jobs for.
    private static let sharedPlatforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "wasi/wasm"]
        .compactMap { Platform($0) }

    /// Renders a file of a repository.
    ///
    /// - Throws: `ScaffoldError` when a shared file is missing or broken.
    package static func render(
        _ plan: CIPlan, as form: Form, from files: SharedFiles
    ) throws(ScaffoldError) -> String {
        let source = GitLabValues(plan: plan, form: form, release: try ReleasePins(from: files))
        if let text = source.interpolatedText { throw .interpolated(text: text) }
        var values = source.values
        guard let component = plan.component else {
            return try files.template("gitlab.yml").render(values, step: files.step)
        }
        if component.hasPrefix("https://") {
            values.flags.insert("remote")
            values.texts["integrity"] = try integrity(of: files.text("gitlab/build.yml"))
        }
        return try files.template("gitlab-caller.yml").render(values, step: files.step)
    }

    /// Renders the file that other repositories include.
    ///
    /// - Throws: `ScaffoldError` when a shared file is missing or broken.
    package static func renderShared(from files: SharedFiles) throws(ScaffoldError) -> String {
        let values = GitLabValues.shared(for: sharedPlatforms, release: try ReleasePins(from: files))
        return try files.template("gitlab.yml").render(values, step: files.step)
    }

    /// What GitLab compares a file with that it includes from elsewhere.
    package static func integrity(of text: String) -> String {
        "sha256-\(Data(SHA256.bytes(Array(text.utf8))).base64EncodedString())"
    }
}
