import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A repository with a pipeline for GitLab, run by `gitlabci-local`, a real engine for such files, without a network: in
/// a clean clone of the commit, on this machine itself.
///
/// What that engine leaves to GitLab is done here: the variables of a pipeline, which jobs their rules make
/// (`Tests/doubles/gitlab-pipeline`), and that what a job hands over as a dotenv report is a variable of the jobs after
/// it (`BASH_ENV`: the engine starts each job with bash). It pulls no images: programs that a test names stand in for
/// what is in them.
struct GitLabScene {
    static let engine = Peer.ciTool("gitlabci-local")

    let work: TestRepository
    var fixture: GitFixture { work.fixture }

    /// Makes a repository that `hephy init` made ready; `arguments` are its, `config` its configuration where it has one.
    static func with(
        _ files: [String: TreeEntry], config: String? = nil, initialising arguments: [String] = [],
        _ body: (GitLabScene) async throws -> Void
    ) async throws {
        try await byHand(files) { scene in
            if let config { try scene.fixture.write(config, to: "work/\(InitTests.config)") }
            try await scene.fixture.run(["hephy", "init"] + arguments, in: scene.work.path).check()
            try await scene.commit()
            try await body(scene)
        }
    }

    /// Makes a repository of files that were typed in by hand; none of hephy's programs sees it.
    static func byHand(
        _ files: [String: TreeEntry], _ body: (GitLabScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, files, origin: "https://gitlab.com/acme/api.git")
            try fixture.write(reports, to: "reports.bash")
            try await body(GitLabScene(work: work))
        }
    }

    /// Puts all that is in the work tree into a commit.
    func commit() async throws {
        try await work.git("add", ".").check()
        try await work.git("commit", "--quiet", "-m", "build with hephy").check()
    }

    /// A `BASH_ENV`: what jobs have handed over, for those after them.
    static let reports = """
        if [ -n "${CI_PROJECT_DIR:-}" ]; then
          for report in "$CI_PROJECT_DIR"/hephy-*.env; do
            if [ -f "$report" ]; then
              cat "$report" >>"$HEPHY_TEST_REPORTS"
              rm "$report"
            fi
          done
          if [ -f "$HEPHY_TEST_REPORTS" ]; then
            while IFS= read -r line; do export "${line%%=*}=${line#*=}"; done <"$HEPHY_TEST_REPORTS"
          fi
        fi

        """

    /// Puts a program before all others of its name; it is a shell script, which notes its arguments first.
    func standIn(_ name: String, _ script: String) throws {
        let note = "#!/bin/sh\nprintf '%s\\n' \"\(name) $*\" >>\"$HEPHY_TEST_LOG\"\n"
        try fixture.write(note + script + "\n", to: "stand-ins/\(name)", executable: true)
    }

    /// The command lines of the stand-ins, in order.
    func commands() throws -> [String] {
        (try? fixture.read("commands"))?.split(separator: "\n").map(String.init) ?? []
    }

    /// The folders of jobs' own that their `after_script` has not taken away, one a line.
    func leftovers() async throws -> String {
        try await fixture.run("find", ".", "-maxdepth", "1", "-name", "*.hephy-*").check().output
    }

    /// What the jobs have handed over so far, `NAME=value`.
    func reported() throws -> [String] {
        (try? fixture.read("reports"))?.split(separator: "\n").map(String.init) ?? []
    }

    /// The jobs that GitLab makes of the work tree's file for a pipeline with these inputs and variables.
    func jobs(_ inputs: [String] = [], variables: [String: String]) async throws -> GitFixture.Ran {
        try await fixture.run(
            [DoubleProcess.python, GitFixture.doubles + "/gitlab-pipeline", "work/\(InitGitLabTests.pipeline)"]
                + inputs.flatMap { ["--input", $0] } + variables.map { "\($0.key)=\($0.value)" })
    }

    /// Runs the pipeline in a fresh clone of the repository.
    ///
    /// `inputs` are `NAME=VALUE`; `only` names the one job that is run, and `hasHephy` is whether there is the hephy of
    /// this build. `programs` is a folder that stands in front of PATH, behind the stand-ins. The jobs see
    /// `variables` as a pipeline's own, before those of the file.
    func run(
        inputs: [String] = [], variables: [String: String] = [:], programs: String? = nil, hasHephy: Bool = true,
        only: String? = nil
    ) async throws -> GitFixture.Ran {
        let engine = try #require(Self.engine.program)
        try fixture.write("", to: "reports")
        let clone = fixture.uniqueName("clone")
        try await fixture.run("git", "clone", "--quiet", work.path, clone).check()
        let machine = (fixture.environment["PATH"] ?? "").split(separator: ":")
            .filter { hasHephy || $0 != GitFixture.builtPrograms[...] }.joined(separator: ":")
        let path = [fixture.path("stand-ins"), programs, machine].compactMap(\.self)
        let pipeline = [
            "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main",
            "CI_DEFAULT_BRANCH": "main", "CI_PIPELINE_IID": "7", "CI_JOB_ID": "1",
            "CI_PROJECT_URL": "https://gitlab.com/acme/api", "CI_REGISTRY": "registry.gitlab.com",
            "CI_REGISTRY_IMAGE": "registry.gitlab.com/acme/api", "CI_REGISTRY_USER": "gitlab-ci-token",
            "CI_REGISTRY_PASSWORD": "t0ken", "CI_PIPELINE_CREATED_AT": "2026-11-22T10:11:12Z",
        ].merging(variables) { $1 }
        let jobs = try await jobs(inputs, variables: pipeline).check()
        let names = jobs.output.split(separator: "\n").map(String.init).filter { only == nil || $0 == only }
        try #require(!names.isEmpty)
        let told = pipeline.sorted { $0.key < $1.key }.flatMap { ["-e", "\($0.key)=\($0.value)"] }
        let environment = [
            "PATH": path.joined(separator: ":"), "BASH_ENV": fixture.path("reports.bash"),
            "HEPHY_TEST_REPORTS": fixture.path("reports"), "HEPHY_TEST_LOG": fixture.path("commands"),
        ]
        let ran = try await fixture.run(
            [engine, "--host", "--no-color", "--no-verbose", "--no-regex"] + told
                + inputs.flatMap { ["--input", $0] } + ["--"] + names, in: clone,
            environment: environment.mapValues(Optional.some), timeout: .seconds(280))
        // Nobody comes after the last job.
        try await fixture.run("sh", "-c", "cat hephy-*.env >>\"$1\" || :", "sh", fixture.path("reports"), in: clone)
            .check()
        return ran
    }
}
