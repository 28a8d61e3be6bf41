import Forge
import Git

/// A repository whose hooks are installed, looked at or taken away.
struct HookSite: Sendable {
    let location: RepositoryLocation
    /// git, at work where its hooks are run.
    let git: GitProgram
    /// The folder of the hooks.
    let folder: String
    /// The configuration file that all work trees share.
    let configuration: String
    /// Where hephy keeps what it has to remember of the repository.
    let memory: String

    /// Finds the folder by git's own rules, `core.hooksPath` included.
    ///
    /// - Parameters:
    ///   - location: the repository.
    ///   - isClient: whether it is about the hooks of a work tree, where git runs those of a push.
    ///   - usesHooks: whether hooks are looked at or changed at all.
    /// - Throws: `DeliveryError` when git does not tell, or the folder belongs to more than this repository.
    init(
        _ location: RepositoryLocation, isClient: Bool, usesHooks: Bool = true
    ) async throws(DeliveryError) {
        self.location = location
        let base = isClient ? location.workTree ?? location.gitDirectory : location.gitDirectory
        var git = GitProgram(environment: location.git.environment, directory: base)
        git.environment["GIT_DIR"] = location.gitDirectory
        git.environment["GIT_WORK_TREE"] = isClient ? location.workTree : nil
        self.git = git
        let scope = try await Self.lines(git, ["config", "--show-scope", "--get", "core.hooksPath"], mayFail: true)
        folder = Self.absolute(try await Self.lines(git, ["rev-parse", "--git-path", "hooks"]).first ?? "hooks", base)
        if let scope = scope.first?.split(separator: "\t").first, usesHooks, scope == "global" || scope == "system" {
            throw .hook(.sharedFolder(path: folder, scope: String(scope)))
        }
        let common = try await Self.lines(git, ["rev-parse", "--git-common-dir"]).first ?? "."
        let directory = Self.absolute(common, base)
        configuration = "\(directory)/config"
        memory = "\(directory)/hephy"
    }

    /// The hook of this name.
    func file(_ name: HookName) -> HookFile { HookFile(name: name, folder: folder) }

    /// Runs `git config` with these arguments; what it says is an error, unless its status is 5: there was nothing to
    /// unset.
    func configure(_ arguments: String...) async throws(DeliveryError) {
        do throws(GitError) {
            let arguments = ["config", "--local"] + arguments
            let ran = try await git.run(arguments)
            guard ran.status == 0 || ran.status == 5 else {
                throw .commandFailed(arguments: arguments, status: ran.status, message: ran.standardError)
            }
        } catch {
            throw .git(error)
        }
    }

    /// The repository's own configuration.
    func localConfiguration() async throws(DeliveryError) -> GitConfig {
        do { return try await GitConfig.load(git, from: ["--local"]) } catch { throw .git(error) }
    }

    private static func lines(
        _ git: GitProgram, _ arguments: [String], mayFail: Bool = false
    ) async throws(DeliveryError) -> [String] {
        do throws(GitError) {
            let ran = try await git.run(arguments)
            guard ran.status == 0 || mayFail else {
                throw .commandFailed(arguments: arguments, status: ran.status, message: ran.standardError)
            }
            return ran.standardOutput.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw .git(error)
        }
    }

    private static func absolute(_ path: String, _ base: String) -> String {
        path.hasPrefix("/") ? path : path == "." ? base : "\(base)/\(path)"
    }
}
