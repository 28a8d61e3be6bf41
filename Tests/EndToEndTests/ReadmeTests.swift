import HephyTestSupport
import Testing

/// The examples of README.md that stand behind `<!-- test: name -->` work as they are written.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ReadmeTests {
    /// A marked block: the commands behind `$ `, each with the lines that it prints.
    private struct Example {
        var name: String
        var language: String
        var text: String

        var commands: [(command: String, output: [String])] {
            var commands: [(command: String, output: [String])] = []
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
                if line.hasPrefix("$ ") {
                    commands.append((String(line.dropFirst(2)), []))
                } else if !commands.isEmpty {
                    commands[commands.count - 1].output.append(line)
                }
            }
            return commands
        }
    }

    private static func examples(_ fixture: GitFixture) throws -> [String: Example] {
        let readme = GitFixture.doubles.split(separator: "/").dropLast(2).joined(separator: "/")
        let lines = try fixture.read("/\(readme)/README.md").split(separator: "\n", omittingEmptySubsequences: false)
        var examples: [String: Example] = [:]
        var name: String?
        var open: Example?
        for line in lines.map(String.init) {
            if var example = open {
                if line.hasPrefix("```") {
                    #expect(examples[example.name] == nil, "two examples '\(example.name)'")
                    examples[example.name] = example
                    open = nil
                } else {
                    example.text += example.text.isEmpty ? line : "\n" + line
                    open = example
                }
            } else if line.hasPrefix("<!-- test: "), line.hasSuffix(" -->") {
                name = String(line.dropFirst("<!-- test: ".count).dropLast(" -->".count))
            } else if line.hasPrefix("```"), let marked = name {
                open = Example(name: marked, language: String(line.dropFirst(3)), text: "")
                name = nil
            }
        }
        return examples
    }

    private static let files: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n", "cmd/api/main.go": "package main\n\nfunc main() {}\n",
        PushScene.workflowPath: .text(PushScene.workflow),
    ]

    @Test func everyMarkedExampleHasItsTest() async throws {
        try await GitFixture.with { fixture in
            let names = Set(try Self.examples(fixture).keys)
            #expect(names == ["push", "demo", "detect", "check", "config"])
        }
    }

    @Test func thePushAtTheTopGoesAsShown() async throws {
        let image = "ghcr.io/acme/api:sha-5d6e7f8@sha256:" + String(repeating: "0", count: 64)
        let index = GitHubScenario.Job("index", log: .init(lines: ["hephy: image=\(image)"]))
        let plan = GitHubScenario.Plan(jobs: [.init("plan"), .init("build"), index])
        try await PushScene.with([TestCommit(["README": "first\n"])], plans: [plan], tls: true) { scene in
            let example = try #require(try Self.examples(scene.fixture)["push"])
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            try await scene.work.commit([TestCommit(Self.files)])
            try await scene.work.git("remote", "remove", "hephy").check()
            let commands = example.commands
            let script = commands.map(\.command).joined(separator: "\n")
            let ran = try await scene.fixture.run(
                "sh", "-c", script, in: scene.work.path, environment: scene.environment)
            #expect(ran.output == "0\n", "\(ran)")
            // The lines that do not hang on the clock or on the repository's own jobs stand in the same order.
            let shown = commands.flatMap(\.output)
            var rest = ran.errors.split(separator: "\n").map(String.init)[...]
            for line in shown where ["To hephy::", "-----> ko for"].contains(where: line.hasPrefix) {
                let index = try #require(rest.firstIndex(of: line), "\(line) in \(ran)")
                rest = rest[(index + 1)...]
            }
            for start in ["-----> Hephy Build #", "-----> plan  ", "-----> Done in "] {
                #expect(shown.contains { $0.hasPrefix(start) }, "\(start)")
                let index = try #require(rest.firstIndex { $0.hasPrefix(start) }, "\(start) in \(ran)")
                rest = rest[(index + 1)...]
            }
            #expect(ran.errors.hasSuffix(": \(image)\n"))
            #expect(shown.contains { $0.hasPrefix("-----> Done in 1m12s: ghcr.io/acme/api:sha-5d6e7f8@sha256:") })
        }
    }

    @Test func theDemoPrintsWhatIsShown() async throws {
        try await LocalScene.with(.buildah) { scene in
            let example = try #require(try Self.examples(scene.fixture)["demo"])
            let ran = try await DemoTests.run(scene)
            #expect(ran.status == 0, "\(ran)")
            var rest = ran.output.split(separator: "\n").map(String.init)[...]
            for line in example.text.split(separator: "\n") {
                // Without what hangs on the clock and on the machine.
                let machine = line.firstRange(of: "linux/")?.lowerBound ?? line.endIndex
                let stable = line[..<machine].prefix { !$0.isNumber }
                let index = try #require(rest.firstIndex { $0.hasPrefix(stable) }, "\(line) in \(ran)")
                rest = rest[(index + 1)...]
            }
        }
    }

    @Test func detectAndCheckRunInARepository() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(Self.files)])
            let examples = try Self.examples(fixture)
            for name in ["detect", "check"] {
                let example = try #require(examples[name])
                #expect(!example.commands.isEmpty)
                for (command, _) in example.commands {
                    try await fixture.run("sh", "-c", command, in: work.path).check()
                }
            }
        }
    }

    @Test func theConfigurationShownIsValid() async throws {
        try await GitFixture.with { fixture in
            let example = try #require(try Self.examples(fixture)["config"])
            let work = try await fixture.repository("work")
            try fixture.write(example.text + "\n", to: "work/" + PushScene.configPath)
            let ran = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(ran.output == ".hephy/build-config.yaml is valid\n")
        }
    }
}
