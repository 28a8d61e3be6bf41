import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// kaniko's image cannot be had here: a stand-in takes its place that accepts one exact command line.
@Suite(.timeLimit(.minutes(3)))
struct KanikoTests {
    static let dockerfiles = GitFixture.doubles.replacing("/doubles", with: "/Fixtures/dockerfiles")
    static let digest = "sha256:" + String(repeating: "5", count: 64)

    /// The lines of the table that BuildPlan's own scan is tested with: file, backend, needs, declared contexts.
    static let cases: [[String]] = {
        let table = FileManager.default.contents(atPath: dockerfiles + "/cases.tsv") ?? Data()
        return String(decoding: table, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }()

    @Test func theTableIsThere() { #expect(Self.cases.count > 100) }

    @Test(arguments: cases.indices)
    func whatKanikoBuildsWrongNeverReachesIt(_ index: Int) async throws {
        let example = Self.cases[index]
        let shell = Shell.allCases[index % Shell.allCases.count]
        let bytes = try #require(FileManager.default.contents(atPath: "\(Self.dockerfiles)/\(example[0]).dockerfile"))
        try await Checkout.with(["Dockerfile": .file([UInt8](bytes))]) { checkout in
            let executor = try checkout.fixture.write(
                "#!/bin/sh\n: >\"${0%/*}/called\"\n", to: "kaniko/executor", executable: true)
            let result = try await checkout.run(
                "build-kaniko",
                [
                    "HEPHY_IMAGE": "ghcr.io/a/b", "HEPHY_PLATFORM": "linux/amd64", "HEPHY_PUSH": "false",
                    "HEPHY_KANIKO_EXECUTOR": executor, "HEPHY_BUILD_CONTEXTS": example[3] == "-" ? "" : example[3],
                ], shell: shell)
            let isCalled = FileManager.default.fileExists(atPath: checkout.fixture.path("kaniko/called"))
            #expect(isCalled == (example[1] == "kaniko"), "\(result.log)")
            #expect(result.status == (example[1] == "kaniko" ? 0 : 1))
            let places = result.log.split(separator: "\n").filter { $0.hasPrefix("hephy: ./Dockerfile:") }.map { line in
                let kind = line.split(separator: "[").last.map { $0.dropLast() } ?? ""
                return "\(kind):\(line.dropFirst("hephy: ./Dockerfile:".count).prefix { $0 != ":" })"
            }
            #expect(places.joined(separator: ",") == (example[2] == "-" ? "" : example[2]))
        }
    }

    private static let files: [String: TreeEntry] = ["app/Dockerfile": "FROM scratch\nCOPY f /f\n", "app/f": "x"]
    private static let variables: [String: String?] = [
        "HEPHY_IMAGE": "ghcr.io/acme/api", "HEPHY_PLATFORM": "linux/arm64", "HEPHY_CONTEXT": "app",
        "HEPHY_BUILD_ARGS": "A=b c\nD=$(id)",
    ]

    private static func arguments(of checkout: Checkout, root: String, digest: String) -> [String] {
        let annotations = checkout.annotations(image: "ghcr.io/acme/api")
        return [
            "--context", "dir://\(root)/app", "--dockerfile", "\(root)/app/Dockerfile",
            "--custom-platform", "linux/arm64", "--digest-file", digest, "--log-format", "text",
            "--destination", "ghcr.io/acme/api:\(checkout.commitTag)-linux-arm64", "--push-retry", "3",
            "--cache=true", "--cache-repo", "ghcr.io/acme/api/cache",
        ] + annotations.flatMap { ["--label", $0] } + annotations.flatMap { ["--annotation", $0] }
            + ["--build-arg", "A=b c", "--build-arg", "D=$(id)"]
    }

    @Test(arguments: Shell.allCases)
    func insideItsImageTheExecutorIsCalledAndItsFolderAloneIsWrittenTo(_ shell: Shell) async throws {
        try await Checkout.with(Self.files) { checkout in
            // The digest's place has a random name: the stand-in checks it and puts it aside.
            let executor = try checkout.fixture.write(
                """
                #!/bin/sh
                [ "$TMPDIR" = "${0%/*}" ] || exit 98
                grep -q '"ghcr.io":{"auth":"aGVwaHk6czNjcmV0"}' "$DOCKER_CONFIG/config.json" || exit 96
                case "$(env)" in *s3cret*) exit 95 ;; esac
                printf '%s\\n' "$@" | sed 's,^'"${0%/*}"'/hephy\\.[A-Za-z0-9]*/kept/digest$,DIGEST,' >"$0.arguments"
                for word in "$@"; do
                    [ "$last" != --digest-file ] || printf '\(Self.digest)' >"$word"
                    last=$word
                done

                """, to: "kaniko/executor", executable: true)
            let result = try await checkout.run(
                "build-kaniko",
                Self.variables.merging([
                    "HEPHY_KANIKO_EXECUTOR": executor, "HEPHY_REGISTRY_USER": "hephy",
                    "HEPHY_REGISTRY_PASSWORD": "s3cret",
                ]) { $1 }, shell: shell)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.outputs == ["digest": Self.digest])
            #expect(
                try checkout.fixture.read("kaniko/executor.arguments").split(separator: "\n").map(String.init)
                    == Self.arguments(of: checkout, root: checkout.repository.path, digest: "DIGEST"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: checkout.fixture.path("kaniko")).count == 2)
        }
    }

    @Test func elsewhereDockerStartsTheMaintainedImage() async throws {
        try await Checkout.with(Self.files) { checkout in
            let docker = try checkout.fixture.write(
                """
                #!/bin/sh
                if [ "$1" = version ]; then exit 0; fi
                printf '%s\\n' "$@" >"$0.arguments"
                for word in "$@"; do
                    case $word in *:/hephy) printf '\(Self.digest)' >"${word%:/hephy}/digest" ;; esac
                done

                """, to: "bin/docker", executable: true)
            let result = try await checkout.run(
                "build-kaniko", Self.variables.merging(checkout.ownPrograms) { $1 })
            #expect(result.status == 0, "\(result.log)")
            #expect(result.outputs == ["digest": Self.digest])
            let arguments = try checkout.fixture.read(docker + ".arguments").split(separator: "\n").map(String.init)
            let kept = try #require(arguments.first { $0.hasSuffix(":/hephy") })
            #expect(
                arguments == [
                    "run", "--rm", "--volume", "\(checkout.repository.path):/workspace:ro",
                    "--volume", kept, "ghcr.io/osscontainertools/kaniko:v1.28.3",
                ] + Self.arguments(of: checkout, root: "/workspace", digest: "/hephy/digest"))
        }
    }

    @Test func withoutItsImageNothingIsBuilt() async throws {
        try await Checkout.with(Self.files) { checkout in
            try checkout.standIn(for: "docker", expecting: ["version"], doing: "exit 1")
            let result = try await checkout.run(
                "build-kaniko", Self.variables.merging(checkout.ownPrograms) { $1 })
            #expect(result.status == 1)
            #expect(
                result.log.contains("hephy: kaniko runs inside its own image, and there is no docker here to start it"))
        }
    }

    @Test(arguments: [
        ("error checking push permissions: UNAUTHORIZED: authentication required", false, "wants a login"),
        ("denied: permission_denied: write_package", true, "'permissions: packages: write'"),
        ("no space left on device", true, "kaniko failed with exit status 1"),
    ])
    func aRefusalSaysWhatIsMissing(_ message: String, hasLogin: Bool, words: String) async throws {
        try await Checkout.with(Self.files) { checkout in
            let executor = try checkout.fixture.write(
                "#!/bin/sh\necho '\(message)' >&2\nexit 1\n", to: "kaniko/executor", executable: true)
            let result = try await checkout.run(
                "build-kaniko",
                Self.variables.merging([
                    "HEPHY_KANIKO_EXECUTOR": executor, "HEPHY_REGISTRY_USER": hasLogin ? "hephy" : "",
                    "HEPHY_REGISTRY_PASSWORD": hasLogin ? "s3cret" : "",
                ]) { $1 })
            #expect(result.status == 1)
            #expect(result.log.contains(words), "\(result.log)")
            #expect(!result.log.contains("s3cret"))
            #expect(result.outputs.isEmpty)
        }
    }
}
