import HephyTestSupport
import Testing

/// The programs that judge CI files.
enum CIFileJudges {
    static let schema = Peer.ciTool("check-jsonschema")
    static let yamllint = Peer.ciTool("yamllint")
    static let zizmor = Peer.ciTool("zizmor")
    static var areWanted: Bool { schema.isWanted && yamllint.isWanted && zizmor.isWanted }
}

/// Rendered files in front of the programs that judge such files: GitHub's schema, yamllint and zizmor.
///
/// docs/ci-files.md names the audits that are left out, each with its reason.
@Suite(.timeLimit(.minutes(2)), .enabled(if: CIFileJudges.areWanted))
struct CIFileLintTests {
    /// The audits that docs/ci-files.md leaves out.
    static let ignored: Set<String> = ["secrets-outside-env", "self-hosted-runner"]

    /// What is wrong with a workflow, in the words of all three, but for audits of zizmor that are `besides` the point.
    static func findings(
        _ path: String, _ fixture: GitFixture, besides more: Set<String> = []
    ) async throws -> [String] {
        let schema = try #require(CIFileJudges.schema.program)
        let yamllint = try #require(CIFileJudges.yamllint.program)
        let zizmor = try #require(CIFileJudges.zizmor.program)
        var findings: [String] = []
        let valid = try await fixture.run(schema, "--builtin-schema", "vendor.github-workflows", path)
        if valid.status != 0 { findings.append(valid.output + valid.errors) }
        let styled = try await fixture.run(yamllint, "--strict", path)
        if styled.status != 0 { findings.append(styled.output + styled.errors) }
        let audited = try await fixture.run(
            zizmor, "--quiet", "--offline", "--no-config", "--persona", "auditor", "--format", "plain",
            "--color", "never", path)
        let marks = ["error[", "warning[", "help[", "info[", "note["]
        for line in audited.output.split(separator: "\n") where marks.contains(where: line.hasPrefix) {
            let audit = line.split(separator: "[")[1].prefix { $0 != "]" }
            if !ignored.union(more).contains(String(audit)) { findings.append(String(line)) }
        }
        // 0: nothing found; 11 to 14: something, by its weight.
        if audited.status != 0, !(11...14).contains(audited.status) { findings.append("\(audited)") }
        return findings
    }

    private static let go: [String: TreeEntry] = [
        "go.mod": "module example.com/api\n\ngo 1.24\n", "main.go": "package main\n\nfunc main() {}\n",
    ]

    @Test(arguments: ["kaniko", "buildkit", "ko", "spin"])
    func theyFindNothing(in backend: String) async throws {
        try await GitFixture.with { fixture in
            let sources = Self.go.merging(InitTests.dockerfile) { $1 }
                .merging(["spin.toml": "spin_manifest_version = 2\n"]) { $1 }
            let work = try await InitTests.project(fixture, sources)
            try await fixture.run("hephy", "init", "--backend", backend, in: work.path).check()
            #expect(try await Self.findings("work/\(InitTests.workflow)", fixture) == [])
            let yamllint = try #require(CIFileJudges.yamllint.program)
            try await fixture.run(yamllint, "--strict", "work/\(InitTests.config)").check()
        }
    }

    @Test func theyFindNothingWhereEveryKeyIsUsed() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            let config = """
                build_backend: buildkit
                platforms: [linux/amd64, linux/arm64, linux/arm/v7, linux/s390x, windows/amd64]
                additional_tags: [latest, "${GITHUB_REF_NAME}-x"]
                image: registry.example.com/team/app
                context: sub dir
                dockerfile: sub dir/Dockerfile
                build_args: {A: "it's ${{ github.token }} \\" \\\\", B: "a: b # c"}
                runners: {default: [self-hosted, linux], linux/arm64: ubuntu-24.04-arm}
                cache: false
                sbom: false
                provenance: false
                kaniko: {image: "ghcr.io/osscontainertools/kaniko:v1"}

                """
            try fixture.write(config, to: "work/\(InitTests.config)")
            try await fixture.run("hephy", "init", in: work.path).check()
            #expect(try await Self.findings("work/\(InitTests.workflow)", fixture) == [])
            let text = try fixture.read("work/\(InitTests.workflow)")
            #expect(text.contains("runs-on: [\"self-hosted\", \"linux\"]\n"))
            #expect(text.contains("runs-on: \"ubuntu-24.04-arm\"\n") && text.contains("HEPHY_SBOM: \"false\"\n"))
        }
    }

    @Test func theyFindNothingInTheCallerAndTheWorkflowThatItCalls() async throws {
        try await GitFixture.with { fixture in
            let work = try await InitTests.project(fixture)
            let commit = String(repeating: "1", count: 40)
            try await fixture.run("hephy", "init", "--component", "acme/hephy-builder@\(commit)", in: work.path).check()
            #expect(try await Self.findings("work/\(InitTests.workflow)", fixture) == [])
            let own = GitFixture.share + "/../.github/workflows/build.yml"
            try fixture.write(fixture.read(own), to: "work/.github/workflows/build.yml")
            #expect(try await Self.findings("work/.github/workflows/build.yml", fixture) == [])
        }
    }
}
