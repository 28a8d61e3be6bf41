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
        /// Texts that are shown for the URL where a rule of the user's makes another one of it.
        var otherURLs: [String] = []

        /// Runs git; `URL` at the start of a word stands for the side's own, `BARE` for the path behind it.
        func git(_ arguments: [String]) async throws -> GitFixture.Ran {
            let arguments = arguments.map { word in
                for (name, value) in [("URL", url), ("BARE", bare.path)] where word.hasPrefix(name) {
                    return value + word.dropFirst(name.count)
                }
                return word
            }
            return try await work.fixture.run(["git"] + arguments, in: work.path, environment: environment)
        }

        /// Text in which what tells the sides apart is replaced, and of a line of progress the last that was drawn; git-lfs
        /// shows its progress when there is time to.
        func normalised(_ text: String) -> String {
            // `From` names the URL without `.git`.
            ([url, plainURL] + otherURLs).flatMap { [$0, $0.hasSuffix(".git") ? String($0.dropLast(4)) : $0] }
                .reduce(text) { $0.replacing($1, with: "<url>") }
                .split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains(" LFS objects: ") }
                .map(Self.drawn).joined(separator: "\n").replacing(work.path, with: "<work>").replacing(
                    bare.path, with: "<bare>")
        }

        /// The line as it stands in the end; the speed of a pack and its size are nobody's promise, and which of a server's
        /// lines are padded depends on it.
        private static func drawn(_ line: Substring) -> String {
            var last = line.split(separator: "\r").last ?? line
            while last.hasSuffix(" ") { last.removeLast() }
            guard last.hasSuffix("/s, done."), let count = last.lastIndex(of: ")") else { return String(last) }
            return last[...count] + ", done."
        }

        /// Everything of all repositories of the side; see ``SideState``.
        func state() async throws -> String {
            let folder = String(work.path.dropLast("/work".count))
            let script = "quiet() { git \"$@\"; }\n" + SideState.script
            let text = normalised(try await work.fixture.run("sh", "-c", script, in: folder).check().output)
            return text.replacing(folder, with: "<side>")
        }

        /// Every ref of both repositories with what it points at.
        func refs() async throws -> String {
            let local = try await work.git("for-each-ref").check().output
            return local + "--- bare\n" + (try await bare.git("for-each-ref").check().output)
        }
    }

    let plain: Side
    let relayed: Side
    /// What is counted besides: how often a side has connected to whom since this was called the last time.
    var connections: @Sendable () throws -> [Int] = { [] }

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
        objectFormat: String = "sha1", below folder: String = "", _ body: (RelaySides) async throws -> Void
    ) async throws {
        func side(_ name: String, prefix: String) async throws -> Side {
            let (work, bare) = try await repositories(folder + name, in: fixture, objectFormat)
            let plainURL = url(bare.path)
            try await work.git("remote", "add", "forge", prefix + plainURL).check()
            return Side(
                work: work, bare: bare, url: prefix + plainURL, plainURL: plainURL, environment: environment)
        }
        try await body(
            RelaySides(plain: side("plain", prefix: ""), relayed: side("hephy", prefix: "hephy::")))
    }

    static func repositories(
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
    /// standard output and, but for hephy's own lines and those that begin as `unsaid` says, standard error.
    @discardableResult
    func run(
        _ arguments: [String], unsaid: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> GitFixture.Ran {
        _ = try connections()
        let expected = try await plain.git(arguments)
        let expectedConnections = try connections()
        let ran = try await relayed.git(arguments)
        #expect(try connections() == expectedConnections, "\(arguments)", sourceLocation: sourceLocation)
        #expect(ran.status == expected.status, "\(ran)", sourceLocation: sourceLocation)
        #expect(
            relayed.normalised(ran.output) == plain.normalised(expected.output), "\(arguments)",
            sourceLocation: sourceLocation)
        func compared(_ text: String, on side: Side) -> String {
            let lines = side.normalised(text).split(separator: "\n")
                .filter { line in !(["hephy: "] + unsaid).contains { line.hasPrefix($0) } }
            // Both ends of the connection draw at once.
            return (arguments.contains("--progress") ? lines.sorted() : lines).joined(separator: "\n")
        }
        #expect(
            compared(ran.errors, on: relayed) == compared(expected.errors, on: plain), "\(arguments)",
            sourceLocation: sourceLocation)
        return ran
    }

    /// Plays all of `entry` on both sides, whose servers let it be filtered, and expects the same of all at the end.
    func play(_ entry: ServiceCases.Case) async throws {
        for side in [plain, relayed] {
            try await side.bare.git("config", "uploadpack.allowFilter", "true").check()
        }
        for step in entry.steps { try await run(step.split(separator: " ").map(String.init), unsaid: entry.unsaid) }
        try await expectSameState()
    }

    /// Expects the same refs everywhere on both sides.
    func expectSameRefs(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let expected = try await plain.refs()
        #expect(try await relayed.refs() == expected, sourceLocation: sourceLocation)
    }

    /// Expects the same refs, objects, configuration and reflogs in all repositories of both sides.
    func expectSameState(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let expected = try await plain.state()
        let found = try await relayed.state()
        #expect(CommandPair.difference(found, expected) == "", sourceLocation: sourceLocation)
    }
}
