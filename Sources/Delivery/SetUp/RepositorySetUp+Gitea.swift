import BuildPlan
import Forge
import Git
import Scaffold

/// What is different where Gitea or Forgejo runs the workflow.
extension RepositorySetUp {
    /// The web host of a remote; of a Gitea or Forgejo, which is its own registry, with a port that is not the usual one.
    static func host(of url: RemoteURL?, on platform: CIPlatform) -> String? {
        guard let url, platform == .gitea || platform == .forgejo, let port = url.port else { return url?.host }
        let usual = url.transport == .http ? 80 : 443
        return url.transport == .ssh || port == usual ? url.host : "\(url.host):\(port)"
    }

    /// Other workflows that the platform no longer reads once its own folder is there.
    static func noteOfHiddenWorkflows(_ platform: CIPlatform, in workTree: WorkTree) -> String? {
        guard let product = platform.product, product == .gitea || product == .forgejo else { return nil }
        let own = GitHubWorkflow.folder(on: platform)
        let inUse = CIFiles.folders.reversed().drop { $0 != own }.first { folder in
            workTree.files(in: folder).contains { WorkflowFile.isWorkflow(path: $0) }
        }
        guard let inUse, inUse != own else { return nil }
        return "\(product.name) reads one folder of workflows: those of '\(inUse)' run there no longer"
    }
}
