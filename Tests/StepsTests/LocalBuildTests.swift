import HephyTestSupport
import Testing

/// What buildah and podman do of their own accord, and what the log says of it.
@Suite(.timeLimit(.minutes(5)))
struct LocalBuildTests {
    /// An image whose Dockerfile runs the shell that it brings.
    private static func with(
        _ body: (Checkout, [String: String?]) async throws -> Void
    ) async throws {
        try await Checkout.with([
            "Dockerfile": "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"true\"]\n"
        ]) {
            checkout in
            let fixture = checkout.fixture
            let script = "cp \"$(command -v busybox)\" . && git add busybox && git commit --quiet --amend --no-edit"
            try await fixture.run(["sh", "-c", script], in: checkout.repository.path).check()
            let stores = ["graphroot", "runroot"].map { "\($0) = \"\(fixture.path($0))\"" }
            try fixture.write("[storage]\ndriver = \"vfs\"\n\(stores.joined(separator: "\n"))\n", to: "storage.conf")
            let sha = try await checkout.repository.commitID()
            try await body(
                checkout,
                [
                    "HEPHY_PUSH": "auto", "HEPHY_IMAGE": "app", "HEPHY_BACKEND": "buildkit", "HEPHY_SHA": sha,
                    "HEPHY_PLATFORM": "linux/\(architecture)", "CONTAINERS_STORAGE_CONF": fixture.path("storage.conf"),
                    "PATH": checkout.path(before: fixture.path("bin")),
                ])
        }
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    @Test(arguments: ["buildah", "podman"], [Shell.sh, .busybox])
    func whereNoContainersCanBeMadeAChrootStandsIn(_ builder: String, shell: Shell) async throws {
        try await Self.with { checkout, environment in
            // A machine that lets nobody make one.
            try checkout.fixture.write(
                """
                #!/bin/sh
                case "$1 ${BUILDAH_ISOLATION:-}" in 'build ') echo 'no namespaces here' >&2; exit 1 ;; esac
                PATH=${PATH#*:} exec \(builder) "$@"

                """, to: "bin/\(builder)", executable: true)
            let result = try await checkout.run(
                "build-local", environment.merging(["HEPHY_BUILDER": builder]) { $1 }, shell: shell)
            #expect(result.status == 0, "\(result.log)")
            #expect(
                result.log.contains(
                    "\(builder) can make no containers here: what the Dockerfile runs has a chroot alone (BUILDAH_ISOLATION=chroot)\n"
                ), "\(result.log)")
            #expect(result.outputs["digest"]?.hasPrefix("sha256:") == true)
            // Nothing of the trial is left.
            let images = try await checkout.fixture.run(
                ["buildah", "images", "--quiet", "--no-trunc", "--all"],
                environment: environment.merging(["PATH": checkout.machinePath]) { $1 }
            ).check().output.split(separator: "\n")
            #expect(builder == "podman" || images.count == 1, "\(images)")
        }
    }

    @Test func anIsolationThatIsSetIsKept() async throws {
        try await Self.with { checkout, environment in
            try checkout.fixture.write(
                "#!/bin/sh\n[ \"$1\" != build ] || echo \"isolation=$BUILDAH_ISOLATION\"\nexit 3\n", to: "bin/buildah",
                executable: true)
            let result = try await checkout.run(
                "build-local", environment.merging(["HEPHY_BUILDER": "buildah", "BUILDAH_ISOLATION": "oci"]) { $1 })
            #expect(result.status == 1)
            #expect(result.log.contains("isolation=oci\n") && !result.log.contains("can make no containers"))
        }
    }

    @Test func argumentsOfThePlatformThatNobodyNeedsAreNotWarnedOf() async throws {
        try await Self.with { checkout, environment in
            var environment = environment
            environment.merge(["HEPHY_BUILDER": "buildah", "BUILDAH_ISOLATION": "chroot"]) { $1 }
            let plain = try await checkout.run("build-local", environment)
            #expect(plain.status == 0, "\(plain.log)")
            #expect(!plain.log.contains("not consumed"), "\(plain.log)")
            environment["HEPHY_BUILD_ARGS"] = "MINE=1"
            let own = try await checkout.run("build-local", environment)
            #expect(own.log.contains("[Warning] one or more build args were not consumed: [MINE]\n"), "\(own.log)")
        }
    }

    /// A line without an end is the builder's last word, and its status counts.
    @Test func theBuildersOwnStatusAndLastWordStay() async throws {
        try await Self.with { checkout, environment in
            try checkout.fixture.write(
                "#!/bin/sh\nprintf 'last word'\nexit 7\n", to: "bin/buildah", executable: true)
            let result = try await checkout.run(
                "build-local", environment.merging(["HEPHY_BUILDER": "buildah", "BUILDAH_ISOLATION": "oci"]) { $1 })
            #expect(result.status == 1)
            #expect(result.log.contains("last word\n"))
            #expect(result.log.contains("hephy: buildah failed with exit status 7"), "\(result.log)")
        }
    }
}
