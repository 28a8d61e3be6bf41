package import BuildPlan

/// The files that make GitHub, and the forges whose workflows are like GitHub's, build a repository.
package enum GitHubWorkflow {
    /// Where the workflow stands unless the repository has one of hephy's elsewhere.
    package static let path = "\(folder(on: .github))/hephy.yml"

    /// Where the workflow of a platform stands; Gitea and Forgejo read no other folder once theirs is there.
    package static func path(on platform: CIPlatform) -> String { "\(folder(on: platform))/hephy.yml" }

    /// The folder in which a platform looks first.
    package static func folder(on platform: CIPlatform) -> String {
        switch platform {
        case .gitea: ".gitea/workflows"
        case .forgejo: ".forgejo/workflows"
        case .github, .gitlab, .local: ".github/workflows"
        }
    }
    /// Where this project keeps its reusable workflow, and others find it.
    package static let reusablePath = ".github/workflows/build.yml"

    /// The only action that is used, pinned.
    private static let checkout = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1  # v7.0.1"
    /// The action without the comment behind it.
    static var pinnedCheckout: String { String(checkout.prefix { $0 != " " }) }
    /// What the reusable workflow has jobs for.
    private static let reusablePlatforms = ["linux/amd64", "linux/arm64", "linux/arm/v7", "wasi/wasm"]
        .compactMap { Platform($0) }

    /// Renders the workflow of a repository.
    ///
    /// - Throws: `ScaffoldError` when a shared file is missing or broken.
    package static func render(_ plan: CIPlan, from files: SharedFiles) throws(ScaffoldError) -> String {
        let values = try GitHubValues(plan: plan, checkout: checkout, release: ReleasePins(from: files))
        let name = plan.component == nil ? "github.yml" : "github-caller.yml"
        return try files.template(name).render(values.ofRepository, step: files.step)
    }

    /// Renders the reusable workflow, which takes as inputs what the others have written into them.
    ///
    /// - Throws: `ScaffoldError` when a shared file is missing or broken.
    package static func renderReusable(from files: SharedFiles) throws(ScaffoldError) -> String {
        let release = try ReleasePins(from: files)
        let values = GitHubValues.reusable(for: reusablePlatforms, checkout: checkout, release: release)
        return try files.template("github.yml").render(values, step: files.step)
    }
}
