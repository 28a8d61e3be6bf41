import HephyTestSupport
import Testing

/// `scripts/record-session`, whose picture the README shows.
@Suite(.timeLimit(.minutes(2)))
struct SessionTests {
    private static let root = GitFixture.share.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }

    /// The lines of a picture, read as XML; it fails on anything that is not well-formed.
    private static func lines(of picture: String, _ fixture: GitFixture) async throws -> [String] {
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag
            for line in root.iter("{http://www.w3.org/2000/svg}text"):
                print("".join(line.itertext()))
            """
        let ran = try await fixture.run(DoubleProcess.python, "-c", script, picture).check()
        return ran.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What hangs on git's version, the machine's cores and the clock: how git packed its objects.
    private static func isStable(_ line: String) -> Bool {
        !["Enumerating", "Counting", "Delta", "Compressing", "Writing", "Total"].contains { line.hasPrefix($0) }
    }

    @Test func thePictureInTheREADMEIsWhatAPushSaysNow() async throws {
        try await GitFixture.with { fixture in
            try fixture.write(
                "#!/bin/sh\nexec \"\(GitFixture.builtPrograms)/hephy-virtual-helper\" \"$@\"\n",
                to: "programs/git-remote-hephy", executable: true)
            let picture = fixture.path("session.svg")
            try await fixture.run(
                [
                    DoubleProcess.python, "\(Self.root)/scripts/record-session", "--programs", fixture.path("programs"),
                    "--output", picture, "--text", fixture.path("session.txt"),
                ], timeout: .seconds(100)
            ).check()
            let lines = try await Self.lines(of: picture, fixture)
            let text = try fixture.read("session.txt").split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines == text.map(String.init))
            #expect(lines.filter { $0 == "$ git push hephy main" }.count == 2)
            #expect(lines.contains { $0.hasSuffix("  main -> main") })
            #expect(lines.contains { $0.hasPrefix("-----> Done in ") })
            #expect(lines.contains { $0.hasPrefix("-----> Failed after ") })
            #expect(lines.suffix(3).starts(with: ["$ echo $?", "1"]), "\(lines.suffix(3))")
            let kept = try await Self.lines(of: "\(Self.root)/docs/session.svg", fixture)
            #expect(kept.filter(Self.isStable) == lines.filter(Self.isStable), "scripts/record-session draws it anew")
            #expect(try fixture.read("\(Self.root)/README.md").contains("docs/session.svg"))
        }
    }
}
