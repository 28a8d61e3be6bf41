import BuildPlan
import Git

/// The repository that is to be set up, as it is now.
struct ProjectSource: Sendable {
    let location: RepositoryLocation
    let config: GitConfig
    let workTree: WorkTree
    /// The commit that is looked at; nil where there is none yet, then the work tree's files are.
    let head: ObjectID?
    /// The branch that is checked out, also one without a commit; nil for a detached HEAD.
    let branch: String?
    /// The bytes of the work tree's configuration file; nil where there is none.
    let configurationBytes: [UInt8]?

    /// - Throws: `DeliveryError` when there is no work tree, or the configuration file cannot be read.
    init(_ location: RepositoryLocation) async throws(DeliveryError) {
        guard let root = location.workTree else { throw .setUp(.noWorkTree) }
        self.location = location
        workTree = WorkTree(root)
        do throws(GitError) {
            config = try await GitConfig.load(location.git)
            let symbolic = try await location.git.run(["symbolic-ref", "--quiet", "--short", "HEAD"])
            branch = symbolic.status == 0 ? Self.line(symbolic.standardOutput) : nil
        } catch {
            throw .git(error)
        }
        head = try? await location.commit("HEAD")
        configurationBytes = try workTree.contents(of: BuildConfiguration.path, limit: BuildConfiguration.byteLimit)
    }

    /// The plan for the commit, or for the files of a first one, with the work tree's configuration.
    ///
    /// What one person's environment and configuration say stays out of it: the files are for everybody.
    ///
    /// - Parameters:
    ///   - configuration: the bytes of the configuration file; nil for none.
    ///   - backend: what was asked for.
    /// - Returns: a plan with a backend and at least one platform.
    /// - Throws: `DeliveryError` when the configuration is invalid, something cannot be read, or nothing was detected.
    func plan(configuration: [UInt8]?, backend: Backend?) async throws(DeliveryError) -> BuildPlan {
        let settings: PushSettings
        do {
            settings = try PushSettings(
                options: backend.map { ["backend=\($0.rawValue)"] } ?? [], environment: [:], gitConfig: { _ in nil })
        } catch {
            // Its own backend's name is no wrong value.
            throw .obstacle(.invalidConfiguration(summary: error.problem))
        }
        let paths = head == nil ? try await paths() : []
        let (location, head, root) = (location, head, workTree.root)
        let made = await BlockingThread.run {
            Result { () throws(DeliveryError) in
                let tree: any SourceTree
                if let head {
                    let repository = location.repository()
                    do throws(GitError) {
                        tree = CommitTree(repository.tree(of: try repository.commit(head)))
                    } catch {
                        throw .git(error)
                    }
                } else {
                    tree = FileListTree(root: root, paths: paths)
                }
                do throws(BuildPlanError) {
                    let configured = ConfiguredTree(files: tree, configuration: configuration)
                    return try BuildPlan(tree: configured, settings: settings, isThorough: true)
                } catch {
                    switch error {
                    case .invalidConfiguration(let problems): throw .setUp(.invalidConfiguration(problems))
                    case .tree(let error): throw .tree(error)
                    }
                }
            }
        }
        let plan = try made.get()
        guard let chosen = plan.detection.backend else {
            let looked = plan.detection.reason
            throw .obstacle(.nothingDetected(commit: head?.short ?? "the work tree", looked: looked))
        }
        guard plan.platforms?.kept.isEmpty == false else { throw .obstacle(.noPlatform(backend: chosen)) }
        return plan
    }

    /// The files that a first commit would hold.
    private func paths() async throws(DeliveryError) -> [String] {
        let listed: GitProgram.Output
        do throws(GitError) {
            let arguments = ["-C", workTree.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
            listed = try await location.git.run(arguments)
            guard listed.status == 0 else {
                throw .commandFailed(arguments: arguments, status: listed.status, message: listed.standardError)
            }
        } catch {
            throw .git(error)
        }
        return listed.standardOutput.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func line(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}

/// A tree with another configuration file than its own.
private struct ConfiguredTree: SourceTree {
    let files: any SourceTree
    let configuration: [UInt8]?

    func entries(of directory: String) throws(SourceTreeError) -> [SourceEntry]? { try files.entries(of: directory) }

    func contents(of path: String, limit: Int) throws(SourceTreeError) -> [UInt8]? {
        path == BuildConfiguration.path ? configuration : try files.contents(of: path, limit: limit)
    }
}
