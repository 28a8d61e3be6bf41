import HephyTestSupport
import Testing

/// Neither ko nor spin can be had here: stand-ins take their places that accept one exact command line.
@Suite(.timeLimit(.minutes(2)))
struct KoSpinTests {
    static let digest = "sha256:" + String(repeating: "7", count: 64)

    static func options(_ checkout: Checkout, _ option: String, image: String) -> [String] {
        checkout.annotations(image: image).flatMap { [option, $0] }
    }

    @Test(arguments: Shell.allCases)
    func koBuildsOnePlatformAndTellsItsDigest(_ shell: Shell) async throws {
        let files: [String: TreeEntry] = [
            "services/api/go.mod": "module x\n", "services/api/cmd/api/main.go": "package main\n",
        ]
        try await Checkout.with(files) { checkout in
            let image = "ghcr.io/acme/api"
            try checkout.standIn(
                for: "ko",
                expecting: [
                    "build", "--bare", "--platform", "linux/arm64", "--tags", "\(checkout.commitTag)-linux-arm64",
                    "--sbom", "spdx",
                ] + Self.options(checkout, "--image-label", image: image)
                    + Self.options(checkout, "--image-annotation", image: image) + ["./cmd/api"],
                doing: """
                    case "$PWD" in */services/api) ;; *) exit 96 ;; esac
                    [ "$KO_DOCKER_REPO" = \(image) ] || exit 95
                    grep -q ghcr.io "$DOCKER_CONFIG/config.json" || exit 94
                    echo 'Building...' >&2
                    echo "$KO_DOCKER_REPO:tag@\(Self.digest)"
                    """)
            let result = try await checkout.run(
                "build-ko",
                [
                    "HEPHY_IMAGE": image, "HEPHY_PLATFORM": "linux/arm64", "HEPHY_KO_MAIN": "services/api/cmd/api",
                    "HEPHY_REGISTRY_USER": "hephy", "HEPHY_REGISTRY_PASSWORD": "s3cret",
                    "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ], shell: shell)
            #expect(result.status == 0, "\(result.log)")
            #expect(result.outputs == ["digest": Self.digest])
            #expect(result.log.contains("Building..."))
        }
    }

    @Test(arguments: [
        (nil, "."), (".", "."), ("cmd/api", "./cmd/api"), ("./cmd/api", "./cmd/api"), ("cmd/api/", "./cmd/api"),
    ])
    func koIsGivenTheProgramFromItsModule(_ main: String?, _ program: String) async throws {
        try await Checkout.with(["go.mod": "module x\n", "cmd/api/main.go": "package main\n"]) { checkout in
            try checkout.fixture.write(
                "#!/bin/sh\nfor last do :; done\necho \"$last\" >\"$0.program\"\n", to: "bin/ko", executable: true)
            let result = try await checkout.run(
                "build-ko",
                [
                    "HEPHY_IMAGE": "api", "HEPHY_PLATFORM": "linux/amd64", "HEPHY_KO_MAIN": main, "HEPHY_PUSH": "false",
                    "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ])
            #expect(result.status == 0, "\(result.log)")
            #expect(try checkout.fixture.read("bin/ko.program") == program + "\n")
        }
    }

    @Test func withoutKoTheGoCommandInstallsAPinnedOne() async throws {
        try await Checkout.with(["go.mod": "module x\n", "main.go": "package main\n"]) { checkout in
            try checkout.standIn(
                for: "go", expecting: ["install", "github.com/google/ko@v0.19.1"],
                doing: """
                    printf '#!/bin/sh\\necho x/y@\(Self.digest)\\n' >"$GOBIN/ko"
                    chmod +x "$GOBIN/ko"
                    """)
            let result = try await checkout.run(
                "build-ko",
                [
                    "HEPHY_IMAGE": "ghcr.io/x/y", "HEPHY_PLATFORM": "linux/amd64",
                    "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ])
            #expect(result.outputs["digest"] == Self.digest, "\(result.log)")
        }
    }

    @Test(arguments: Shell.allCases)
    func spinPushesOneArtifactWithEachTagAndNoIndex(_ shell: Shell) async throws {
        try await Checkout.with(["app/spin.toml": "spin_manifest_version = 2\n"]) { checkout in
            let image = "ghcr.io/acme/hello"
            try checkout.fixture.write(
                """
                #!/bin/sh
                printf '%s ' "$@" >>"$0.calls"
                echo >>"$0.calls"
                # The commands of the manifest see what `spin build` sees.
                [ "$1" != build ] || [ -z "$HEPHY_REGISTRY_USER$HEPHY_REGISTRY_PASSWORD" ] || exit 95
                if [ "$1" = registry ]; then
                    grep -q ghcr.io "$DOCKER_CONFIG/config.json" || exit 94
                    echo 'Pushed with digest \(Self.digest)'
                fi

                """, to: "bin/spin", executable: true)
            try checkout.fixture.write(
                "#!/bin/sh\necho \"$*\" >>\"$0.calls\"\n", to: "bin/crane", executable: true)
            let result = try await checkout.run(
                "build-spin",
                [
                    "HEPHY_IMAGE": image, "HEPHY_PLATFORM": "wasi/wasm", "HEPHY_SPIN_MANIFEST": "app/spin.toml",
                    "HEPHY_TAGS": "main\nlatest\n\(checkout.commitTag)", "HEPHY_REGISTRY_USER": "hephy",
                    "HEPHY_REGISTRY_PASSWORD": "s3cret", "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ], shell: shell)
            #expect(result.status == 0, "\(result.log)")
            let annotations = Self.options(checkout, "--annotation", image: image).joined(separator: " ")
            #expect(
                try checkout.fixture.read("bin/spin.calls") == """
                    build --from app/spin.toml\u{20}
                    registry push --from app/spin.toml \(annotations) \(image):\(checkout.commitTag)\u{20}

                    """)
            #expect(
                try checkout.fixture.read("bin/crane.calls") == """
                    tag \(image)@\(Self.digest) main
                    tag \(image)@\(Self.digest) latest

                    """)
            let ref = "\(image):\(checkout.commitTag)@\(Self.digest)"
            #expect(result.outputs == ["digest": Self.digest, "ref": ref])
            #expect(result.log.hasSuffix("platforms: wasi/wasm\nhephy: image=\(ref)\n"))
            #expect(result.summary.contains("| platforms | wasi/wasm |"))
        }
    }

    @Test(arguments: [true, false])
    func withoutSpinTheReleaseIsFetchedAndCheckedByItsOwnList(_ isWhole: Bool) async throws {
        try await Checkout.with(["spin.toml": "spin_manifest_version = 2\n"]) { checkout in
            let script = try checkout.fixture.write(
                "#!/bin/sh\necho \"spin $*\"\n", to: "release/spin", executable: true)
            try await checkout.fixture.run("tar", "-czf", "release/archive", "-C", "release", "spin").check()
            let sum = try await checkout.fixture.run("sha256sum", "release/archive").check().output.prefix(64)
            #expect(script.hasSuffix("/spin"))
            try checkout.fixture.write(
                """
                #!/bin/sh
                for word in "$@"; do [ "$last" != -o ] || file=$word; last=$word; done
                case $last in
                https://github.com/spinframework/spin/releases/download/v4.0.2/checksums-v4.0.2.txt)
                    for machine in amd64 aarch64; do
                        echo "\(isWhole ? String(sum) : String(repeating: "0", count: 64))  spin-v4.0.2-static-linux-$machine.tar.gz"
                    done >"$file" ;;
                https://github.com/spinframework/spin/releases/download/v4.0.2/spin-v4.0.2-static-linux-*.tar.gz)
                    cp "\(checkout.fixture.path("release/archive"))" "$file" ;;
                *) exit 97 ;;
                esac

                """, to: "bin/curl", executable: true)
            let result = try await checkout.run(
                "build-spin",
                [
                    "HEPHY_IMAGE": "hello", "HEPHY_PLATFORM": "wasi/wasm", "HEPHY_PUSH": "false",
                    "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ])
            #expect(result.status == (isWhole ? 0 : 1), "\(result.log)")
            #expect(result.log.contains("spin build --from spin.toml") == isWhole)
            #expect(result.log.contains("is not what its list of checksums says") != isWhole)
        }
    }
}
