import BuildPlan
import Forge
import Git

/// What a pushed commit itself says, read from the object database in one visit.
struct PushedCommit: Sendable {
    var commit: Commit
    /// The plan, or why there is none.
    var plan: Result<BuildPlan, BuildPlanError>
    var workflows: [WorkflowFile]

    private static let workflowFolder = ".github/workflows"
    /// A larger file is none that GitHub would run.
    private static let workflowLimit = 1 << 20

    /// Reads the commit that `id` names, directly or through tags.
    ///
    /// - Throws: `DeliveryError.git` or `.tree` when an object is missing or broken.
    init(_ id: ObjectID, in repository: Repository, settings: PushSettings) throws(DeliveryError) {
        do {
            commit = try repository.commit(id)
        } catch {
            throw .git(error)
        }
        let tree = CommitTree(repository.tree(of: commit))
        do {
            workflows = []
            for entry in try tree.entries(of: Self.workflowFolder) ?? []
            where entry.kind == .file {
                let path = "\(Self.workflowFolder)/\(entry.name)"
                guard WorkflowFile.isWorkflow(path: path) else { continue }
                guard let bytes = try? tree.contents(of: path, limit: Self.workflowLimit) else { continue }
                workflows.append(WorkflowFile(path: path, bytes: bytes))
            }
        } catch {
            throw .tree(error)
        }
        do throws(BuildPlanError) {
            plan = .success(try BuildPlan(tree: tree, settings: settings))
        } catch {
            plan = .failure(error)
        }
    }

    /// The last part of a path, for messages.
    static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Reads the commits that `revisions` name, on a thread of its own; one that cannot be read does not hinder the
    /// others, and what names nothing is nil.
    static func read(
        _ revisions: [String], gitDirectory: String, git: GitProgram, settings: PushSettings
    ) async -> [Result<PushedCommit, DeliveryError>?] {
        await BlockingThread.run {
            let repository = Repository(gitDirectory: gitDirectory, git: git)
            return revisions.map { revision in
                repository.id(of: revision).map { id in
                    Result { () throws(DeliveryError) in try PushedCommit(id, in: repository, settings: settings) }
                }
            }
        }
    }
}
