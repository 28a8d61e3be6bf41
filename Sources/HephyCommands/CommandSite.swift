import BuildPlan
import Delivery
import Git

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The repository that a command is called in, and the environment it is called with.
struct CommandSite {
    let location: RepositoryLocation
    var environment: [String: String] { location.git.environment }

    /// - Parameter path: a folder of the repository; nil for where the command is called.
    /// - Throws: `Ended` when there is no repository, with its sentence printed.
    init(at path: String? = nil) async throws {
        var git = GitProgram(environment: ChildEnvironment.own())
        if let path {
            // What is named counts, whatever git says of where the command is called.
            git.environment["GIT_DIR"] = nil
            git.environment["GIT_WORK_TREE"] = nil
            git.directory = path
            guard FileManager.default.fileExists(atPath: path) else {
                throw Ended(FailureReport(.git(.notARepository(path: path))).say())
            }
        }
        do {
            location = try await RepositoryLocation(git)
        } catch {
            throw Ended(FailureReport(.git(error)).say())
        }
    }

    /// The settings from options given like push options, environment and git's configuration.
    ///
    /// - Throws: `Ended` when one of them is wrong, with its sentence printed.
    func settings(options: [String] = []) async throws -> PushSettings {
        let config: GitConfig
        do { config = try await GitConfig.load(location.git) } catch { throw Ended(FailureReport(.git(error)).say()) }
        do {
            return try PushSettings(options: options, environment: environment, gitConfig: { config[$0] })
        } catch {
            throw Ended(FailureReport(error).say())
        }
    }

    /// The commit that `revision` names.
    ///
    /// - Throws: `Ended` when it names none, with its sentence printed.
    func commit(_ revision: String) async throws -> ObjectID {
        do {
            return try await location.commit(revision)
        } catch {
            throw Ended(FailureReport(.git(error)).say())
        }
    }

    /// Reads the tree of a commit on a thread of its own.
    ///
    /// - Throws: `Ended` when the commit cannot be read, with its sentence printed.
    func reading<Result: Sendable>(
        _ id: ObjectID, _ body: @escaping @Sendable (any SourceTree) -> Result
    ) async throws -> Result {
        let location = location
        let read = await BlockingThread.run {
            Swift.Result { () throws(GitError) in
                let repository = location.repository()
                return body(CommitTree(repository.tree(of: try repository.commit(id))))
            }
        }
        switch read {
        case .success(let result): return result
        case .failure(let error): throw Ended(FailureReport(.git(error)).say())
        }
    }
}
