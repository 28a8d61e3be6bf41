import HephyTestSupport
import Testing

/// A work tree whose remote `origin` is a bare repository with hephy's hooks in it; whoever pushes needs nothing but git.
struct HookScene {
    let local: LocalScene
    let bare: TestRepository

    var fixture: GitFixture { local.fixture }
    var work: TestRepository { local.work }

    /// Runs `body` with `commits` in the work tree, none of them pushed yet.
    ///
    /// - Parameters:
    ///   - builder: what builds.
    ///   - commits: what is in the work tree.
    ///   - options: of `hephy hook install`; nil installs nothing.
    ///   - body: the test.
    /// - Throws: whatever `body` throws, or what hindered the scene from being set up.
    static func with(
        _ builder: LocalScene.Builder = .steps([:]), _ commits: [TestCommit] = [LocalScene.buildable],
        installing options: [String]? = [], _ body: (HookScene) async throws -> Void
    ) async throws {
        try await LocalScene.with(builder, commits) { local in
            let bare = try await local.fixture.bareRepository("app.git")
            try await local.work.git("remote", "add", "origin", bare.path).check()
            let scene = HookScene(local: local, bare: bare)
            if let options { try await scene.hook(["install"] + options + [bare.path]).check() }
            try await body(scene)
        }
    }

    /// `hephy hook` with these arguments.
    func hook(_ arguments: [String], in folder: String? = nil) async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy", "hook"] + arguments, in: folder ?? bare.path,
            environment: local.environment)
    }

    /// `git push` to `origin`, of `main` where nothing else is named.
    func push(_ arguments: String..., environment: [String: String?] = [:]) async throws -> GitFixture.Ran {
        try await local.fixture.run(
            ["git", "push"] + (arguments.isEmpty ? ["origin", "main"] : arguments), in: work.path,
            environment: local.environment.merging(environment) { _, own in own }, timeout: .seconds(110))
    }

    /// What the bare repository's `ref` leads to; nil where there is none.
    func landed(_ ref: String = "refs/heads/main") async throws -> String? {
        let ran = try await bare.git("rev-parse", "--verify", "--quiet", ref)
        return ran.status == 0 ? ran.line : nil
    }
}

extension GitFixture.Ran {
    /// What the server said: the lines behind `remote: `, without the spaces that git puts at their ends.
    var remote: [String] {
        errors.split(separator: "\n").filter { $0.hasPrefix("remote: ") }.map { line in
            String(line.dropFirst("remote: ".count).reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension LocalScene {
    /// What programs of the server find where they are started by a daemon or sshd.
    var serverVariables: [String: String] {
        var variables: [String: String] = [:]
        for name in ["PATH", "CONTAINERS_STORAGE_CONF", "BUILDAH_ISOLATION"] {
            variables[name] = environment[name] ?? nil
        }
        for name in ["HOME", "XDG_DATA_HOME"] { variables[name] = fixture.environment[name] }
        return variables
    }

    /// A PATH without hephy's programs.
    var plainPath: String {
        (fixture.environment["PATH"] ?? "").split(separator: ":").filter { $0 != GitFixture.builtPrograms }
            .joined(separator: ":")
    }
}
