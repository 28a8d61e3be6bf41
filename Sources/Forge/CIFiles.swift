/// The files of a commit that tell some product's CI what to run.
package struct CIFiles: Sendable {
    /// The folders in which the products look for workflows.
    package static let folders = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"]
    /// GitLab's own file; another place can be set for a project on the server.
    package static let pipeline = ".gitlab-ci.yml"

    /// Each with its path.
    package private(set) var files: [WorkflowFile] = []

    package init() {}

    package mutating func add(_ file: WorkflowFile) { files.append(file) }

    /// The files that `product` reads; all of them where nobody knows yet which product it is.
    ///
    /// Gitea and Forgejo take the first folder that is there: `WORKFLOW_DIRS` of Gitea's, and of Forgejo's, settings.
    package func files(for product: ForgeProduct?) -> [WorkflowFile] {
        switch product {
        case .github: files(in: Self.folders[0])
        case .gitlab: files.filter { $0.path == Self.pipeline }
        case .gitea: first(of: [Self.folders[1], Self.folders[0]])
        case .forgejo: first(of: [Self.folders[2], Self.folders[1], Self.folders[0]])
        case nil: files
        }
    }

    private func first(of folders: [String]) -> [WorkflowFile] {
        folders.lazy.map(files(in:)).first { !$0.isEmpty } ?? []
    }

    private func files(in folder: String) -> [WorkflowFile] {
        files.filter { $0.path.hasPrefix("\(folder)/") }
    }
}
