import HephyTestSupport
import Testing

/// The ways to BuildKit that cannot be gone here: buildctl, and a builder that buildx starts from an image.
///
/// Stand-ins take one exact command line each; the builds themselves are in `RegistryTests`.
@Suite(.timeLimit(.minutes(1)))
struct BuildKitProgramTests {
    static let digest = "sha256:" + String(repeating: "3", count: 64)
    static let image = "registry.example/acme/api"
    static let files: [String: TreeEntry] = ["app/docker/Dockerfile": "FROM scratch\n"]
    static let variables: [String: String?] = [
        "HEPHY_IMAGE": image, "HEPHY_PLATFORM": "linux/arm64", "HEPHY_CONTEXT": "app",
        "HEPHY_DOCKERFILE": "app/docker/Dockerfile", "HEPHY_BUILD_ARGS": "A=b c",
    ]
    static let output =
        "type=image,name=\(image),oci-mediatypes=true,store=false,push=true,push-by-digest=true,name-canonical=true"
    static let cache = "type=registry,ref=\(image):buildcache-linux-arm64"
    static let written = cache + ",mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true"
    /// Writes the metadata that the last `--metadata-file` names.
    static let writesMetadata = """
        for word in "$@"; do
            [ "$last" != --metadata-file ] || printf '{\\n  "containerimage.digest": "\(digest)"\\n}' >"$word"
            last=$word
        done
        """

    /// A program that notes each call on a line, words parted by `|`, the scratch folder of the step taken off.
    private func noting(_ name: String, in checkout: Checkout, doing script: String) throws {
        try checkout.fixture.write(
            """
            #!/bin/sh
            printf '%s|' "$@" | sed 's,[^|]*/hephy\\.[A-Za-z0-9]*/,SCRATCH/,g' >>"$0.calls"
            echo >>"$0.calls"
            \(script)

            """, to: "bin/\(name)", executable: true)
    }

    @Test(arguments: ["buildctl", "buildctl-daemonless.sh"], [Shell.sh, .busybox])
    func buildctlIsGivenTheSameBuild(_ program: String, shell: Shell) async throws {
        try await Checkout.with(Self.files) { checkout in
            try checkout.standIn(for: "docker", expecting: ["buildx", "version"], doing: "exit 1")
            try noting(program, in: checkout, doing: "[ \"$1\" != debug ] || exit 0\n" + Self.writesMetadata)
            let result = try await checkout.run(
                "build-buildkit", Self.variables.merging(checkout.ownPrograms) { $1 }, shell: shell)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.outputs == ["digest": Self.digest])
            let annotations = checkout.annotations(image: Self.image)
            let expected =
                [
                    "build", "--progress", "plain", "--frontend", "dockerfile.v0", "--local", "context=app",
                    "--local", "dockerfile=app/docker", "--opt", "filename=Dockerfile", "--opt", "platform=linux/arm64",
                    "--metadata-file", "SCRATCH/metadata.json", "--opt", "attest:provenance=mode=max",
                    "--opt", "attest:sbom=", "--import-cache", Self.cache, "--export-cache", Self.written,
                    "--output", Self.output + annotations.map { ",\"annotation.\($0)\"" }.joined(),
                ] + annotations.flatMap { ["--opt", "label:\($0)"] } + ["--opt", "build-arg:A=b c"]
            let calls = try checkout.fixture.read("bin/\(program).calls").split(separator: "\n").map(String.init)
            #expect(calls.last == expected.joined(separator: "|") + "|")
        }
    }

    @Test func buildxGetsABuilderOfItsOwnThatIsGoneAtTheEnd() async throws {
        try await Checkout.with(Self.files) { checkout in
            try noting(
                "docker", in: checkout,
                doing: """
                    case "$2" in
                    inspect) printf 'Name:   default\\nDriver: docker\\n' ;;
                    create) cat "${10}" >"$0.toml" ;;
                    esac
                    \(Self.writesMetadata)
                    """)
            let result = try await checkout.run(
                "build-buildkit",
                Self.variables.merging([
                    "PATH": checkout.path(before: checkout.fixture.path("bin")), "HEPHY_REGISTRY_INSECURE": "true",
                    "HEPHY_SBOM_GENERATOR": "scanner:1", "HEPHY_PUSH": "false",
                ]) { $1 })
            #expect(result.status == 0, "\(result.log)")
            let calls = try checkout.fixture.read("bin/docker.calls").split(separator: "\n").map(String.init)
            #expect(calls.prefix(2) == ["buildx|version|", "buildx|inspect|"])
            let create = try #require(calls.dropFirst(2).first)
            #expect(create.hasPrefix("buildx|create|--name|hephy-"))
            #expect(
                create.hasSuffix(
                    "|--driver|docker-container|--driver-opt|image=moby/buildkit:v0.32.2|--config|SCRATCH/buildkitd.toml|"
                ))
            #expect(
                try checkout.fixture.read("bin/docker.toml") == "[registry.\"registry.example\"]\n  http = true\n")
            let annotations = checkout.annotations(image: Self.image)
            let build =
                [
                    "buildx", "build", "--platform", "linux/arm64", "--file", "app/docker/Dockerfile",
                    "--progress", "plain", "--metadata-file", "SCRATCH/metadata.json", "--output",
                    "type=image,name=\(Self.image),oci-mediatypes=true,store=false,registry.insecure=true",
                    "--provenance=mode=max", "--sbom=generator=scanner:1",
                    "--cache-from", Self.cache + ",registry.insecure=true",
                ] + annotations.flatMap { ["--label", $0] } + annotations.flatMap { ["--annotation", $0] }
                + ["--build-arg", "A=b c", "app"]
            #expect(calls.dropFirst(3).first == build.joined(separator: "|") + "|")
            let name = try #require(create.split(separator: "|").dropFirst(3).first)
            #expect(calls.last == "buildx|rm|--force|\(name)|")
        }
    }

    @Test func withoutBuildKitItIsNamed() async throws {
        try await Checkout.with(Self.files) { checkout in
            try checkout.standIn(for: "docker", expecting: ["buildx", "version"], doing: "exit 1")
            let result = try await checkout.run(
                "build-buildkit", Self.variables.merging(checkout.ownPrograms) { $1 })
            #expect(result.status == 1)
            #expect(result.log.contains("hephy: no BuildKit here: neither docker buildx nor buildctl"))
        }
    }
}
