/// The variables that `additional_tags` may name, under GitHub's and GitLab's names.
///
/// All of them are understood on every CI platform; `share/schema/build-config.schema.json` lists them for people.
package enum TagVariable: String, Sendable, Hashable, CaseIterable {
    case githubRefName = "GITHUB_REF_NAME"
    case githubRefType = "GITHUB_REF_TYPE"
    case githubSHA = "GITHUB_SHA"
    case githubRunNumber = "GITHUB_RUN_NUMBER"
    case gitlabRefName = "CI_COMMIT_REF_NAME"
    case gitlabRefSlug = "CI_COMMIT_REF_SLUG"
    case gitlabTag = "CI_COMMIT_TAG"
    case gitlabBranch = "CI_COMMIT_BRANCH"
    case gitlabSHA = "CI_COMMIT_SHA"
    case gitlabShortSHA = "CI_COMMIT_SHORT_SHA"
    case gitlabRunNumber = "CI_PIPELINE_IID"

    package enum Meaning: Sendable, Hashable {
        /// The branch or tag without `refs/heads/` or `refs/tags/`.
        case refName
        /// `branch` or `tag`.
        case refType
        /// The ref name in lower case, everything but `a-z0-9` as `-`, at most 63 characters, no `-` at the ends.
        case refSlug
        /// The tag's name; empty on a branch.
        case tag
        /// The branch's name; empty on a tag.
        case branch
        /// The commit's full id.
        case sha
        /// The commit's first eight digits.
        case shortSHA
        /// Counts the runs of the workflow or project.
        case runNumber
    }

    package var meaning: Meaning {
        switch self {
        case .githubRefName, .gitlabRefName: .refName
        case .githubRefType: .refType
        case .gitlabRefSlug: .refSlug
        case .gitlabTag: .tag
        case .gitlabBranch: .branch
        case .githubSHA, .gitlabSHA: .sha
        case .gitlabShortSHA: .shortSHA
        case .githubRunNumber, .gitlabRunNumber: .runNumber
        }
    }
}
