import HephyTestSupport
import Testing

/// `hephy check`, and what the commands have in common.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct CheckCommandTests {
    private static let broken = "build_backend: kanko\nplatfroms: [linux/amd64]\nimage: 3\n"

    @Test func everyProblemStandsAtItsPlace() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit([PushScene.configPath: .text(Self.broken)])])
            let ran = try await fixture.run("hephy", "check", in: work.path)
            #expect(ran.status == 3)
            for place in ["1:16", "2:1", "3:8"] {
                #expect(ran.output.contains("\(PushScene.configPath):\(place): error: "), "\(place) \(ran)")
            }
            #expect(ran.output.contains("    did you mean 'kaniko'?\n"))
            #expect(ran.output.contains("    did you mean 'platforms'?\n"))
        }
    }

    @Test func theWorkTreesFileIsReadUnlessACommitIsNamed() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit([PushScene.configPath: .text(Self.broken)])])
            try fixture.write("build_backend: ko\n", to: "work/" + PushScene.configPath)
            let file = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(file.output == ".hephy/build-config.yaml is valid\n")
            let commit = try await fixture.run("hephy", "check", "HEAD", in: work.path)
            #expect(commit.status == 3)
            let subdirectory = try await fixture.run("hephy", "check", in: work.path + "/.hephy").check()
            #expect(subdirectory.output == file.output)
        }
    }

    @Test func aBareRepositoryIsReadAtItsHead() async throws {
        try await GitFixture.with { fixture in
            let bare = try await fixture.bareRepository(
                "bare.git",
                [TestCommit([PushScene.configPath: .text(Self.broken)]), TestCommit(["a": "b"], on: "other")])
            #expect(try await fixture.run("hephy", "check", in: bare.path).status == 3)
            let other = try await fixture.run("hephy", "check", "other", in: bare.path).check()
            #expect(other.output == "no .hephy/build-config.yaml: everything is left to detection and defaults\n")
        }
    }

    @Test func withoutTheFileAllIsLeftToDetection() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let ran = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(ran.output == "no .hephy/build-config.yaml: everything is left to detection and defaults\n")
        }
    }

    @Test func warningsAreShownAndLeaveTheFileValid() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try fixture.write("build_backend: spin\nplatforms: [linux/amd64]\n", to: "work/" + PushScene.configPath)
            let ran = try await fixture.run("hephy", "check", in: work.path).check()
            #expect(ran.output.hasSuffix(".hephy/build-config.yaml is valid\n"), "\(ran)")
        }
    }

    @Test func whatIsNoFileOrTooLargeIsSaid() async throws {
        try await GitFixture.with { fixture in
            let folder = try await fixture.repository("folder")
            try fixture.write("x", to: "folder/\(PushScene.configPath)/x")
            let unreadable = try await fixture.run("hephy", "check", in: folder.path)
            #expect(unreadable.status != 0)
            let sentence = "'.hephy/build-config.yaml' cannot be read: it is no file"
            #expect(unreadable.said.first == sentence, "\(unreadable)")
            let large = try await fixture.repository("large")
            let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 3 << 20)
            try fixture.write(bytes, to: "large/" + PushScene.configPath)
            try await large.git("add", ".").check()
            try await large.git("commit", "--quiet", "-m", "large").check()
            for arguments in [[], ["HEAD"]] {
                let ran = try await fixture.run(["hephy", "check"] + arguments, in: large.path)
                #expect(ran.status == 3)
                #expect(ran.said.first?.hasPrefix("'.hephy/build-config.yaml' has more than the ") == true, "\(ran)")
            }
        }
    }

    @Test(arguments: [".hephy", ".hephy/build-config.yaml"])
    func aSymbolicLinkIsWhatItWillBeInTheCommit(_ link: String) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try fixture.write("build_backend: ko\n", to: "elsewhere/build-config.yaml")
            let target = link == ".hephy" ? "elsewhere" : "elsewhere/build-config.yaml"
            let script = "mkdir -p $(dirname work/\(link)); ln -s \(fixture.path(target)) work/\(link)"
            try await fixture.run("sh", "-c", script).check()
            let ran = try await fixture.run("hephy", "check", in: work.path)
            #expect(ran.status == 3, "\(ran)")
            let sentence = "'\(link)' is a symbolic link, which a commit holds without the file behind it"
            #expect(ran.said == [sentence], "\(ran)")
            #expect(ran.output == "")
        }
    }

    @Test(arguments: [
        ["detect", "--nothing"], ["detect", "a", "b"], ["check", "a", "b"], ["nothing"], ["watch", "--logs"],
        ["watch", "1", "2"], ["--nothing"],
    ])
    func wrongArgumentsAreTwoAndShowTheUsage(_ arguments: [String]) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let ran = try await fixture.run(["hephy"] + arguments, in: work.path)
            #expect(ran.status == 2, "\(ran)")
            #expect(ran.output.isEmpty)
            #expect(ran.errors.contains("Usage: hephy"), "\(ran)")
        }
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["detect", "--help"], ["help", "check"], []])
    func helpGoesToStandardOutput(_ arguments: [String]) async throws {
        try await GitFixture.with { fixture in
            let ran = try await fixture.run(["hephy"] + arguments).check()
            #expect(ran.output.contains("USAGE: hephy"), "\(ran)")
            #expect(ran.errors.isEmpty)
        }
    }

    @Test func theVersionIsOneLine() async throws {
        try await GitFixture.with { fixture in
            let ran = try await fixture.run("hephy", "--version").check()
            #expect(ran.output.split(separator: "\n").count == 1)
            #expect(ran.output.first?.isNumber == true, "\(ran)")
        }
    }

    @Test(arguments: [["detect"], ["check"], ["watch"], ["cancel"], ["watch", "4711"]])
    func outsideAnyRepositoryTheCommandSaysSo(_ arguments: [String]) async throws {
        try await GitFixture.with { fixture in
            let ceiling = ["GIT_CEILING_DIRECTORIES": fixture.scratch]
            let ran = try await fixture.run(["hephy"] + arguments, in: "home", environment: ceiling)
            #expect(ran.status == 128, "\(ran)")
            #expect(ran.said.first?.hasSuffix("is in no git repository") == true, "\(ran)")
            #expect(ran.said.last?.hasPrefix("hint: ") == true)
        }
    }

    @Test func aReaderThatGoesAwayIsNoCrash() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["README": "x\n"])])
            let ran = try await fixture.run(
                "sh", "-c", "hephy detect --json | true; hephy --help | true", in: work.path)
            #expect(ran.status == 0, "\(ran)")
            #expect(!ran.errors.contains("Fatal"), "\(ran)")
        }
    }
}
