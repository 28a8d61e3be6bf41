import HephyTestSupport
import Testing

/// Real builders, a real registry, real BuildKit.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: BuildServices.areWanted, "no docker, buildx, crane: see scripts/test-tools --builders"))
struct RegistryTests {
    static let files: [String: TreeEntry] = [
        "Dockerfile": "FROM scratch\nARG GREETING\nCOPY hello /hello\nLABEL greeting=$GREETING\n", "hello": "hello\n",
    ]
    static let platforms = ["linux/amd64", "linux/arm64"]

    /// Builds every platform and joins them, as the jobs of a run do.
    private func run(
        _ build: String, _ image: String, in checkout: Checkout, _ environment: [String: String?], shell: Shell = .sh
    ) async throws -> StepResult {
        var digests = ""
        var builder: String?
        for platform in Self.platforms {
            var variables = environment
            variables.merge(["HEPHY_IMAGE": image, "HEPHY_PLATFORM": platform, "HEPHY_SBOM": "false"]) { $1 }
            let result = try await checkout.run(build, variables, shell: shell)
            #expect(result.status == 0, "\(result.log)")
            digests += "\(platform) \(try #require(result.outputs["digest"]))\n"
            builder = result.outputs["builder"]
        }
        var variables = environment
        variables["HEPHY_IMAGE"] = image
        variables["HEPHY_DIGESTS"] = digests
        variables["HEPHY_BUILDER"] = builder
        variables["HEPHY_TAGS"] = "main\nlatest\n\(checkout.commitTag)\n"
        return try await checkout.run("index", variables, shell: shell)
    }

    /// What must be true of every multi-arch image, whatever built it.
    private func check(_ result: StepResult, _ image: String, with tools: BuildTools) async throws -> Manifest {
        #expect(result.status == 0, "\(result.log)")
        let digest = try #require(result.outputs["digest"])
        let ref = "\(image):\(tools.checkout.commitTag)@\(digest)"
        #expect(result.outputs["ref"] == ref)
        #expect(result.ran.output.hasSuffix("platforms: linux/amd64, linux/arm64\nhephy: image=\(ref)\n"))
        #expect(result.summary.contains("| tags | `main` `latest` `\(tools.checkout.commitTag)` |"))
        for tag in ["main", "latest", tools.checkout.commitTag] {
            #expect(try await tools.crane("digest", "\(image):\(tag)").check().line == digest)
        }
        let index = try await tools.manifest("\(image)@\(digest)")
        #expect(index.mediaType == Manifest.ociIndex)
        let named = tools.checkout.annotations(image: image).map {
            $0.split(separator: "=", maxSplits: 1).map(String.init)
        }
        #expect(index.annotations == Dictionary(uniqueKeysWithValues: named.map { ($0[0], $0[1]) }))
        let built = (index.manifests ?? []).compactMap(\.platformName).filter { $0 != "unknown/unknown" }
        #expect(built == Self.platforms)
        for platform in Self.platforms {
            #expect(try await tools.file("hello", in: "\(image):main", platform: platform) == "hello\n")
        }
        return index
    }

    @Test(arguments: [true, false], [Shell.sh, .busybox])
    func buildKitBuildsEachPlatformAndOneIndexJoinsThem(crane: Bool, shell: Shell) async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var environment = try await tools.buildKit(crane: crane)
            environment["HEPHY_BUILD_ARGS"] = "GREETING=good day"
            let result = try await run("build-buildkit", image, in: checkout, environment, shell: shell)
            let index = try await check(result, image, with: tools)
            // Each platform brings the provenance that BuildKit made.
            let attestations = (index.manifests ?? []).filter {
                $0.annotations?["vnd.docker.reference.type"] == "attestation-manifest"
            }
            #expect(attestations.count == 2)
            let first = try #require(index.manifests?.first { $0.platformName == "linux/amd64" })
            let child = try await tools.manifest("\(image)@\(first.digest)")
            #expect(child.annotations?["org.opencontainers.image.revision"] == checkout.sha)
            let config = try await tools.crane("config", "\(image)@\(first.digest)").check().output
            #expect(config.contains(#""greeting":"good day""#))
            #expect(config.contains(#""org.opencontainers.image.revision":"\#(checkout.sha)""#))
            #expect(
                try await tools.tags(of: image).sorted()
                    == ["buildcache-linux-amd64", "buildcache-linux-arm64", "latest", "main", checkout.commitTag]
                    .sorted())
        }
    }

    @Test func oneKeySwitchesCacheAndProvenanceOff() async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var environment = try await tools.buildKit()
            environment["HEPHY_CACHE"] = "false"
            environment["HEPHY_PROVENANCE"] = "false"
            let result = try await run("build-buildkit", image, in: checkout, environment)
            let index = try await check(result, image, with: tools)
            #expect(index.manifests?.count == 2)
            #expect(try await tools.tags(of: image).sorted() == ["latest", "main", checkout.commitTag].sorted())
        }
    }

    @Test func aBuildThatFailsIsRed() async throws {
        try await Checkout.with(["Dockerfile": "FROM scratch\nCOPY nothing /\n"]) { checkout in
            let tools = try await BuildTools(checkout)
            var environment = try await tools.buildKit()
            for build in ["build-buildkit", "build-local"] {
                environment["HEPHY_IMAGE"] = tools.image()
                environment["HEPHY_PLATFORM"] = "linux/amd64"
                environment["HEPHY_SBOM"] = "false"
                let result = try await checkout.run(build, environment)
                #expect(result.status == 1)
                #expect(result.outputs["digest"] == nil)
                #expect(result.log.contains("nothing"))
            }
        }
    }

    @Test func aRunThatOnlyBuildsPushesNothing() async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var environment = try await tools.buildKit()
            environment.merge([
                "HEPHY_IMAGE": image, "HEPHY_PLATFORM": "linux/arm64", "HEPHY_SBOM": "false", "HEPHY_PUSH": "false",
            ]) { $1 }
            let result = try await checkout.run("build-buildkit", environment)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.outputs["digest"]?.hasPrefix("sha256:") == true)
            #expect(try await tools.crane("ls", image).status != 0)
        }
    }

    @Test(arguments: ["docker", "podman", "buildah"])
    func whatThisMachineHasPushesToARegistryThatIsNamed(_ builder: String) async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var environment = try tools.environment()
            environment.merge([
                "HEPHY_BUILDER": builder, "HEPHY_PUSH": "auto", "HEPHY_REGISTRY_INSECURE": "true",
                "HEPHY_BACKEND": "kaniko",
            ]) { $1 }
            let result = try await run("build-local", image, in: checkout, environment, shell: .busybox)
            _ = try await check(result, image, with: tools)
        }
    }

    @Test(arguments: ["docker", "podman", "buildah"])
    func aNameWithoutRegistryGoesToTheLocalStore(_ builder: String) async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = "hephy-test-\(UInt32.random(in: 0...UInt32.max))"
            var environment = try tools.environment()
            environment.merge([
                "HEPHY_BUILDER": builder, "HEPHY_PUSH": "auto", "HEPHY_IMAGE": image, "HEPHY_BACKEND": "kaniko",
                "HEPHY_PLATFORM": "linux/amd64",
            ]) { $1 }
            let built = try await checkout.run("build-local", environment)
            #expect(built.status == 0, "\(built.log)")
            #expect(built.log.contains("\(builder) stands in for kaniko"))
            environment["HEPHY_DIGESTS"] = "linux/amd64 \(try #require(built.outputs["digest"]))"
            environment["HEPHY_TAGS"] = "main\n\(checkout.commitTag)"
            let result = try await checkout.run("index", environment)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.log.contains("hephy: image=\(image):\(checkout.commitTag)@sha256:"))
            for tag in ["main", checkout.commitTag] {
                let inspect =
                    builder == "buildah" ? ["inspect", "--type", "image"] : ["image", "inspect"]
                try await checkout.fixture.run(
                    [builder] + inspect + ["\(image):\(tag)"], environment: environment
                ).check()
                let removal = builder == "buildah" ? ["rmi"] : ["image", "rm"]
                try await checkout.fixture.run([builder] + removal + ["\(image):\(tag)"], environment: environment)
            }
        }
    }

    /// kaniko pushes docker's own kind of manifest; podman can be told to do the same.
    @Test(arguments: [true, false])
    func imagesAsKanikoPushesThemAreJoinedWithTheirAnnotations(crane: Bool) async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var digests = ""
            for platform in Self.platforms {
                let digest = checkout.fixture.path(checkout.fixture.uniqueName("digest"))
                let name = "\(image):\(platform.replacing("/", with: "-"))"
                try await checkout.fixture.run(
                    "buildah", "build", "--platform", platform, "--format", "docker", "--tag", name, ".",
                    in: checkout.repository.path
                ).check()
                try await checkout.fixture.run(
                    "buildah", "push", "--tls-verify=false", "--format", "v2s2", "--digestfile", digest, name
                ).check()
                digests += "\(platform) \(try checkout.fixture.read(digest))\n"
            }
            var environment = try await tools.buildKit(crane: crane)
            environment["HEPHY_IMAGE"] = image
            environment["HEPHY_DIGESTS"] = digests
            environment["HEPHY_TAGS"] = "main\nlatest\n\(checkout.commitTag)"
            let result = try await checkout.run("index", environment)
            _ = try await check(result, image, with: tools)
        }
    }

    @Test(arguments: [true, false])
    func anImageOfOnePlatformIsAnIndexToo(crane: Bool) async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image()
            var environment = try await tools.buildKit(crane: crane)
            environment.merge([
                "HEPHY_IMAGE": image, "HEPHY_PLATFORM": "linux/arm/v7", "HEPHY_SBOM": "false",
                "HEPHY_PROVENANCE": "false",
            ]) { $1 }
            let built = try await checkout.run("build-buildkit", environment)
            environment["HEPHY_DIGESTS"] = "linux/arm/v7 \(try #require(built.outputs["digest"]))"
            environment["HEPHY_TAGS"] = checkout.commitTag
            let result = try await checkout.run("index", environment)
            #expect(result.status == 0, "\(result.log)")
            let index = try await tools.manifest("\(image):\(checkout.commitTag)")
            #expect(index.mediaType == Manifest.ociIndex)
            #expect(index.manifests?.map(\.platformName) == ["linux/arm/v7"])
            #expect(index.annotations?["org.opencontainers.image.revision"] == checkout.sha)
        }
    }

    @Test func aLoginOpensALockedRegistryAndIsSeenNowhere() async throws {
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            let image = tools.image(on: tools.services.locked)
            var environment = try await tools.buildKit()
            environment["HEPHY_REGISTRY_USER"] = "hephy"
            environment["HEPHY_REGISTRY_PASSWORD"] = "s3cret"
            let result = try await run("build-buildkit", image, in: checkout, environment)
            #expect(result.status == 0, "\(result.log)")
            #expect(!result.log.contains("s3cret"))
            // Without it the image is not to be seen, and nothing of it is left on this machine.
            #expect(try await tools.crane("manifest", "\(image):main").status != 0)
            let left = try await checkout.fixture.run("sh", "-c", "ls -A tmp; cat home/.docker/config.json 2>&1")
            #expect(!left.output.contains("hephy."))
            #expect(!left.output.contains("auths"))
        }
    }

    static let refused: [(String, [String: String?], String)] = [
        ("build-buildkit", [:], "wants a login, and HEPHY_REGISTRY_USER and HEPHY_REGISTRY_PASSWORD are not set"),
        (
            "build-buildkit", ["HEPHY_REGISTRY_USER": "hephy", "HEPHY_REGISTRY_PASSWORD": "wrong"],
            "refuses the user 'hephy' for"
        ),
        (
            "build-buildkit", ["HEPHY_REGISTRY_USER": "hephy"],
            "HEPHY_REGISTRY_USER is set and HEPHY_REGISTRY_PASSWORD is not; "
        ),
        (
            "build-buildkit", ["HEPHY_REGISTRY_PASSWORD": "s3cret"],
            "HEPHY_REGISTRY_PASSWORD is set and HEPHY_REGISTRY_USER is not; "
        ),
        ("build-local", [:], "wants a login, and HEPHY_REGISTRY_USER and HEPHY_REGISTRY_PASSWORD are not set"),
        (
            "build-local", ["HEPHY_BUILDER": "buildah", "HEPHY_REGISTRY_INSECURE": "true"],
            "wants a login, and HEPHY_REGISTRY_USER"
        ),
        (
            "build-local",
            [
                "HEPHY_BUILDER": "podman", "HEPHY_REGISTRY_INSECURE": "true", "HEPHY_REGISTRY_USER": "hephy",
                "HEPHY_REGISTRY_PASSWORD": "wrong",
            ],
            "refuses the user 'hephy' for"
        ),
        ("index", [:], "wants a login, and HEPHY_REGISTRY_USER and HEPHY_REGISTRY_PASSWORD are not set"),
    ]

    @Test(arguments: refused.indices)
    func aLoginThatFailsSaysWhichVariableIsMissing(_ index: Int) async throws {
        let (step, variables, words) = Self.refused[index]
        try await Checkout.with(Self.files) { checkout in
            let tools = try await BuildTools(checkout)
            var environment = try await tools.buildKit()
            environment.merge([
                "HEPHY_IMAGE": tools.image(on: tools.services.locked), "HEPHY_PLATFORM": "linux/amd64",
                "HEPHY_SBOM": "false", "HEPHY_CACHE": "false", "HEPHY_TAGS": checkout.commitTag,
                "HEPHY_DIGESTS": "linux/amd64 sha256:" + String(repeating: "0", count: 64),
            ]) { $1 }
            environment.merge(variables) { $1 }
            let result = try await checkout.run(step, environment)
            #expect(result.status == 1)
            #expect(result.ran.errors.contains(words), "\(result.log)")
            #expect(!result.log.contains("s3cret") && !result.log.contains("wrong"))
        }
    }
}
