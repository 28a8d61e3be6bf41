import BuildPlan
import Forge
import Git

/// What a pushed commit itself says, read from the object database in one visit.
struct PushedCommit: Sendable {
    var commit: Commit
    /// The configuration file, nil where the commit has none.
    var configuration: ParsedConfiguration?
    /// The files of the forge's workflow folder, by path.
    var workflows: [(path: String, bytes: [UInt8])]

    private static let workflowFolder = ".github/workflows"
    /// GitHub takes no more of a workflow file.
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
            configuration = try tree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit + 1)
                .map { BuildConfiguration.parse($0) }
            workflows = []
            for entry in try tree.entries(of: Self.workflowFolder) ?? []
            where entry.kind == .file && (entry.name.hasSuffix(".yml") || entry.name.hasSuffix(".yaml")) {
                let path = "\(Self.workflowFolder)/\(entry.name)"
                // A file beyond the limit is none that GitHub would run.
                guard let bytes = try? tree.contents(of: path, limit: Self.workflowLimit) else { continue }
                workflows.append((path, bytes))
            }
        } catch {
            throw .tree(error)
        }
    }
}
