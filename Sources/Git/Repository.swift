/// One repository, read through its object database; the work tree and the index are never looked at.
///
/// Reads go to libgit2 and, where it cannot open the repository or read the object, to `git cat-file`. They may block, so
/// they belong on a `BlockingThread`.
package final class Repository {
    private let library: LibraryObjectReader?
    private let git: GitProgram
    private var program: ProgramObjectReader?

    /// - Parameters:
    ///   - gitDirectory: the repository's git directory, as `git rev-parse --git-common-dir` or GIT_DIR says it.
    ///   - git: the program that answers where libgit2 cannot; it must run in that repository.
    package init(gitDirectory: String, git: GitProgram) {
        library = try? LibraryObjectReader(gitDirectory: gitDirectory)
        self.git = git
    }

    /// A repository of which no more than a handful of objects will be read, all of them by `git`.
    ///
    /// Some builds of libgit2 read every certificate of the machine when they start, which takes several times as long
    /// as the start of a `git cat-file` (Debian's 1.5: 12 ms against 3).
    ///
    /// - Parameter git: the program; it must run in that repository.
    package init(forFewReadsBy git: GitProgram) {
        library = nil
        self.git = git
    }

    /// Starts the `git` that reads, where it has not been needed yet: its start takes longer than a read.
    func start() {
        _ = try? startedProgram()
    }

    /// Whether libgit2 serves this repository; otherwise every read goes through `git`.
    package var isReadByLibrary: Bool { library != nil }

    /// The commit that `id` names, directly or through annotated tags.
    ///
    /// - Throws: `GitError.unknownRevision` when it is no commit or not here, `.unreadableObject` when it is broken.
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        var next = id
        // Tags of tags are legal; a chain of more than a few is somebody's joke.
        for _ in 0..<16 {
            let object = try read(next, limit: 1 << 20)
            switch object.kind {
            case .commit: return try Commit(next, raw: object.bytes)
            case .tag:
                guard let target = Commit.header("object", in: object.bytes).flatMap({ ObjectID($0) }) else {
                    throw .unreadableObject(id: next.hex, reason: "a tag without an object")
                }
                next = target
            case .tree, .blob: throw .unknownRevision(id.hex)
            }
        }
        throw .unknownRevision(id.hex)
    }

    /// The id of the object that `revision` names, in any form that git understands; nil where it names none.
    package func id(of revision: String) -> ObjectID? {
        if let id = library?.id(of: revision) { return id }
        return try? startedProgram().id(of: revision)
    }

    /// The tree of a commit.
    package func tree(of commit: Commit) -> Tree {
        Tree(root: commit.tree, of: self)
    }

    /// Reads one object from libgit2 or, where that does not have it or fails in any way, from `git`.
    func read(_ id: ObjectID, limit: Int) throws(GitError) -> RawObject {
        var hasFailed = false
        do {
            if let object = try library?.object(id, limit: limit) { return object }
        } catch let error as ObjectTooLarge {
            throw .objectTooLarge(id: id.hex, size: error.size, limit: limit)
        } catch {
            hasFailed = true
        }
        do {
            if let object = try startedProgram().object(id, limit: limit) { return object }
        } catch let error as ObjectTooLarge {
            throw .objectTooLarge(id: id.hex, size: error.size, limit: limit)
        } catch {
            // It ends at what it cannot read.
            program = nil
            hasFailed = true
        }
        guard hasFailed else { throw .unknownRevision(id.hex) }
        throw .unreadableObject(id: id.hex, reason: complaint(about: id))
    }

    /// What `git` says first when it is asked for an object that cannot be read.
    private func complaint(about id: ObjectID) -> String {
        for question in ["-t", "-p"] {
            let output = try? ChildExchange().run(
                "git", git.words(["cat-file", question, id.hex]), environment: git.environment, input: [],
                outputLimit: 1 << 20)
            let said = output.map { String(decoding: $0.standardError, as: UTF8.self) } ?? ""
            guard let line = said.split(separator: "\n").first else { continue }
            let prefix = ["fatal: ", "error: "].first { line.hasPrefix($0) } ?? ""
            return String(line.dropFirst(prefix.count))
        }
        return "git cat-file failed"
    }

    private func startedProgram() throws(GitError) -> ProgramObjectReader {
        if let program { return program }
        let started = try ProgramObjectReader(git)
        program = started
        return started
    }
}
