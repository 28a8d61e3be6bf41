import HephyTestSupport
import Testing

/// A script that is run twice, once against a plain http remote and once against the same through hephy, from the same
/// state, and has to do the same both times.
///
/// Compared are the statuses of all git commands and standard output; standard error, but for the lines of hephy's that
/// the case names; every request that the server saw; and at the end the refs, objects, configuration and reflogs of all
/// repositories of the side. What tells the sides apart is replaced: `hephy::` before a URL and the side's folder.
struct CommandPair: Sendable, CustomTestStringConvertible {
    /// How the second side reaches hephy.
    enum Way: String, Sendable {
        case prefix = "hephy"
        /// By `remote.forge.vcs`; the script then names the remote `forge` and no URL.
        case vcs
    }

    var name: String
    /// How the server serves `$URL`, see `Tests/doubles/git-server/forms.py`.
    var form: String
    /// Run by `sh` in the work tree, with `git` as a function that tells each status; see ``Stage``.
    var script: String
    /// For how many refs hephy says that there is nothing to follow, as each commit here is without a workflow.
    var follows: Int
    /// What else hephy says.
    var says: [String]
    var way: Way
    /// Text that the plain side's standard output or error has to hold, so that the case is what it means to be.
    var expects: [String]
    /// Whether standard error is looked at.
    var comparesErrors: Bool

    init(
        _ name: String, form: String = "smart", expects: [String] = [], _ script: String, follows: Int = 0,
        says: [String] = [], way: Way = .prefix, comparesErrors: Bool = true
    ) {
        self.name = name
        self.form = form
        self.script = script
        self.follows = follows
        self.says = says
        self.expects = expects
        self.way = way
        self.comparesErrors = comparesErrors
    }

    var testDescription: String { way == .vcs ? "\(name), by vcs" : name }

    /// Runs both sides on the stage of the suite and compares them.
    ///
    /// - Throws: when a side cannot be run.
    func compare(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let stage = try #require(Stage.current, "the suite has no stage", sourceLocation: sourceLocation)
        let folder = stage.fixture.uniqueName("case")
        let plain = try await stage.run(self, "plain", in: folder)
        let ours = try await stage.run(self, way.rawValue, in: folder)
        let label: Comment = "\(testDescription)\n\(ours)"
        #expect(
            Self.difference(ours.output, plain.output) == "", "standard output; \(label)",
            sourceLocation: sourceLocation)
        var said: [String] = []
        var rest: [Substring] = []
        for line in ours.errors.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("hephy: ") { said.append(String(line.dropFirst(7))) } else { rest.append(line) }
        }
        if comparesErrors {
            #expect(
                Self.difference(rest.joined(separator: "\n"), plain.errors) == "", "standard error; \(label)",
                sourceLocation: sourceLocation)
        }
        let nothing = Array(repeating: "nothing to follow: <id> has no workflow", count: follows)
        #expect((nothing + says).sorted() == said.map(Self.withoutIDs).sorted(), label, sourceLocation: sourceLocation)
        #expect(
            !ours.errors.contains("sesame"), "the value of a header is shown; \(label)", sourceLocation: sourceLocation)
        for text in expects {
            let found = plain.output.contains(text) || plain.errors.contains(text)
            #expect(found, "'\(text)' in \(plain)", sourceLocation: sourceLocation)
        }
    }

    /// The lines that one text has and the other has not, as `diff` would show them.
    static func difference(_ ours: String, _ plain: String) -> String {
        guard ours != plain else { return "" }
        let left = plain.split(separator: "\n", omittingEmptySubsequences: false)
        let right = ours.split(separator: "\n", omittingEmptySubsequences: false)
        let changes = right.difference(from: left)
        let lines = changes.map { change in
            switch change {
            case .remove(let line, let text, _): "-\(line) \(text)"
            case .insert(let line, let text, _): "+\(line) \(text)"
            }
        }
        return lines.isEmpty ? "line ends differ" : lines.joined(separator: "\n")
    }

    private static func withoutIDs(_ line: String) -> String {
        line.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.count == 7 && word.allSatisfy(\.isHexDigit) ? "<id>" : String(word)
        }.joined(separator: " ")
    }
}
