import HephyTestSupport
import Testing

/// Files for GitLab in front of the programs that judge such files: GitLab's schema and yamllint.
@Suite(.timeLimit(.minutes(2)), .enabled(if: CIFileJudges.areWanted))
struct GitLabFileLintTests {
    /// What is wrong with a file, in the words of both; the schema is that of one document.
    private static func findings(_ path: String, _ fixture: GitFixture) async throws -> [String] {
        let schema = try #require(CIFileJudges.schema.program)
        let yamllint = try #require(CIFileJudges.yamllint.program)
        var findings: [String] = []
        let styled = try await fixture.run(yamllint, "--strict", path)
        if styled.status != 0 { findings.append(styled.output + styled.errors) }
        for (index, document) in try fixture.read(path).split(separator: "\n---\n").enumerated() {
            let part = "document\(index).yml"
            try fixture.write(document + "\n", to: part)
            let valid = try await fixture.run(schema, "--builtin-schema", "vendor.gitlab-ci", part)
            if valid.status != 0 { findings.append(valid.output + valid.errors) }
        }
        return findings
    }

    private static let sources: [String: TreeEntry] = InitTests.dockerfile.merging([
        "go.mod": "module example.com/api\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n",
        "spin.toml": "spin_manifest_version = 2\n",
    ]) { $1 }

    @Test(arguments: ["kaniko", "buildkit", "ko", "spin"], [nil, "v1", "gitlab.com/o/hephy-builder/build@1"])
    func theyFindNothing(in backend: String, _ component: String?) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, Self.sources, origin: InitGitLabTests.origin)
            let arguments = ["hephy", "init", "--backend", backend] + (component.map { ["--component", $0] } ?? [])
            try await fixture.run(arguments, in: work.path).check()
            #expect(try await Self.findings("work/\(InitGitLabTests.pipeline)", fixture) == [])
            let yamllint = try #require(CIFileJudges.yamllint.program)
            try await fixture.run(yamllint, "--strict", "work/\(InitTests.config)").check()
            // The same beside a pipeline of the repository's own.
            try fixture.write("---\ntest:\n  script: [make]\n", to: "work/\(InitGitLabTests.pipeline)")
            try await fixture.run(arguments, in: work.path).check()
            #expect(try await Self.findings("work/\(InitGitLabTests.pipeline)", fixture) == [])
            #expect(try await Self.findings("work/\(InitGitLabTests.attached)", fixture) == [])
        }
    }

    @Test(arguments: [nil, "v1"])
    func theyFindNothingWhereEveryKeyIsUsed(_ component: String?) async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, origin: InitGitLabTests.origin)
            let config = """
                build_backend: buildkit
                platforms: [linux/amd64, linux/arm64, linux/arm/v7, linux/s390x, windows/amd64]
                additional_tags: [latest, "${GITHUB_REF_NAME}-x"]
                image: registry.example.com/team/app
                context: sub dir
                dockerfile: sub dir/Dockerfile
                build_args: {A: "it's ${X} \\" \\\\", B: "a: b # c"}
                runners: {default: [docker, "small one"], linux/arm64: saas-linux-small-arm64}
                cache: false
                sbom: false
                provenance: false
                kaniko: {image: "ghcr.io/osscontainertools/kaniko:v1-debug"}

                """
            try fixture.write(config, to: "work/\(InitTests.config)")
            let arguments = ["hephy", "init", "--trigger", "dispatch"] + (component.map { ["--component", $0] } ?? [])
            try await fixture.run(arguments, in: work.path).check()
            #expect(try await Self.findings("work/\(InitGitLabTests.pipeline)", fixture) == [])
        }
    }

    @Test func theyFindNothingInTheFileThatOthersInclude() async throws {
        try await GitFixture.with { fixture in
            let shared = GitFixture.share + "/gitlab/build.yml"
            try fixture.write(fixture.read(shared), to: "build.yml")
            #expect(try await Self.findings("build.yml", fixture) == [])
        }
    }

    /// The scripts are the steps, which are looked at as they are, and what stands around them.
    @Test func theScriptsAroundTheStepsAreSound() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture, Self.sources, origin: InitGitLabTests.origin)
            try await fixture.run("hephy", "init", in: work.path).check()
            for path in [work.path + "/\(InitGitLabTests.pipeline)", GitFixture.share + "/gitlab/build.yml"] {
                let ran = try await fixture.run("python3", "-c", Self.extraction, path).check()
                for (index, script) in ran.output.split(separator: "\u{c}").enumerated() {
                    try fixture.write(String(script), to: "script\(index).sh")
                    // Variables come from GitLab and from the part before; functions serve the part behind.
                    let judged = try await fixture.run(
                        "shellcheck", "--shell=sh", "--exclude=SC2034,SC2154,SC2317,SC2329", "script\(index).sh")
                    #expect(judged.status == 0, "\(judged)")
                }
            }
        }
    }

    /// Prints the scripts of each job without the steps inside of them, a form feed behind each.
    private static let extraction = """
        import re, sys, yaml
        for document in yaml.safe_load_all(open(sys.argv[1])):
            for job in document.values():
                if isinstance(job, dict):
                    for script in [job.get("before_script"), job.get("script")]:
                        if script:
                            text = re.sub(r"(?s)<<'END_OF_STEP'\\n.*?\\nEND_OF_STEP\\n", "</dev/null\\n", "\\n".join(script))
                            print(text, end="\\f")
        """
}
