import HephyTestSupport
import Testing

/// The scripts of the rendered jobs in the shells and with the programs that their images have.
@Suite(.timeLimit(.minutes(1)))
struct GitLabShellTests {
    private static let digest = "sha256:" + String(repeating: "1", count: 64)

    /// Prints a job's script, its variables first, as GitLab hands it to the image's shell.
    private static let extraction = """
        import sys, yaml
        jobs = list(yaml.safe_load_all(open(sys.argv[1])))[-1]
        def whole(name):
            job = dict(jobs[name])
            parent = job.pop("extends", None)
            result = whole(parent) if parent else {}
            for key, value in job.items():
                result[key] = {**result.get(key, {}), **value} if isinstance(value, dict) else value
            return result
        job = whole(sys.argv[2])
        for name, value in job["variables"].items():
            print("export %s='%s'" % (name, "" if "$[[" in value else value))
        print("set -e\\n" + "\\n".join(job["before_script"] + job["script"]))
        """

    @Test(arguments: [["busybox", "sh"], ["dash"], ["bash", "-o", "pipefail"]])
    func theyRunWithBusyboxAlone(_ shell: [String]) async throws {
        try await GitLabScene.with(InitTests.dockerfile) { scene async throws in
            let fixture = scene.fixture
            let programs = fixture.path("programs")
            try await fixture.run(
                "sh", "-c", "mkdir \"$1\" && busybox --install -s \"$1\" && ln -sf \"$(command -v \"$2\")\" \"$1\"",
                "sh",
                programs, shell[0]
            ).check()
            try scene.standIn(
                "executor",
                "while [ $# -gt 0 ]; do [ \"$1\" != --digest-file ] || printf '\(Self.digest)' >\"$2\"; shift; done")
            try scene.standIn("crane", "[ $1 != manifest ] || printf '{\"mediaType\":\"x\",\"config\":{}}'")
            let sha = try await scene.work.commitID()
            var told = [
                "CI_PROJECT_DIR=\(scene.work.path)", "CI_COMMIT_SHA=\(sha)", "CI_COMMIT_BRANCH=main",
                "CI_DEFAULT_BRANCH=main", "CI_REGISTRY_IMAGE=r.example.com/a/b", "HOME=\(fixture.path("home"))",
                "HEPHY_KANIKO_EXECUTOR=\(fixture.path("stand-ins/executor"))",
                "HEPHY_TEST_LOG=\(fixture.path("commands"))", "PATH=\(fixture.path("stand-ins")):\(programs)",
            ]
            var said = ""
            for job in ["plan", "build (linux/amd64)", "build (linux/arm64)", "index"] {
                let script = try await fixture.run(
                    "python3", "-c", Self.extraction, "work/\(InitGitLabTests.pipeline)", job
                ).check()
                try fixture.write(script.output, to: "job.sh")
                let ran = try await fixture.run(
                    ["env", "-i"] + told + shell + [fixture.path("job.sh")], in: scene.work.path)
                #expect(ran.status == 0, "\(job): \(ran)")
                said += ran.output
                let reports = try await fixture.run(
                    "sh", "-c", "cat hephy-*.env && rm hephy-*.env", in: scene.work.path)
                told += reports.output.split(separator: "\n").map(String.init)
            }
            #expect(said.contains("hephy: image=r.example.com/a/b:sha-\(sha.prefix(7))@sha256:"), "\(said)")
            #expect(told.contains("HEPHY_DIGEST_LINUX_ARM64=\(Self.digest)"))
        }
    }
}
