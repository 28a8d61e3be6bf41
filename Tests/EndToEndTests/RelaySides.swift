import HephyTestSupport
import Testing

/// The same repositories twice, one pair reached by git's own transport and one through hephy, so that each command can be
/// given to both and compared.
struct RelaySides {
    /// A work tree with the remote `forge`, and the bare repository behind it.
    struct Side {
        let work: TestRepository
        let bare: TestRepository
        let url: String
        /// The URL without `hephy::`.
        let plainURL: String
        let environment: [String: String?]

        func git(_ arguments: [String]) async throws -> GitFixture.Ran {
            let arguments = arguments.map { $0 == "URL" ? url : $0 }
            return try await work.fixture.run(["git"] + arguments, in: work.path, environment: environment)
        }

        /// Text in which what tells the sides apart is replaced; git-lfs shows its progress when there is time to.
        func normalised(_ text: String) -> String {
            // `From` names the URL without `.git`.
            [url, plainURL].flatMap { [$0, $0.hasSuffix(".git") ? String($0.dropLast(4)) : $0] }
                .reduce(text) { $0.replacing($1, with: "<url>") }
                .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains(" LFS objects: ") }
                .joined(separator: "\n").replacing(work.path, with: "<work>").replacing(bare.path, with: "<bare>")
        }

        /// Every ref of both repositories with what it points at.
        func refs() async throws -> String {
            let local = try await work.git("for-each-ref").check().output
            return local + "--- bare\n" + (try await bare.git("for-each-ref").check().output)
        }
    }

    let plain: Side
    let relayed: Side

    /// Commits that both work trees hold; the bare repositories have the first of `main`, `old` and the tag `kept`.
    static let commits = [
        TestCommit(["README": "one\n"], message: "one"),
        TestCommit(["README": "two\n", "docs/more": "more\n"], message: "two"),
        TestCommit(["topic": "topic\n"], message: "topic", on: "topic", base: "refs/heads/main"),
        TestCommit(["README": "other\n"], message: "other", on: "other"),
    ]

    /// Runs `body` with both sides behind one double.
    static func with(
        git settings: GitHubScenario.Git? = nil, faults: [GitHubScenario.Fault] = [],
        _ body: (RelaySides) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let plain = try await repositories("plain", in: fixture)
            let relayed = try await repositories("hephy", in: fixture)
            var scenario = GitHubScenario(
                repositories: ["plain/api": .init(plain.bare), "hephy/api": .init(relayed.bare)], faults: faults)
            scenario.git = settings
            try await GitHubDouble.with(scenario, in: fixture) { double in
                let environment = try double.environment(token: "gho_owner")
                let sides = RelaySides(
                    plain: Side(
                        work: plain.work, bare: plain.bare, url: double.url("plain/api"),
                        plainURL: double.url("plain/api"), environment: environment),
                    relayed: Side(
                        work: relayed.work, bare: relayed.bare, url: double.hephyURL("hephy/api"),
                        plainURL: double.url("hephy/api"), environment: environment))
                for side in [sides.plain, sides.relayed] {
                    try await side.work.git("remote", "add", "forge", side.url).check()
                }
                try await body(sides)
            }
        }
    }

    /// Runs `body` with the repositories reached through `url`, which makes of a bare repository's path what git is given.
    static func with(
        url: (_ path: String) -> String, in fixture: GitFixture, environment: [String: String?] = [:],
        objectFormat: String = "sha1", _ body: (RelaySides) async throws -> Void
    ) async throws {
        func side(_ name: String, prefix: String) async throws -> Side {
            let (work, bare) = try await repositories(name, in: fixture, objectFormat)
            let plainURL = url(bare.path)
            try await work.git("remote", "add", "forge", prefix + plainURL).check()
            return Side(
                work: work, bare: bare, url: prefix + plainURL, plainURL: plainURL, environment: environment)
        }
        try await body(
            RelaySides(plain: side("plain", prefix: ""), relayed: side("hephy", prefix: "hephy::")))
    }

    private static func repositories(
        _ name: String, in fixture: GitFixture, _ objectFormat: String = "sha1"
    ) async throws -> (work: TestRepository, bare: TestRepository) {
        let work = try await fixture.repository("\(name)/work", commits, objectFormat: objectFormat)
        let bare = try await fixture.bareRepository("\(name)/api.git", objectFormat: objectFormat)
        try await work.git(
            "push", "--quiet", bare.path, "main~1:refs/heads/main", "other:refs/heads/old", "main~1:refs/tags/kept"
        ).check()
        try await work.git("tag", "light", "main").check()
        try await work.git("tag", "-a", "-m", "a tag", "heavy", "main").check()
        return (work, bare)
    }

    /// Gives `arguments` to git on both sides (`URL` stands for the side's own) and expects the same of both: status,
    /// standard output and, but for hephy's own lines, standard error.
    @discardableResult
    func run(
        _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GitFixture.Ran {
        let expected = try await plain.git(arguments)
        let ran = try await relayed.git(arguments)
        #expect(ran.status == expected.status, "\(ran)", sourceLocation: sourceLocation)
        #expect(
            relayed.normalised(ran.output) == plain.normalised(expected.output), "\(arguments)",
            sourceLocation: sourceLocation)
        // What git says beside its table where it has the connection itself, for it ends that in the middle.
        func compared(_ text: String, on side: Side) -> String {
            side.normalised(text).split(separator: "\n")
                .filter { line in
                    let own = ["hephy: ", "error: atomic push failed for ref ", "fatal: the remote end hung up unexp"]
                    return !own.contains { line.hasPrefix($0) }
                }.joined(separator: "\n")
        }
        #expect(
            compared(ran.errors, on: relayed) == compared(expected.errors, on: plain), "\(arguments)",
            sourceLocation: sourceLocation)
        return ran
    }

    /// Plays all of `entry` on both sides, whose servers let it be filtered, and expects the same refs at the end.
    func play(_ entry: ServiceCases.Case) async throws {
        for side in [plain, relayed] {
            try await side.bare.git("config", "uploadpack.allowFilter", "true").check()
        }
        for step in entry.steps { try await run(step.split(separator: " ").map(String.init)) }
        try await expectSameRefs()
    }

    /// Expects the same refs everywhere on both sides.
    func expectSameRefs(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let expected = try await plain.refs()
        #expect(try await relayed.refs() == expected, sourceLocation: sourceLocation)
    }
}
