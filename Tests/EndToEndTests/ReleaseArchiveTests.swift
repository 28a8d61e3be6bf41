import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The archive that CI files fetch hephy from, made of the programs of this build, and the plan job that detects with it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ReleaseArchiveTests {
    private static let script =
        GitFixture.share.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/scripts/release-archive"

    /// Packs the programs into the folder `served`; gives the line of `share/release`.
    static func pack(_ fixture: GitFixture, into folder: String = "served", url: String) async throws -> String {
        try await fixture.run(
            [
                script, "--into", fixture.path(folder), "--programs", GitFixture.builtPrograms, "--url", url,
            ], environment: ["SOURCE_DATE_EPOCH": "1767225600"], timeout: .seconds(120)
        ).check().line
    }

    @Test func itHoldsTheProgramsAndWhatTheyReadAndIsTheSameEachTime() async throws {
        try await GitFixture.with { fixture in
            let line = try await Self.pack(fixture, url: "https://example.org/v1/")
            let words = line.split(separator: " ").map(String.init)
            #expect(words.count == 3 && words[0].hasPrefix("linux-") && words[1].count == 64, "\(line)")
            let version = try await fixture.run("hephy", "--version").check().line.split(separator: " ").last ?? ""
            let name = "hephy-\(version)-\(words[0])"
            #expect(words[2] == "https://example.org/v1/\(name).tar.gz")
            let archive = fixture.path("served/\(name).tar.gz")
            #expect(try await fixture.run("sha256sum", archive).check().output.hasPrefix(words[1] + " "))
            let listed = try await fixture.run("tar", "-tzf", archive).check().output.split(separator: "\n")
            #expect(listed.allSatisfy { $0.hasPrefix(name + "/") })
            let held = Set(listed.map { $0.dropFirst(name.count + 1) })
            let programs = ["bin/hephy", "bin/git-remote-hephy", "LICENSE", "README.md"]
            let shared = try FileManager.default.subpathsOfDirectory(atPath: GitFixture.share).map {
                "share/hephy/\($0)"
            }
            for path in programs + shared {
                #expect(held.contains(path[...]) || held.contains("\(path)/"), "\(path)")
            }
            let owners = try await fixture.run("tar", "-tzvf", "--numeric-owner", archive)
            #expect(!owners.output.contains("root"))
            try await fixture.run("tar", "-xzf", archive, "-C", fixture.path("")).check()
            // Where it is unpacked, it finds its own files.
            let found = try await fixture.run(
                [fixture.path(name) + "/bin/hephy", "--version"], environment: ["HEPHY_SHARE": nil])
            #expect(found.line == "\(version)" || found.line.hasSuffix(" \(version)"), "\(found)")
            #expect(try await Self.pack(fixture, into: "again", url: "https://example.org/v1/") == line)
        }
    }

    /// Lays out a repository whose rendered default is kaniko and whose commit needs BuildKit by now, with `release` in
    /// place of this project's own, and runs the plan job.
    private func plan(
        _ release: (_ fixture: GitFixture) async throws -> String,
        _ body: (GitFixture.Ran, ActScene) async throws -> Void
    ) async throws {
        let config = "build_backend: auto\nplatforms: [linux/amd64]\n"
        try await ActScene.with(InitTests.dockerfile, config: config) { scene in
            let fixture = scene.fixture
            try await fixture.run("cp", "-R", GitFixture.share, fixture.path("share")).check()
            try fixture.write(try await release(fixture) + "\n", to: "share/release")
            let share: [String: String?] = ["HEPHY_SHARE": fixture.path("share")]
            try await fixture.run(["hephy", "sync"], in: scene.work.path, environment: share).check()
            try fixture.write("FROM scratch\nCOPY --exclude=x . /\n", to: "work/Dockerfile")
            try await scene.work.git("commit", "--quiet", "-am", "what kaniko cannot").check()
            try await body(try await scene.run("push", ["--job", "plan"], hasHephy: false), scene)
        }
    }

    @Test(.enabled(if: ActScene.act.isWanted)) func aPlainPushIsDetectedWithThePinnedRelease() async throws {
        try await GitFixture.with { outer in
            try await FileServer.with(in: outer) { url in
                let line = try await Self.pack(outer, url: url)
                try await plan({ _ in line }) { ran, _ async throws in
                    #expect(ran.status == 0, "\(ran)")
                    #expect(ran.output.contains("backend: buildkit, detected in this commit"), "\(ran)")
                    #expect(
                        ran.output.contains("Set output: backend=buildkit")
                            || ran.output.contains("backend: buildkit\n"))
                    #expect(!ran.output.contains("as detected when the CI files were made"), "\(ran)")
                }
            }
        }
    }

    @Test(.enabled(if: ActScene.act.isWanted)) func anArchiveOfAnotherDigestIsARedRunThatUsesNothingOfIt() async throws
    {
        try await GitFixture.with { outer in
            try await FileServer.with(in: outer) { url in
                let words = try await Self.pack(outer, url: url).split(separator: " ")
                let wrong = String(repeating: "0", count: 64)
                try await plan({ _ in "\(words[0]) \(wrong) \(words[2])" }) { ran, _ async throws in
                    #expect(ran.status != 0)
                    let said =
                        "hephy: \(words[2]) has the SHA-256 \(words[1]), and the CI file pins \(wrong); nothing of it was used"
                    #expect((ran.output + ran.errors).contains(said), "\(ran)")
                    #expect(!ran.output.contains("detected in this commit"), "\(ran)")
                }
            }
        }
    }

    /// What `share/release` says, and what the warning gives as the reason.
    private static let unavailable: [(String, String)] = [
        ("# none", "this runner has no hephy, and no release of it is pinned in the CI file"),
        (
            "linux-amd64 \(String(repeating: "1", count: 64)) http://127.0.0.1:1/hephy.tar.gz\n"
                + "linux-arm64 \(String(repeating: "1", count: 64)) http://127.0.0.1:1/hephy.tar.gz",
            "http://127.0.0.1:1/hephy.tar.gz cannot be had: curl: (7) "
        ),
        (
            "linux-riscv64 \(String(repeating: "1", count: 64)) https://example.invalid/hephy.tar.gz",
            "is pinned in the CI file"
        ),
    ]

    @Test(.enabled(if: ActScene.act.isWanted), arguments: unavailable.indices)
    func withoutAReleaseToBeHadTheRenderedBackendIsTakenWithAWarning(_ index: Int) async throws {
        let (release, reason) = Self.unavailable[index]
        try await plan({ _ in release }) { ran, _ async throws in
            #expect(ran.status == 0, "\(ran)")
            let warning = "hephy: backend: kaniko, as detected when the CI files were made; "
            let line = (ran.output + ran.errors).split(separator: "\n").first { $0.contains(warning) }
            #expect(line?.contains(reason) == true, "\(ran)")
        }
    }
}
