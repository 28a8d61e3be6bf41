import HephyTestSupport
import Testing

/// git-lfs finds its server in every set-up of a remote, and the settings for it follow the remote.
@Suite(.serialized, .enabled(if: Peer.gitLFS.isWanted), .timeLimit(.minutes(1)))
struct LFSSetUpTests {
    struct SetUp: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Given to git on the relayed side; ORIGIN is the double, URL the remote's plain URL.
        var steps: [String]
        /// What is set for the remote in the end, by name, in order.
        var settings: [String]

        init(_ name: String, _ steps: String..., settings: [String]) {
            testDescription = name
            self.steps = steps
            self.settings = settings
        }
    }

    static let setUps = [
        SetUp("vcs", "remote set-url forge URL", "config remote.forge.vcs hephy", settings: []),
        SetUp(
            "pushurl alone", "remote set-url forge URL", "remote set-url --push forge hephy::URL",
            settings: ["lfspushurl=URL.git/info/lfs"]),
        SetUp("with .git", "remote set-url forge hephy::URL.git", settings: ["lfsurl=URL.git/info/lfs"]),
        SetUp("with a slash", "remote set-url forge hephy::URL/", settings: ["lfsurl=URL.git/info/lfs"]),
        SetUp(
            "a short name", "config url.hephy::ORIGIN/.insteadOf forge:", "remote set-url forge forge:hephy/api",
            settings: ["lfsurl=URL.git/info/lfs"]),
        SetUp(
            "a rule toward hephy", "config url.hephy::ORIGIN/.insteadOf ORIGIN/", "remote set-url forge URL",
            settings: ["lfsurl=HURL.git/info/lfs"]),
        SetUp(
            "a rule for pushes toward hephy", "config url.hephy::ORIGIN/.pushInsteadOf ORIGIN/",
            "remote set-url forge URL", settings: ["lfspushurl=HURL.git/info/lfs"]),
        SetUp(
            "a rule behind hephy", "config url.ORIGIN/.insteadOf https://git.corp.example/",
            "remote set-url forge hephy::git.corp.example/hephy/api", settings: ["lfsurl=URL.git/info/lfs"]),
    ]

    @Test(arguments: setUps) func objectsGoAndComeInEverySetUp(_ setUp: SetUp) async throws {
        try await LFSSides.with { sides in
            let url = sides.relayed.plainURL
            let origin = String(url.dropLast("/hephy/api".count))
            for step in setUp.steps {
                let step = step.replacing("URL", with: url).replacing("ORIGIN", with: origin)
                try await sides.relayed.git(step.split(separator: " ").map(String.init)).check()
            }
            for side in [sides.plain, sides.relayed] { try await side.git(["push", "forge", "main"]).check() }
            try await sides.expectStored(1)
            // From the server again: what git-lfs keeps here would do.
            for side in [sides.plain, sides.relayed] {
                try await side.git(["fetch", "forge"]).check()
                try await side.work.fixture.run("rm", "-r", ".git/lfs/objects", "a.bin", in: side.work.path).check()
                try await side.git(["lfs", "pull", "forge"]).check()
            }
            try await sides.expectContent(of: "a.bin", in: ".")
            try await sides.expectSameRefs()
            #expect(
                try await settings(of: sides.relayed)
                    == setUp.settings.map {
                        $0.replacing("HURL", with: "HTTP" + url.dropFirst("http".count)).replacing("URL", with: url)
                    })
        }
    }

    /// `lfsurl` and `lfspushurl` of the remote, without its name; each has hephy's mark beside it.
    private func settings(of side: RelaySides.Side, _ remote: String = "forge") async throws -> [String] {
        let listed = try await side.git(["config", "--local", "--get-regexp", "^remote\\.\(remote)\\..*lfs"])
        let lines = listed.output.split(separator: "\n").map {
            $0.replacing(" ", with: "=").split(separator: ".", maxSplits: 2)[2]
        }
        let marks = lines.filter { $0.hasPrefix("hephy") }.map { $0.dropFirst("hephy".count) }
        let set = lines.filter { !$0.hasPrefix("hephy") }
        #expect(marks == set.map { $0[...] })
        return set.map(String.init)
    }

    @Test func theServerFollowsTheURLAndTheName() async throws {
        try await LFSSides.with { sides in
            let side = sides.relayed
            try await side.git(["push", "forge", "main"]).check()
            try await side.git(["remote", "rename", "forge", "other"]).check()
            #expect(try await settings(of: side, "other") == ["lfsurl=\(side.plainURL).git/info/lfs"])
            // The other side's repository, of which nothing is known here.
            try await side.git(["remote", "set-url", "other", "hephy::" + sides.plain.plainURL]).check()
            try await LFSSides.commit("b.bin", in: side)
            try await side.git(["push", "other", "main"]).check()
            #expect(try await settings(of: side, "other") == ["lfsurl=\(sides.plain.plainURL).git/info/lfs"])
            #expect(try await sides.storedObjects().plain.count == 1)
            try await side.git(["config", "remote.other.lfsurl", side.plainURL + ".git/info/lfs"]).check()
            try await side.git(["fetch", "other"]).check()
            let own = try await side.git(["config", "--get-regexp", "^remote\\.other\\..*lfs"]).check()
            #expect(own.line == "remote.other.lfsurl \(side.plainURL).git/info/lfs")
        }
    }

    @Test func aRemoteThatStandsInNoFileIsNotWrittenDown() async throws {
        try await LFSSides.with { sides in
            let setting = "remote.passing.url=" + sides.relayed.url
            try await sides.relayed.git(["-c", setting, "ls-remote", "passing"]).check()
            #expect(try await sides.relayed.git(["remote"]).line == "forge")
        }
    }

    @Test func helpersThatStartAtOnceAllServeAndSetItOnce() async throws {
        try await LFSSides.with { sides in
            let script =
                "for n in 1 2 3 4 5 6; do git ls-remote -q forge & pids=\"$pids $!\"; done; for p in $pids; do wait $p || exit 1; done"
            let ran = try await sides.relayed.work.fixture.run(
                "sh", "-c", script, in: sides.relayed.work.path, environment: sides.relayed.environment
            ).check()
            #expect(ran.errors == "")
            #expect(try await settings(of: sides.relayed) == ["lfsurl=\(sides.relayed.plainURL).git/info/lfs"])
        }
    }

    @Test func aConfigurationThatStaysLockedCostsALineAndNoPush() async throws {
        try await LFSSides.with { sides in
            let side = sides.relayed
            try side.work.fixture.write("", to: side.work.path + "/.git/config.lock")
            let ran = try await side.git(["push", "--no-verify", "forge", "main"]).check()
            #expect(ran.said.first?.hasPrefix("git-lfs may look for its server in the wrong place: ") == true, "\(ran)")
            #expect(
                ran.said.dropFirst().first
                    == "hint: git config 'remote.forge.lfsurl' '\(side.plainURL).git/info/lfs'", "\(ran)")
        }
    }

    @Test func aLinkedWorkTreeSharesTheSetting() async throws {
        try await LFSSides.with { sides in
            try await sides.run(["worktree", "add", "--quiet", "-b", "side", "linked"])
            try await sides.run(["-C", "linked", "push", "forge", "side"])
            try await sides.expectStored(1)
            #expect(try await settings(of: sides.relayed) == ["lfsurl=\(sides.relayed.plainURL).git/info/lfs"])
        }
    }

    /// A server that `.lfsconfig` names counts, as it does without hephy, from the first fetch after the clone on.
    @Test func aCommittedServerIsUsed() async throws {
        try await LFSSides.with { sides in
            for side in [sides.plain, sides.relayed] {
                let server = "\tlfsurl = \(side.plainURL).git/info/lfs\n"
                try side.work.fixture.write(
                    "[remote \"forge\"]\n\(server)[remote \"origin\"]\n\(server)", to: side.work.path + "/.lfsconfig")
                try await side.git(["add", ".lfsconfig"]).check()
                try await side.git(["commit", "--quiet", "-m", "server"]).check()
            }
            try await sides.run(["push", "forge", "main"])
            try await sides.expectStored(1)
            #expect(try await settings(of: sides.relayed) == [])
            for step in ["clone --quiet --no-checkout URL copy", "-C copy checkout HEAD .lfsconfig", "-C copy fetch"] {
                for side in [sides.plain, sides.relayed] { try await side.git(LFSTests.words(step)).check() }
            }
            for side in [sides.plain, sides.relayed] {
                let set = try await side.git(["-C", "copy", "config", "--local", "--get-regexp", "^remote\\..*lfs"])
                #expect(set.output == "")
                try await side.git(["-C", "copy", "checkout", "HEAD", "."]).check()
            }
            try await sides.expectContent(of: "a.bin", in: "copy")
        }
    }

    @Test func aURLThatNoRemoteHasGetsAHint() async throws {
        try await LFSSides.with { sides in
            let side = sides.relayed
            // git-lfs knows the remote by its URL, and so does hephy.
            try await sides.run(["push", "URL", "main"])
            try await sides.expectStored(1)
            try await side.git(["remote", "remove", "forge"]).check()
            try await LFSSides.commit("b.bin", in: side)
            let ran = try await side.git(["push", side.url, "main"])
            #expect(ran.status == 1)
            let hint =
                "hint: git-lfs finds the server only of a remote; give the URL a name: git remote add NAME '\(side.url)'"
            #expect(ran.said == [hint], "\(ran)")
            try await side.git(["push", "--no-verify", side.url, "main"]).check()
            let upToDate = try await side.git(["push", side.url, "main"]).check()
            #expect(upToDate.said == [], "\(upToDate)")
        }
    }
}
