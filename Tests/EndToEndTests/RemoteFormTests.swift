import HephyTestSupport
import Testing

/// The ways in which a remote can be set up, and git's own rewriting of URLs, behind `hephy::`.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct RemoteFormTests {
    private static let plainCommit = TestCommit(["README": "hello\n"])

    /// Fetches, clones and pushes through what `url` names.
    private func expectAllDirections(
        _ scene: PushScene, _ url: String, environment: [String: String?]? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let environment = environment ?? scene.environment
        func git(_ arguments: String...) async throws -> GitFixture.Ran {
            try await scene.fixture.run(["git"] + arguments, in: scene.work.path, environment: environment)
        }
        let pushed = try await git("push", url, "main").check()
        #expect(pushed.errors.contains("main -> main"), sourceLocation: sourceLocation)
        let isOurs = pushed.said.contains { $0.hasPrefix("nothing to follow: ") }
        #expect(isOurs, "\(pushed)", sourceLocation: sourceLocation)
        try await git("fetch", url, "main").check()
        try await git("clone", "--quiet", url, "copy").check()
        #expect(try scene.fixture.read("work/copy/README") == "hello\n", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        "hephy::github.com/acme/api", "hephy::https://github.com/acme/api", "hephy://github.com/acme/api",
        "hephy::HTTPS://GitHub.com/acme/api.git", "hephy::github.com:443/acme/api",
    ])
    func githubIsReachedThroughTheUsersProxyAndAuthority(_ url: String) async throws {
        try await PushScene.with([Self.plainCommit], tls: true) { scene in
            try await expectAllDirections(scene, url)
            let journal = try scene.double.journal()
            #expect(Set(journal.map(\.kind)) == ["connect", "git"])
            for request in journal where request.kind == "git" {
                #expect(request.host?.lowercased().hasPrefix("github.com") == true, "\(request)")
            }
        }
    }

    @Test func aServerWhoseCertificateNobodyKnowsIsNotUsed() async throws {
        try await PushScene.with([Self.plainCommit], tls: true) { scene in
            let url = try #require(scene.double.secureOrigin)
            let ran = try await scene.fixture.run(
                "git", "push", "hephy::\(url)/acme/api", "main", in: scene.work.path,
                environment: try scene.double.environment(token: "gho_owner"))
            #expect(ran.status == 128)
            #expect(ran.errors.contains("certificate"))
            #expect(try scene.double.journal().isEmpty)
        }
    }

    @Test func aRemoteWithVcsKeepsItsPlainURL() async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            try await scene.work.git("remote", "add", "origin", scene.double.url("acme/api")).check()
            try await scene.work.git("config", "remote.origin.vcs", "hephy").check()
            let pushed = try await scene.git("push", "origin", "main").check()
            #expect(pushed.errors.contains("To \(scene.double.url("acme/api"))\n"), "\(pushed)")
            #expect(pushed.said.contains { $0.hasPrefix("nothing to follow: ") }, "\(pushed)")
            try await scene.git("fetch", "origin").check()
            try await scene.git("ls-remote", "origin").check()
            #expect(try await scene.work.commitID("origin/main") == scene.work.commitID("main"))
            try await scene.git("pull", "--ff-only", "origin", "main").check()
        }
    }

    @Test func aCloneCanSetVcsAtOnce() async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            try await scene.work.git("push", "--quiet", scene.bare.path, "main").check()
            try await scene.git(
                "clone", "--quiet", "-c", "remote.origin.vcs=hephy", scene.double.url("acme/api"), "copy"
            ).check()
            #expect(try scene.fixture.read("work/copy/README") == "hello\n")
            let ran = try await scene.git("-C", "copy", "push", "origin", "main:next").check()
            #expect(ran.said.contains { $0.hasPrefix("nothing to follow: ") }, "\(ran)")
        }
    }

    @Test func aPushURLAloneGoesThroughHephy() async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            try await scene.work.git("remote", "add", "origin", scene.double.url("acme/api")).check()
            try await scene.work.git("config", "remote.origin.pushurl", scene.double.hephyURL("acme/api")).check()
            let pushed = try await scene.git("push", "origin", "main").check()
            #expect(pushed.said.contains { $0.hasPrefix("nothing to follow: ") }, "\(pushed)")
            let fetched = try await scene.git("fetch", "-v", "origin").check()
            #expect(fetched.said.isEmpty)
        }
    }

    struct Rewriting: Sendable, CustomTestStringConvertible {
        var name: String
        /// Keys and values of git's configuration; ORIGIN is the double's.
        var rules: [(key: String, value: String)]
        var url: String
        var testDescription: String { name }
    }

    static let rewritings = [
        Rewriting(
            name: "insteadOf of the inner URL", rules: [("url.ORIGIN/.insteadOf", "https://git.corp.example/")],
            url: "hephy::git.corp.example/acme/api"),
        Rewriting(
            name: "the longest insteadOf wins",
            rules: [
                ("url.http://127.0.0.1:1/.insteadOf", "https://git.corp.example/"),
                ("url.ORIGIN/acme/.insteadOf", "https://git.corp.example/team/"),
            ], url: "hephy::git.corp.example/team/api"),
        Rewriting(
            name: "a shorthand for hephy", rules: [("url.hephy::ORIGIN/.insteadOf", "forge:")], url: "forge:acme/api"),
        Rewriting(
            name: "a rule of both kinds",
            rules: [
                ("url.ORIGIN/acme/.pushInsteadOf", "https://git.corp.example/"),
                ("url.ORIGIN/acme/.insteadOf", "https://git.corp.example/"),
            ], url: "hephy::git.corp.example/api"),
    ]

    @Test(arguments: rewritings) func gitsOwnRewritingAppliesToTheInnerURL(_ entry: Rewriting) async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            for rule in entry.rules {
                let key = rule.key.replacing("ORIGIN", with: scene.double.origin)
                try await scene.work.git("config", key, rule.value).check()
            }
            let pushed = try await scene.git("push", entry.url, "main").check()
            #expect(pushed.said.contains { $0.hasPrefix("nothing to follow: ") }, "\(pushed)")
            try await scene.git("fetch", entry.url, "main").check()
        }
    }

    @Test func pushInsteadOfTurnsPushesAloneUnlessThereIsAPushURL() async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            let origin = scene.double.origin
            try await scene.work.git("config", "url.\(origin)/acme/.pushInsteadOf", "\(origin)/elsewhere/").check()
            try await scene.work.git("remote", "set-url", "hephy", "hephy::\(origin)/elsewhere/api").check()
            try await scene.git("push", "hephy", "main").check()
            #expect(try await scene.remoteRefs() == ["refs/heads/main"])
            #expect(try scene.double.journal().allSatisfy { $0.path?.hasPrefix("/acme/api/") == true })
        }
    }

    @Test(arguments: ["insteadOf", "pushInsteadOf"])
    func aRuleThatLeadsToHephyIsFollowedOnce(_ rule: String) async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            try await scene.work.git("config", "url.hephy::\(scene.double.origin)/.\(rule)", scene.double.origin + "/")
                .check()
            try await scene.work.git("remote", "add", "plain", scene.double.url("acme/api")).check()
            for (index, remote) in ["hephy", "plain", scene.double.url("acme/api")].enumerated() {
                let pushed = try await scene.git("push", remote, "main:refs/heads/b\(index)").check()
                #expect(pushed.said.contains { $0.hasPrefix("nothing to follow: ") }, "\(pushed)")
                try await scene.git("ls-remote", remote).check()
            }
        }
    }

    @Test func aRemoteNamedWithDotsAndCapitalsIsFound() async throws {
        try await PushScene.with([Self.plainCommit]) { scene in
            try await scene.work.git("remote", "add", "My.Forge", scene.double.hephyURL("acme/api")).check()
            try await scene.git("push", "My.Forge", "main").check()
            #expect(try await scene.work.commitID("My.Forge/main") == scene.work.commitID("main"))
        }
    }

    #if os(Linux)
        @Test func aWorkTreeWhosePathIsNoUTF8IsServed() async throws {
            try await PushScene.with { scene in
                let script = """
                    set -e
                    git worktree add -q -b side "$(printf '../caf\\351')"
                    mv .git "$(printf '../git\\351')"
                    cd ../caf*
                    echo "gitdir: $(echo ../git*/worktrees/*)" >.git
                    export PATH="$PATH:$PWD"
                    case $PATH in *"$(printf '\\351')"*) ;; *) exit 77 ;; esac
                    git push -o hephy.trigger=none hephy side
                    hephy detect
                    """
                let ran = try await scene.fixture.run(
                    "sh", "-c", script, in: scene.work.path, environment: scene.environment)
                #expect(ran.status == 0, "\(ran)")
                #expect(ran.errors.contains("side -> side"), "\(ran)")
                #expect(ran.output.contains("kaniko"), "\(ran)")
            }
        }
    #endif
}
