import HephyTestSupport
import Testing

/// The sides of `RelaySides` with files that the real git-lfs keeps, none of which the servers have yet.
enum LFSSides {
    /// The bytes of `a.bin`, `b.bin` and so on: git-lfs's own limits of size play no part.
    static func content(_ name: String) -> [UInt8] { Array("\(name): ".utf8) + (0..<4000).map { UInt8($0 % 251) } }

    /// Settings as `git lfs install` makes them for a user.
    static let filter = [
        ("filter.lfs.clean", "git-lfs clean -- %f"), ("filter.lfs.smudge", "git-lfs smudge -- %f"),
        ("filter.lfs.process", "git-lfs filter-process"), ("filter.lfs.required", "true"),
    ]

    /// How the repositories are reached: the plain URL of `OWNER/NAME`, and what git has to be told for it.
    typealias Way = (url: (String) -> String, environment: [String: String?])

    /// Runs `body` with `a.bin` committed on `main` of both sides; each side's remote is `forge`.
    ///
    /// `hephyURL` gives the URL of the relayed side's remote from the plain one; `settings` are git's for both sides, after
    /// git-lfs's own; `way` makes another way than http to the repositories, whose paths it gets by `OWNER/NAME`.
    static func with(
        auth: GitHubScenario.Git.Auth = .push, locks: [String: String]? = nil, settings: [(String, String)] = filter,
        way: (GitHubDouble, [String: String]) async throws -> Way = { double, _ in ({ double.url($0) }, [:]) },
        hephyURL: (String) -> String = { "hephy::" + $0 }, _ body: (RelaySides) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            var scenario = GitHubScenario(repositories: [:])
            var repositories: [(work: TestRepository, bare: TestRepository)] = []
            for owner in ["plain", "hephy"] {
                let work = try await fixture.repository("\(owner)/work")
                let bare = try await fixture.bareRepository("\(owner)/api.git")
                scenario.repositories["\(owner)/api"] = .init(bare)
                repositories.append((work, bare))
            }
            scenario.git = .init(auth: auth)
            scenario.lfs = locks.map { .init(locks: $0) }
            try await GitHubDouble.with(scenario, in: fixture) { double in
                var environment = try double.environment(token: "gho_owner")
                environment["GIT_CONFIG_GLOBAL"] = try fixture.write(
                    configuration(settings), to: "home/.gitconfig")
                let way = try await way(double, scenario.repositories.mapValues(\.bare))
                environment.merge(way.environment) { _, new in new }
                let sides = ["plain", "hephy"].enumerated().map { index, owner in
                    let url = way.url("\(owner)/api")
                    return RelaySides.Side(
                        work: repositories[index].work, bare: repositories[index].bare,
                        url: index == 0 ? url : hephyURL(url), plainURL: url, environment: environment)
                }
                for side in sides {
                    try await side.git(["remote", "add", "forge", side.url]).check()
                    try await side.git(["lfs", "install", "--local"]).check()
                    try await commit("a.bin", in: side)
                }
                try await body(RelaySides(plain: sides[0], relayed: sides[1]))
            }
        }
    }

    private static func configuration(_ settings: [(String, String)]) -> String {
        settings.map { key, value in
            let words = key.split(separator: ".")
            return "[\(words[0]) \"\(words[1])\"]\n\t\(words[2]) = \(value)\n"
        }.joined()
    }

    /// Adds the file `name`, which git-lfs tracks, to the branch that is checked out.
    static func commit(_ name: String, in side: RelaySides.Side) async throws {
        try side.work.fixture.write(
            "*.bin filter=lfs diff=lfs merge=lfs -text\n", to: side.work.path + "/.gitattributes")
        try side.work.fixture.write(content(name), to: side.work.path + "/" + name)
        try await side.git(["add", "-A"]).check()
        try await side.git(["commit", "--quiet", "-m", name]).check()
    }
}

extension RelaySides {
    /// Expects the file `name` of `folder`, below the work tree, to have its real content on both sides.
    func expectContent(
        of name: String, in folder: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for side in [plain, relayed] {
            let found = try await side.work.fixture.run("cat", "\(folder)/\(name)", in: side.work.path)
            #expect(found.standardOutput == LFSSides.content(name), "\(side.url)", sourceLocation: sourceLocation)
        }
    }

    /// The objects that git-lfs has brought to the bare repository of each side.
    func storedObjects() async throws -> (plain: [String], relayed: [String]) {
        func names(_ side: Side) async throws -> [String] {
            let found = try await side.work.fixture.run(
                "find", ".", "-path", "./lfs/objects/*", "-type", "f", in: side.bare.path)
            return found.output.split(separator: "\n").map(String.init).sorted()
        }
        return (try await names(plain), try await names(relayed))
    }

    /// Expects the same objects, `count` of them, behind both sides.
    func expectStored(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let stored = try await storedObjects()
        #expect(stored.plain.count == count, sourceLocation: sourceLocation)
        #expect(stored.relayed == stored.plain, sourceLocation: sourceLocation)
    }
}
