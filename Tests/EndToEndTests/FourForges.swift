import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One repository that `hephy init` made ready for three products, and four forges that one ref of it is pushed to.
///
/// Each of `runOf...` pushes it with git through hephy, takes from the forge what was started with which inputs, and
/// executes that as the forge's runner would; it gives what the run has printed.
struct FourForges {
    let fixture: GitFixture
    let work: TestRepository
    let ref: String

    private static let digest = "sha256:" + String(repeating: "1", count: 64)

    /// Makes the repository; the forges have its first commit already, CI files included, as the ref's is a second one.
    static func ready(in fixture: GitFixture, config: String, ref: String) async throws -> FourForges {
        let work = try await InitTests.project(fixture, RunFiles.go)
        try fixture.write(config, to: "work/\(InitTests.config)")
        for product in ["github", "gitlab", "forgejo"] {
            try await fixture.run("hephy", "init", "--platform", product, in: work.path).check()
        }
        try await work.git("add", ".").check()
        try await work.git("commit", "--quiet", "-m", "build with hephy").check()
        let forges = FourForges(fixture: fixture, work: work, ref: ref)
        if ref.hasPrefix("refs/heads/"), ref != "refs/heads/main" {
            try await work.git("switch", "--quiet", "-c", String(ref.dropFirst("refs/heads/".count))).check()
        }
        try await work.git("commit", "--quiet", "--allow-empty", "-m", "a change").check()
        if ref.hasPrefix("refs/tags/") {
            try await work.git("tag", "-a", "-m", "a tag", String(ref.dropFirst("refs/tags/".count))).check()
        }
        _ = try RunScene.programs(in: fixture, .virtual)
        let note = "#!/bin/sh\n"
        try fixture.write(note + "echo \"$KO_DOCKER_REPO@\(digest)\"\n", to: "stand-ins/ko", executable: true)
        try fixture.write(
            note + "[ $1 != manifest ] || printf '{\"mediaType\":\"x\",\"config\":{}}'\n", to: "stand-ins/crane",
            executable: true)
        return forges
    }

    private var isTag: Bool { ref.hasPrefix("refs/tags/") }
    private var shortName: String { ref.split(separator: "/").dropFirst(2).joined(separator: "/") }
    private var path: String { "\(fixture.path("stand-ins")):\(fixture.environment["PATH"] ?? "")" }

    /// A server's own repository, with the commit before the one that is pushed.
    private func bare(_ name: String) async throws -> TestRepository {
        let bare = try await fixture.bareRepository("\(name).git")
        try await work.git("push", "--quiet", bare.path, "HEAD~1:refs/heads/main").check()
        return bare
    }

    /// Pushes the ref to `url`; the push, and what hephy followed, went well.
    @discardableResult
    private func push(to url: String, _ environment: [String: String?]) async throws -> GitFixture.Ran {
        var environment = environment
        environment["PATH"] = "\(fixture.path("programs")):\(path)"
        return try await fixture.run(
            ["git", "push", "-o", "hephy.logs=all", url, ref], in: work.path, environment: environment,
            timeout: .seconds(110)
        ).check()
    }

    // MARK: - GitHub and Forgejo

    func runOfGitHub() async throws -> String {
        let scenario = GitHubScenario(repositories: ["acme/api": .init(try await bare("github"))])
        return try await GitHubDouble.with(scenario, in: fixture) { double in
            try await push(to: double.hephyURL("acme/api"), double.environment(token: "gho_owner"))
            let started = try double.journal().filter { $0.kind == "run" }
            try #require(started.count == 1, "\(started)")
            return try await act(started[0], InitTests.workflow, at: "https://github.com")
        }
    }

    func runOfForgejo() async throws -> String {
        let scenario = GiteaScenario(.forgejo, repositories: ["acme/api": .init(try await bare("forgejo"))])
        return try await GiteaDouble.with(scenario, in: fixture) { double in
            try await push(to: double.hephyURL("acme/api"), double.environment(token: "gta_owner"))
            let started = try double.journal().filter { $0.kind == "run" }
            try #require(started.count == 1, "\(started)")
            // The runner fetches from the server.
            return try await act(started[0], ".forgejo/workflows/hephy.yml", at: double.origin)
        }
    }

    /// What a server tells a run of the event that started it.
    private struct Payload: Encodable {
        var ref: String
        var after: String
        var repository = ["default_branch": "main", "name": "api", "full_name": "acme/api"]
        var inputs: [String: String]?
    }

    /// Executes a run as a runner of the server would: the event with its payload, and the commit that it is of.
    private func act(_ run: JournalEntry, _ workflow: String, at server: String) async throws -> String {
        let act = try #require(ActScene.act.program)
        let event = try #require(run.event)
        let sha = try #require(run.sha)
        let payload = Payload(ref: ref, after: sha, inputs: event == "workflow_dispatch" ? run.inputs : nil)
        let told = fixture.uniqueName("event")
        try fixture.write(Array(JSONEncoder().encode(payload)), to: told)
        let clone = fixture.uniqueName("clone")
        try await fixture.run("git", "clone", "--quiet", "--no-checkout", work.path, clone).check()
        try await fixture.run("git", "checkout", "--quiet", "--detach", sha, in: clone).check()
        try await fixture.run("git", "remote", "set-url", "origin", "https://github.com/acme/api", in: clone).check()
        try fixture.write(ActScene.checkout, to: "checkout/action.yml")
        return try await fixture.run(
            [
                act, event, "--eventpath", fixture.path(told), "--workflows", workflow,
                "--platform", "ubuntu-latest=-self-hosted", "--platform", "ubuntu-24.04-arm=-self-hosted",
                "--platform", "docker=-self-hosted", "--action-offline-mode", "--container-daemon-socket", "-",
                "--local-repository", "\(ActScene.pinnedCheckout)=\(fixture.path("checkout"))", "--no-cache-server",
                "--env", "HEPHY_TEST_SOURCE=\(work.path)", "--env", "GITHUB_SERVER_URL=\(server)",
                "--secret", "GITHUB_TOKEN=gta_owner",
            ], in: clone, environment: ["PATH": path], timeout: .seconds(280)
        ).check().output
    }

    // MARK: - GitLab

    func runOfGitLab() async throws -> String {
        let scenario = GitLabScenario(projects: ["acme/api": .init(try await bare("gitlab"))])
        return try await GitLabDouble.with(scenario, in: fixture) { double in
            try await push(to: double.hephyURL("acme/api"), double.environment(token: "glpat-owner"))
            let started = try double.journal().filter { $0.kind == "run" }
            try #require(started.count == 1, "\(started)")
            let scene = GitLabScene(work: work)
            try fixture.write(GitLabScene.reports, to: "reports.bash")
            // What GitLab tells the jobs of a branch's, and of a tag's, pipeline.
            var told = ["CI_PIPELINE_SOURCE": started[0].event ?? "", "CI_COMMIT_REF_NAME": shortName]
            told[isTag ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH"] = shortName
            if isTag { told["CI_COMMIT_BRANCH"] = "" }
            let inputs = (started[0].inputs ?? [:]).map { "\($0.key)=\($0.value)" }
            #expect(started[0].sha == (try await work.commitID()))
            return try await scene.run(inputs: inputs, variables: told).check().output
        }
    }

    // MARK: - This machine

    func runHere() async throws -> String {
        // As the other forges have it already: the first branch of all is the default one.
        try await work.git(
            "push", "--quiet", "-o", "hephy.trigger=none", "hephy::local/app", "HEAD~1:refs/heads/main",
            environment: ["PATH": path]
        ).check()
        return try await push(to: "hephy::local/app", ["HEPHY_SHARE": GitFixture.share]).errors
    }
}
