import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `hephy doctor`: what it finds, what it advises, and what it ends with.
@Suite(.timeLimit(.minutes(1)))
struct DoctorTests {
    /// What `hephy doctor --json` prints.
    struct Report: Decodable {
        struct Finding: Decodable, Equatable {
            var check: String
            var level: String
            var remote: String?
            var text: String
            var mend: String?
            var status: Int
        }

        var schema: Int
        var version: String
        var status: Int
        var findings: [Finding]

        init(_ ran: GitFixture.Ran) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(ran.output.utf8))
            #expect(schema == 1)
            #expect(status == Int(ran.status))
        }

        /// The levels of what was found of one check.
        func levels(_ check: String) -> [String] { findings.filter { $0.check == check }.map(\.level) }

        func first(_ check: String, _ level: String) -> Finding? {
            findings.first { $0.check == check && $0.level == level }
        }
    }

    private static func doctor(
        _ fixture: GitFixture, in folder: String, _ extra: [String: String?] = [:]
    ) async throws -> Report {
        try Report(try await fixture.run(["hephy", "doctor", "--json"], in: folder, environment: extra))
    }

    // MARK: This machine

    @Test func outsideOfARepositoryThisMachineAloneIsLookedAt() async throws {
        try await GitFixture.with { fixture in
            let ceiling = ["GIT_CEILING_DIRECTORIES": fixture.scratch]
            let ran = try await fixture.run(["hephy", "doctor"], in: "home", environment: ceiling).check()
            let lines = ran.output.split(separator: "\n").map(String.init)
            #expect(lines.allSatisfy { $0.hasPrefix("ok       ") || $0.hasPrefix("         mend: ") }, "\(ran)")
            #expect(lines[0].hasPrefix("ok       git 2."))
            #expect(lines[1] == "ok       git-remote-hephy 0.1.0 at \(GitFixture.builtPrograms)/git-remote-hephy")
            #expect(lines[2] == "ok       hephy's files at \(GitFixture.share)")
            #expect(lines[3] == "ok       in no git repository: only this machine was looked at")
            #expect(ran.errors.isEmpty)
        }
    }

    @Test func aGitThatIsTooOldOrNoneIsAProblem() async throws {
        try await GitFixture.with { fixture in
            try fixture.write("#!/bin/sh\necho git version 2.29.3\n", to: "old/git", executable: true)
            let path = fixture.environment["PATH"] ?? ""
            let old = try await Self.doctor(fixture, in: "home", ["PATH": "\(fixture.path("old")):\(path)"])
            let text = "git 2.29.3 at \(fixture.path("old/git")) is older than 2.30"
            #expect(old.first("git", "problem")?.text == text)
            #expect(old.status == 128)
            try fixture.write("", to: "none/x")
            let none = try await fixture.run(
                ["\(GitFixture.builtPrograms)/hephy", "doctor"], in: "home", environment: ["PATH": fixture.path("none")]
            )
            #expect(none.status == 128)
            #expect(none.output.hasPrefix("problem  git could not be run"), "\(none)")
        }
    }

    @Test func theHelperIsLookedForAsGitDoes() async throws {
        try await GitFixture.with { fixture in
            let rest = "/usr/local/bin:/usr/bin:/bin"
            let missing = try Report(
                try await fixture.run(
                    ["\(GitFixture.builtPrograms)/hephy", "doctor", "--json"], in: "home",
                    environment: ["PATH": rest]))
            #expect(missing.status == 128)
            #expect(missing.first("helper", "problem")?.mend == "export PATH=\"\(GitFixture.builtPrograms):$PATH\"")
            let other = "#!/bin/sh\necho git-remote-hephy 0.0.9\n"
            try fixture.write(other, to: "other/git-remote-hephy", executable: true)
            let ours = GitFixture.builtPrograms
            let outdated = try await Self.doctor(
                fixture, in: "home", ["PATH": "\(fixture.path("other")):\(ours):\(rest)"])
            let place = fixture.path("other/git-remote-hephy")
            #expect(outdated.first("helper", "warning")?.text.contains("0.0.9 at \(place)") == true)
            #expect(outdated.status == 0)
            let broken = "#!/bin/sh\necho libsomething is missing >&2\nexit 127\n"
            try fixture.write(broken, to: "other/git-remote-hephy", executable: true)
            let dead = try await Self.doctor(fixture, in: "home", ["PATH": "\(fixture.path("other")):\(ours):\(rest)"])
            #expect(dead.first("helper", "problem")?.text == "\(place) does not run: libsomething is missing")
        }
    }

    @Test func aShareFolderThatIsMissingIsSaid() async throws {
        try await GitFixture.with { fixture in
            let found = try await Self.doctor(fixture, in: "home", ["HEPHY_SHARE": fixture.path("nowhere")])
            #expect(found.status == 3)
            #expect(found.first("share", "problem")?.mend?.contains("./install.sh") == true)
        }
    }

    // MARK: Remotes

    @Test func everyRemoteIsLookedAt() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [PushScene.buildable])
            try await work.git("remote", "add", "password", "hephy::https://me:sesame@forge.example/a/b").check()
            try await work.git("remote", "add", "twice", "hephy::hephy::https://forge.example/a/b").check()
            try await work.git("remote", "add", "origin", "https://me:sesame@forge.example/a/b").check()
            try await work.git("remote", "add", "token", "https://ghp_sesame@github.com/a/b").check()
            try await work.git("remote", "add", "plain", "https://forge.example/a/b").check()
            try await work.git("remote", "add", "file", "hephy::file://\(fixture.path("nowhere"))").check()
            let found = try await Self.doctor(fixture, in: work.path)
            let urls = found.findings.filter { $0.check == "url" && $0.level == "problem" }
            #expect(urls.map(\.remote) == ["password", "twice"])
            #expect(urls[0].text == "the URL for 'forge.example' holds a password, which git would print")
            #expect(urls[1].mend?.contains("insteadof") == true)
            #expect(found.findings.filter { $0.check == "password" }.map(\.remote) == ["origin", "token"])
            let mend =
                "git remote set-url 'origin' 'https://forge.example/a/b'; git's credential helper keeps what it held"
            #expect(found.first("password", "warning")?.mend == mend)
            #expect(found.first("forge", "problem")?.text == "there is no repository at '\(fixture.path("nowhere"))'")
            #expect(!found.findings.contains { $0.text.contains("sesame") || $0.mend?.contains("sesame") == true })
            #expect(!found.findings.contains { $0.remote == "plain" })
        }
    }

    @Test(arguments: [
        ("url.hephy::https://forge.example/.insteadOf", "https://forge.example/", true),
        ("url.hephy::hephy::https://forge.example/.insteadOf", "https://forge.example/", false),
    ])
    func whatConfigurationMakesOfAURLIsLookedAt(_ key: String, _ value: String, _ works: Bool) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try await work.git("config", key, value).check()
            try await work.git("remote", "add", "origin", "https://forge.example/a/b").check()
            let dead = ["http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"]
            let found = try await Self.doctor(fixture, in: work.path, dead)
            #expect(found.levels("url") == [works ? "ok" : "problem"], "\(found.findings)")
        }
    }

    @Test func withoutANetworkItSaysSo() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try await work.git("remote", "add", "hephy", "hephy::github.com/acme/api").check()
            let dead = ["http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "GH_TOKEN": "gho_x"]
            let found = try await Self.doctor(fixture, in: work.path, dead)
            #expect(found.status == 0)
            #expect(found.first("forge", "ok")?.text == "GitHub at github.com, known by its name")
            #expect(found.first("forge", "warning")?.text.hasPrefix("api.github.com could not be reached") == true)
        }
    }

    @Test func aTransportThatIsForbiddenIsSaid() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            try await work.git("remote", "add", "hephy", "hephy::local/app").check()
            try await work.git("config", "protocol.hephy.allow", "never").check()
            let found = try await Self.doctor(fixture, in: work.path)
            #expect(found.status == 128)
            #expect(found.first("url", "problem")?.text.contains("transport 'hephy' is not allowed") == true)
        }
    }

    // MARK: Repositories

    @Test func aSubdirectoryALinkedWorkTreeAndABareRepositoryDo() async throws {
        try await GitFixture.with { fixture in
            let files: [String: TreeEntry] = [PushScene.configPath: "build_backend: kanko\n", "sub/x": "x"]
            let work = try await fixture.repository("work", [TestCommit(files)])
            try await work.git("remote", "add", "hephy", "hephy::local/app").check()
            try await work.git("worktree", "add", "--quiet", fixture.path("linked"), "-b", "other").check()
            try await fixture.run("git", "clone", "--quiet", "--bare", work.path, fixture.path("bare.git")).check()
            for folder in ["work/sub", "linked", "bare.git"] {
                let found = try await Self.doctor(fixture, in: folder)
                #expect(found.status == 3, "\(folder)")
                let problem = found.first("configuration", "problem")
                #expect(problem?.text.hasPrefix("\(PushScene.configPath):1:16: ") == true, "\(folder) \(found)")
                #expect(found.levels("url") == (folder == "bare.git" ? [] : ["ok"]), "\(folder)")
            }
        }
    }

    @Test func configurationThatGitCannotReadIsSaidOnce() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work")
            let config = try fixture.read("work/.git/config")
            try fixture.write(config + "[remote \"origin\"\n", to: "work/.git/config")
            let found = try await Self.doctor(fixture, in: work.path)
            #expect(found.findings.filter { $0.level == "problem" }.map(\.check) == ["repository"], "\(found)")
            #expect(found.status == 128)
            #expect(found.findings.allSatisfy { $0.level == "ok" || $0.mend != nil })
        }
    }

    @Test func driftOfACIFileIsAProblemThatSyncMends() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [TestCommit(["Dockerfile": "FROM scratch\nCOPY a /\n"])])
            try await work.git("remote", "add", "hephy", "hephy::local/app").check()
            try await fixture.run(["hephy", "init", "--platform", "github"], in: work.path).check()
            try await work.git("add", ".").check()
            try await work.git("commit", "--quiet", "-m", "set up").check()
            #expect(try await Self.doctor(fixture, in: work.path).levels("ci") == ["ok"])
            try fixture.write("build_backend: buildkit\n", to: "work/" + PushScene.configPath)
            let found = try await Self.doctor(fixture, in: work.path)
            #expect(found.first("ci", "problem")?.mend == "hephy sync")
            #expect(found.status == 3)
        }
    }

    // MARK: LFS

    @Test func gitLFSIsLookedAtWhereFilesAreForIt() async throws {
        try await GitFixture.with { fixture in
            let attributes: [String: TreeEntry] = ["sub/.gitattributes": "*.bin filter=lfs diff=lfs merge=lfs\n"]
            let work = try await fixture.repository("work", [TestCommit(attributes)])
            let url = "hephy::https://forge.example/acme/api"
            try await work.git("remote", "add", "hephy", url).check()
            let dead = ["http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"]
            let raw = try await Self.doctor(fixture, in: work.path, dead)
            #expect(raw.first("lfs", "warning")?.mend == "git lfs install", "\(raw)")
            try await work.git("lfs", "install", "--local").check()
            let unset = try await Self.doctor(fixture, in: work.path + "/sub", dead)
            #expect(unset.levels("lfs") == ["ok", "warning"])
            let mend = try #require(unset.first("lfs", "warning")?.mend)
            try await fixture.run(["sh", "-c", mend], in: work.path).check()
            let mended = try await Self.doctor(fixture, in: work.path, dead)
            #expect(mended.levels("lfs") == ["ok", "ok"])
            #expect(mended.findings.contains { $0.text == "git-lfs uses https://forge.example/acme/api.git/info/lfs" })
            let script = "mkdir only && ln -s \"$(command -v git)\" only/git"
            try await fixture.run("sh", "-c", script).check()
            let path = "\(fixture.path("only")):\(GitFixture.builtPrograms)"
            let none = try await Self.doctor(fixture, in: work.path, dead.merging(["PATH": path]) { $1 })
            #expect(none.first("lfs", "problem")?.mend?.hasSuffix("git lfs install") == true, "\(none)")
            #expect(none.status == 128)
        }
    }

    @Test func withoutFilesForItGitLFSIsNotSpokenOf() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [PushScene.buildable])
            #expect(try await Self.doctor(fixture, in: work.path).levels("lfs").isEmpty)
        }
    }

    // MARK: Builders

    @Test func aMachineThatBuildsNothingIsAProblemOnlyWhereSomethingIsToBeBuilt() async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", [PushScene.buildable])
            let script = "mkdir only && ln -s \"$(command -v git)\" only/git"
            try await fixture.run("sh", "-c", script).check()
            let path = ["PATH": "\(fixture.path("only")):\(GitFixture.builtPrograms)"]
            let idle = try await Self.doctor(fixture, in: work.path, path)
            #expect(Set(idle.levels("builders")) == ["ok"])
            try await work.git("remote", "add", "here", "hephy::local/app").check()
            let needed = try await Self.doctor(fixture, in: work.path, path)
            #expect(needed.levels("builders") == ["problem", "ok", "ok"])
            #expect(needed.first("builders", "problem")?.mend?.contains("buildah") == true)
            #expect(needed.status == 3)
            try await work.git("config", "hephy.local.builder", "docker").check()
            let named = try await Self.doctor(fixture, in: work.path, path)
            #expect(named.first("builders", "problem")?.text.contains("'docker'") == true)
        }
    }
}
