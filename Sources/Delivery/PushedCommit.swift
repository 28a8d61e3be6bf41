import BuildPlan
import Forge
import Git
import Scaffold

/// What a pushed commit itself says of its configuration and workflows, read from the object database in one visit.
struct PushedCommit: Sendable {
    var commit: Commit
    /// The configuration with its warnings, or why there is none.
    var configuration: Result<(BuildConfiguration, warnings: [ConfigurationProblem]), BuildPlanError>
    var ciFiles = CIFiles()
    /// The CI files of ours that were rendered from another configuration than the one beside them, by path.
    var staleWorkflows: [String] = []

    private static let workflowLimit = 1 << 20

    /// Reads the commit that `id` names, directly or through tags.
    ///
    /// - Throws: `DeliveryError.git` or `.tree` when an object is missing or broken.
    init(_ id: ObjectID, in repository: Repository) throws(DeliveryError) {
        do {
            commit = try repository.commit(id)
        } catch {
            throw .git(error)
        }
        let tree = CommitTree(repository.tree(of: commit))
        do {
            for path in try Self.ciPaths(in: tree) {
                // One that is too large to read here may run all the same: without its text it is a file with a problem.
                let bytes = try? tree.contents(of: path, limit: Self.workflowLimit)
                let file = WorkflowFile(path: path, bytes: bytes ?? [])
                ciFiles.add(file)
                if file.isOurs, let bytes, Self.isStale(bytes, in: tree) { staleWorkflows.append(path) }
            }
            // What `.gitlab-ci.yml` of the repository's own includes is no file that GitLab looks for.
            let included = GitLabPipeline.attachedPath
            if let bytes = try? tree.contents(of: included, limit: Self.workflowLimit), Self.isStale(bytes, in: tree) {
                staleWorkflows.append(included)
            }
        } catch {
            throw .tree(error)
        }
        configuration = Result { () throws(BuildPlanError) in try BuildPlan.configuration(in: tree) }
    }

    /// Where the tree has files for some product's CI; folders that the top of the tree does not have are not read.
    private static func ciPaths(in tree: CommitTree) throws(SourceTreeError) -> [String] {
        let top = try tree.entries(of: "") ?? []
        var paths = top.contains { $0.name == CIFiles.pipeline && $0.kind == .file } ? [CIFiles.pipeline] : []
        for folder in CIFiles.folders where top.contains(where: { folder.hasPrefix("\($0.name)/") }) {
            for entry in try tree.entries(of: folder) ?? [] where entry.kind == .file {
                let path = "\(folder)/\(entry.name)"
                if WorkflowFile.isWorkflow(path: path) { paths.append(path) }
            }
        }
        return paths
    }

    /// Whether a workflow of ours was rendered from another configuration than the tree's; one that cannot be read, or
    /// is too large, is refused for that.
    private static func isStale(_ workflow: [UInt8], in tree: CommitTree) -> Bool {
        do throws(SourceTreeError) {
            let bytes = try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit)
            return Drift.isStale(workflow: workflow, configuration: bytes)
        } catch {
            return false
        }
    }

    /// The last part of a path, for messages.
    static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Reads the commits that `revisions` name; one that cannot be read does not hinder the others, and what names
    /// nothing is nil.
    static func read(
        _ revisions: [String], in repository: AwaitedRepository
    ) async -> [Result<PushedCommit, DeliveryError>?] {
        await repository.read { read(revisions, from: $0) }
    }

    /// The same on the calling thread, which that blocks: in a push, where nothing can go on without it.
    static func readHere(
        _ revisions: [String], in repository: AwaitedRepository
    ) -> [Result<PushedCommit, DeliveryError>?] {
        repository.readHere { read(revisions, from: $0) }
    }

    private static func read(
        _ revisions: [String], from repository: Repository
    ) -> [Result<PushedCommit, DeliveryError>?] {
        revisions.map { revision in
            repository.id(of: revision).map { id in
                Result { () throws(DeliveryError) in try PushedCommit(id, in: repository) }
            }
        }
    }

    /// The plan for the commit; it may take reading every Go file of it, so it is made once the push is through.
    ///
    /// - Throws: `DeliveryError` when the configuration is invalid or an object cannot be read.
    func plan(gitDirectory: String, git: GitProgram, settings: PushSettings) async throws(DeliveryError) -> BuildPlan {
        let commit = commit
        let made = await BlockingThread.run {
            Result { () throws(BuildPlanError) in
                let repository = Repository(gitDirectory: gitDirectory, git: git)
                return try BuildPlan(tree: CommitTree(repository.tree(of: commit)), settings: settings)
            }
        }
        switch made {
        case .success(let plan): return plan
        case .failure(.invalidConfiguration(let problems)):
            throw .obstacle(.invalidConfiguration(summary: ProblemLines.summary(of: problems)))
        case .failure(.tree(let error)): throw .tree(error)
        }
    }
}
