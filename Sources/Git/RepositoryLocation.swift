/// Where a repository is, found by `git` from a directory: a subdirectory, a linked work tree and a bare repository do.
package struct RepositoryLocation: Sendable {
    /// The git directory, of the work tree where that is a linked one.
    package let gitDirectory: String
    /// The git directory that all work trees share.
    package let commonDirectory: String
    /// The root of the work tree, nil in a bare repository.
    package let workTree: String?
    /// Whether the repository is bare.
    package let isBare: Bool
    package let git: GitProgram

    /// - Throws: `GitError.notARepository` when `git` finds none, `.programNotStarted` when there is no `git`.
    package init(_ git: GitProgram) async throws(GitError) {
        // In a bare repository the last question fails, after the others were answered.
        let output = try await git.run([
            "rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-bare-repository", "--show-toplevel",
        ])
        let lines = Self.lines(output.standardOutput)
        guard lines.count >= 3 else { throw .notARepository(path: git.directory ?? ".") }
        gitDirectory = lines[0]
        commonDirectory = lines[1]
        isBare = lines[2] == "true"
        self.git = git
        workTree = output.status == 0 && lines.count == 4 ? lines[3] : nil
    }

    /// The commit that `revision` names.
    ///
    /// - Throws: `GitError.unknownRevision` when it names none.
    package func commit(_ revision: String) async throws(GitError) -> ObjectID {
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"]
        let output = try await git.run(arguments)
        guard output.status == 0, let id = Self.lines(output.standardOutput).first.flatMap({ ObjectID($0) }) else {
            throw .unknownRevision(revision)
        }
        return id
    }

    /// The branch that `revision` is, or that HEAD stands for; nil where it is another name of a commit.
    ///
    /// - Throws: `GitError.programNotStarted` when there is no `git`.
    package func branch(_ revision: String) async throws(GitError) -> String? {
        let arguments = ["rev-parse", "--quiet", "--verify", "--symbolic-full-name", "--end-of-options", revision]
        let output = try await git.run(arguments)
        let prefix = "refs/heads/"
        guard output.status == 0,
            let name = Self.lines(output.standardOutput).first(where: { $0.hasPrefix(prefix) })
        else { return nil }
        return String(name.dropFirst(prefix.count))
    }

    /// Opens the object database; for use on a `BlockingThread`.
    package func repository() -> Repository {
        Repository(gitDirectory: gitDirectory, git: git)
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
