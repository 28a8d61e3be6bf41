/// One entry of a commit's tree.
package enum TreeEntry: Sendable, ExpressibleByStringLiteral {
    case file([UInt8])
    case program([UInt8])
    case link(to: String)
    /// The path goes away.
    case removed

    package init(stringLiteral text: String) { self = .file(Array(text.utf8)) }

    package static func text(_ text: String) -> TreeEntry { .file(Array(text.utf8)) }
}

/// A commit to make: its changes on top of the branch it stands on.
package struct TestCommit: Sendable {
    package var branch: String
    package var message: String
    package var changes: [String: TreeEntry]
    /// Where it stands on; the branch's own tip by default, if there is one.
    package var base: String?

    /// `branch` is a short branch name, or a full ref name that starts with `refs/`; `base` a ref or commit to stand on
    /// instead of the branch's tip.
    package init(
        _ changes: [String: TreeEntry], message: String = "a commit", on branch: String = "main", base: String? = nil
    ) {
        self.branch = branch
        self.message = message
        self.changes = changes
        self.base = base
    }

    fileprivate var ref: String { branch.hasPrefix("refs/") ? branch : "refs/heads/" + branch }
}

/// A repository in the scratch folder.
package struct TestRepository: Sendable {
    package let fixture: GitFixture
    /// The bare repository, or the work tree.
    package let path: String

    package init(fixture: GitFixture, path: String) {
        self.fixture = fixture
        self.path = path
    }

    /// Runs `git` in it.
    @discardableResult
    package func git(
        _ arguments: String..., environment: [String: String?] = [:], timeout: Duration = .seconds(50)
    ) async throws -> GitFixture.Ran {
        try await fixture.run(["git"] + arguments, in: path, environment: environment, timeout: timeout)
    }

    /// The full id of a commit.
    ///
    /// - Throws: when there is no such commit.
    package func commitID(_ name: String = "HEAD") async throws -> String {
        try await git("rev-parse", "--verify", name + "^{commit}").check().line
    }

    /// Makes commits by one `git fast-import`; a work tree does not follow.
    ///
    /// - Returns: their full ids, in order.
    @discardableResult
    package func commit(_ commits: [TestCommit]) async throws -> [String] {
        var unread: Set<String> = []
        for ref in Set(commits.map(\.ref)) {
            if try await git("rev-parse", "--verify", "--quiet", ref).status == 0 { unread.insert(ref) }
        }
        var stream: [UInt8] = []
        for (index, commit) in commits.enumerated() {
            // A branch of this stream goes on by itself; `from` it would be "from itself", which is refused.
            stream += commit.stream(mark: index + 1, continues: unread.remove(commit.ref) != nil)
        }
        stream += Array("done\n".utf8)
        let ran = try await fixture.run(
            ["git", "fast-import", "--quiet", "--done", "--force", "--date-format=raw"], in: path, input: stream
        ).check()
        return ran.output.split(separator: "\n").map(String.init)
    }
}

extension TestCommit {
    fileprivate func stream(mark: Int, continues: Bool) -> [UInt8] {
        var head = "commit \(ref)\nmark :\(mark)\n"
        head += "author A U Thor <author@example.com> \(1_767_225_600 + mark) +0000\n"
        head += "committer C O Mitter <committer@example.com> \(1_767_225_600 + mark) +0000\n"
        head += "data \(message.utf8.count)\n\(message)\n"
        if let base {
            head += "from \(base)\n"
        } else if continues {
            head += "from \(ref)^0\n"
        }
        var stream = Array(head.utf8)
        for (path, entry) in changes.sorted(by: { $0.key < $1.key }) {
            switch entry {
            case .file(let bytes): stream += inline("100644", path, bytes)
            case .program(let bytes): stream += inline("100755", path, bytes)
            case .link(let target): stream += inline("120000", path, Array(target.utf8))
            case .removed: stream += Array("D \(quoted(path))\n".utf8)
            }
        }
        return stream + Array("\nget-mark :\(mark)\n".utf8)
    }

    private func inline(_ mode: String, _ path: String, _ bytes: [UInt8]) -> [UInt8] {
        Array("M \(mode) inline \(quoted(path))\ndata \(bytes.count)\n".utf8) + bytes + [UInt8(ascii: "\n")]
    }

    /// The path in git's C style where it has to be.
    private func quoted(_ path: String) -> String {
        guard path.contains(where: { $0 == "\"" || $0 == "\n" || $0 == "\\" }) || path.first == " " else { return path }
        var out = "\""
        for character in path {
            switch character {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out.append(character)
            }
        }
        return out + "\""
    }
}

extension GitFixture {
    /// Makes a bare repository with `main` as its branch, and commits in it.
    package func bareRepository(
        _ name: String, _ commits: [TestCommit] = [], objectFormat: String = "sha1"
    ) async throws -> TestRepository {
        try await run(
            "git", "init", "--quiet", "--bare", "--initial-branch=main", "--object-format=\(objectFormat)", path(name)
        ).check()
        let repository = TestRepository(fixture: self, path: path(name))
        if !commits.isEmpty { try await repository.commit(commits) }
        return repository
    }

    /// Makes a repository with a work tree, and commits in it; `main` is checked out when it has any.
    package func repository(
        _ name: String, _ commits: [TestCommit] = [], objectFormat: String = "sha1"
    ) async throws -> TestRepository {
        try await run(
            "git", "init", "--quiet", "--initial-branch=main", "--object-format=\(objectFormat)", path(name)
        ).check()
        let repository = TestRepository(fixture: self, path: path(name))
        if !commits.isEmpty {
            try await repository.commit(commits)
            if commits.contains(where: { $0.ref == "refs/heads/main" }) {
                try await repository.git("reset", "--quiet", "--hard").check()
            }
        }
        return repository
    }
}
