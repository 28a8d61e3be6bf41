import BuildPlan
import HephyTestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PlanTests {
    static let files: [String: TreeEntry] = [
        "Dockerfile": "FROM scratch\n", "go.mod": "module example.org/api\n",
        "spin.toml": "spin_manifest_version = 2\n", "cmd/api/main.go": "package main\n",
        "deploy/Containerfile": "FROM scratch\n", "a b/Dockerfile": "FROM scratch\n",
        "out": .link(to: "/etc"), "up": .link(to: "out/.."), "linked": .link(to: "deploy"),
        "secrets": .link(to: "out/passwd"),
    ]
    static let image: [String: String?] = ["HEPHY_IMAGE": "ghcr.io/acme/api", "HEPHY_BACKEND": "buildkit"]

    @Test(arguments: Shell.allCases)
    func aPlanNamesBackendPlatformsAndImage(_ shell: Shell) async throws {
        try await Checkout.with(Self.files) { checkout in
            let result = try await checkout.run(
                "plan", ["HEPHY_BACKEND": "kaniko", "HEPHY_IMAGE": "ghcr.io/Acme/API"], shell: shell)
            #expect(result.status == 0, "\(result.log)")
            #expect(
                result.outputs == [
                    "backend": "kaniko", "platforms": "linux/amd64,linux/arm64", "image": "ghcr.io/acme/api",
                    "push": "true", "additional_tags": "", "ko_main": "",
                ])
            #expect(result.log.contains("platforms: linux/amd64, linux/arm64\n"))
        }
    }

    @Test(arguments: Platform.spellings)
    func eachSpellingOfAPlatformIsUnderstoodAsTheConfigurationDoes(_ spelling: String) async throws {
        let platform = try #require(Platform(spelling))
        try await Checkout.with(Self.files) { checkout in
            for backend in [Backend.buildkit, .kaniko, .ko, .spin] {
                let selection = PlatformSelection(named: [platform], for: backend)
                let result = try await checkout.run(
                    "plan",
                    ["HEPHY_BACKEND": backend.rawValue, "HEPHY_IMAGE": "ghcr.io/a/b", "HEPHY_PLATFORMS": spelling])
                for skipped in selection.skipped {
                    #expect(result.log.contains("platform \(platform) is skipped: \(skipped.reason)\n"))
                }
                #expect(result.status == (selection.kept.isEmpty ? 1 : 0))
                let kept = selection.kept.map(\.description).joined(separator: ",")
                #expect(result.outputs["platforms"] == (kept.isEmpty ? nil : kept))
            }
        }
    }

    @Test func platformsOfTheVisionsExampleAreSkippedWithANote() async throws {
        try await Checkout.with(Self.files) { checkout in
            let named: [String: String?] = [
                "HEPHY_PLATFORMS": "linux/amd64, linux/arm64,linux/amd64/v1\nwasm32-wasi", "HEPHY_IMAGE": "ghcr.io/a/b",
            ]
            let ko = try await checkout.run("plan", named.merging(["HEPHY_BACKEND": "ko"]) { $1 })
            #expect(ko.outputs["platforms"] == "linux/amd64,linux/arm64")
            #expect(ko.log.contains("platform wasi/wasm is skipped: ko builds no WebAssembly images"))
            let spin = try await checkout.run("plan", named.merging(["HEPHY_BACKEND": "spin"]) { $1 })
            #expect(spin.outputs["platforms"] == "wasi/wasm")
            #expect(spin.log.contains("platform linux/amd64 is skipped: a Spin application is built once"))
        }
    }

    /// Variables, and the words of the one line that says what is wrong with them.
    static let faults: [([String: String?], String)] = [
        (["HEPHY_BACKEND": "make"], "the backend 'make' is not known; there are kaniko, buildkit, ko and spin"),
        (["HEPHY_BACKEND": "auto"], "the backend is 'auto' and cannot be detected: this runner has no hephy"),
        (["HEPHY_PLATFORMS": "linux/amd46"], "the platform 'linux/amd46' is not known"),
        (["HEPHY_PLATFORMS": "wasi/wasm"], "buildkit has no use for any of the platforms wasi/wasm"),
        (["HEPHY_IMAGE": ""], "HEPHY_IMAGE is empty; name the image to push"),
        (["HEPHY_IMAGE": "ghcr.io/acme/api:1"], "is no image's name without tag and digest"),
        (["HEPHY_IMAGE": "ghcr.io/acme/api@sha256:0"], "is no image's name"),
        (["HEPHY_IMAGE": "ghcr.io/"], "is no image's name"), (["HEPHY_IMAGE": "a b"], "is no image's name"),
        (["HEPHY_IMAGE": "ghcr.io/a;id"], "is no image's name"),
        (["HEPHY_IMAGE": "ghcr.io/-a"], "is no image's name"),
        (["HEPHY_CONTEXT": "../up"], "HEPHY_CONTEXT is '../up'; it has to be a path inside the repository"),
        (["HEPHY_CONTEXT": "/"], "it has to be a path inside the repository"),
        (["HEPHY_CONTEXT": "none"], "HEPHY_CONTEXT is 'none', which this commit does not have"),
        (["HEPHY_CONTEXT": "Dockerfile"], "HEPHY_CONTEXT is 'Dockerfile', which is no folder"),
        (["HEPHY_DOCKERFILE": "-f"], "HEPHY_DOCKERFILE is '-f'; it has to be a path inside the repository"),
        (["HEPHY_DOCKERFILE": "other"], "HEPHY_DOCKERFILE is 'other', which this commit does not have"),
        (["HEPHY_CONTEXT": "out"], "HEPHY_CONTEXT is 'out', which a symbolic link leads out of the repository"),
        (["HEPHY_CONTEXT": "up/tmp"], "which a symbolic link leads out of the repository"),
        (["HEPHY_DOCKERFILE": "secrets"], "HEPHY_DOCKERFILE is 'secrets', which a symbolic link leads out"),
        (["HEPHY_BUILD_ARGS": "A=1\nB"], "HEPHY_BUILD_ARGS has the line 'B', which is no NAME=VALUE"),
        (["HEPHY_BUILD_ARGS": "A-B=1"], "HEPHY_BUILD_ARGS has the name 'A-B'"),
        (["HEPHY_PUSH": "yes"], "HEPHY_PUSH is 'yes'; it can be true or false"),
        (["HEPHY_SBOM": "1"], "HEPHY_SBOM is '1'; it can be true or false"),
        (["HEPHY_SHA": "main"], "HEPHY_SHA is 'main', which is no commit's id"),
        (["HEPHY_SHA": "5d6e7f80aabbccddeeff00112233445566778899"], "and not 5d6e7f80aabbccddeeff00112233445566778899"),
        (["HEPHY_BACKEND": "ko", "HEPHY_KO_MAIN": "cmd/none"], "HEPHY_KO_MAIN is 'cmd/none'"),
        (["HEPHY_BACKEND": "spin", "HEPHY_SPIN_MANIFEST": "x.toml"], "HEPHY_SPIN_MANIFEST is 'x.toml'"),
        (["HEPHY_CONFIG_SHA256": String(repeating: "0", count: 64)], "run hephy sync"),
    ]

    @Test(arguments: faults.indices)
    func whatIsWrongIsSaidInOneLineBeforeAnythingIsBuilt(_ index: Int) async throws {
        let (variables, words) = Self.faults[index]
        try await Checkout.with(Self.files) { checkout in
            let shell = Shell.allCases[index % Shell.allCases.count]
            let result = try await checkout.run("plan", Self.image.merging(variables) { $1 }, shell: shell)
            #expect(result.status == 1)
            #expect(result.ran.errors.hasPrefix("hephy: "))
            #expect(result.ran.errors.split(separator: "\n").count == 1, "\(result.log)")
            #expect(result.ran.errors.contains(words), "\(result.log)")
            #expect(result.outputs.isEmpty)
        }
    }

    static let fits: [([String: String?], [String: String])] = [
        (["HEPHY_CONTEXT": "linked"], [:]), (["HEPHY_CONTEXT": "deploy"], [:]),
        (["HEPHY_CONTEXT": "a b"], [:]), (["HEPHY_CONTEXT": "./"], [:]),
        (["HEPHY_IMAGE": "localhost:5000/x"], ["image": "localhost:5000/x"]),
        (["HEPHY_IMAGE": "acme/api"], ["image": "acme/api", "push": "true"]),
        (["HEPHY_PUSH": "auto", "HEPHY_IMAGE": "acme/api"], ["push": "false"]),
        (["HEPHY_PUSH": "auto", "HEPHY_IMAGE": "reg.example/api"], ["push": "true"]),
        (["HEPHY_PUSH": "false", "HEPHY_IMAGE": ""], ["push": "false", "image": ""]),
        (["HEPHY_BACKEND": "", "HEPHY_DETECTED": "kaniko"], ["backend": "kaniko"]),
        (["HEPHY_BUILD_ARGS": "A=1\n\nB_2=a b=c $(id)"], [:]), (["HEPHY_CONFIG_SHA256": "none"], [:]),
    ]

    @Test(arguments: fits.indices)
    func whatIsRightPasses(_ index: Int) async throws {
        let (variables, outputs) = Self.fits[index]
        try await Checkout.with(Self.files) { checkout in
            let result = try await checkout.run("plan", Self.image.merging(variables) { $1 })
            #expect(result.status == 0, "\(result.log)")
            for (key, value) in outputs { #expect(result.outputs[key] == value) }
        }
    }

    @Test func aConfigurationThatChangedAfterTheCIFilesIsFound() async throws {
        let text = "build_backend: ko\n"
        let digest = "fb3a1cac3e6fb0ad5f0c5a0b2b2ab3f0e2f2c5d24fbaeb6a4d0f7a3b26d3f6ce"
        try await Checkout.with(Self.files.merging([".hephy/build-config.yaml": .text(text)]) { $1 }) { checkout in
            let sum = try await checkout.fixture.run(
                "sha256sum", ".hephy/build-config.yaml", in: checkout.repository.path
            ).check().output.prefix(64)
            for (value, status) in [(String(sum), Int32(0)), (digest, 1), ("none", 1)] {
                let result = try await checkout.run("plan", Self.image.merging(["HEPHY_CONFIG_SHA256": value]) { $1 })
                #expect(result.status == status)
                #expect(result.log.contains("run hephy sync") == (status == 1))
            }
        }
    }

    @Test func hephyOnTheRunnerDetectsAgain() async throws {
        try await Checkout.with(Self.files) { checkout in
            try checkout.standIn(
                for: "hephy", expecting: ["detect", "--json"],
                doing: "printf '{\n  \"backend\" : \"ko\",\n  \"koMain\" : \"cmd/api\"\n}\n'")
            let result = try await checkout.run(
                "plan",
                [
                    "HEPHY_IMAGE": "ghcr.io/a/b", "HEPHY_DETECTED": "kaniko",
                    "PATH": checkout.path(before: checkout.fixture.path("bin")),
                ])
            #expect(result.outputs["backend"] == "ko", "\(result.log)")
            #expect(result.outputs["ko_main"] == "cmd/api", "\(result.log)")
        }
    }

    /// As in the image that GitLab's job has: busybox, and no curl.
    @Test func aReleaseIsFetchedByWgetWhereThereIsNoCurl() async throws {
        try await Checkout.with(Self.files) { checkout in
            let fixture = checkout.fixture
            try await FileServer.with(in: fixture) { url in
                try fixture.write(
                    "#!/bin/sh\n[ \"$1\" = --version ] || printf '{\\n  \"backend\" : \"ko\"\\n}\\n'\n",
                    to: "packed/hephy-1/bin/hephy", executable: true)
                try await fixture.run(
                    "sh", "-c",
                    "tar -czf served/hephy.tar.gz -C packed hephy-1 && mkdir programs"
                        + " && busybox --install -s \"$PWD/programs\""
                ).check()
                // Debian's own applet does not survive a look-up of an address; this takes the same command line.
                try fixture.write(
                    """
                    #!/bin/sh
                    [ $# = 6 ] && [ "$1 $2 $3 $4" = '-q -T 60 -O' ] || exit 97
                    exec \(DoubleProcess.python) -c \
                        'import sys, urllib.request as r; open(sys.argv[1], "wb").write(r.urlopen(sys.argv[2]).read())' "$5" "$6"

                    """, to: "stand-in/wget", executable: true)
                try await fixture.run("sh", "-c", "mv -f stand-in/wget programs && ln -sf /bin/sh programs/sh").check()
                let sum = try await fixture.run("sha256sum", "served/hephy.tar.gz").check().output.prefix(64)
                var variables: [String: String?] = [
                    "HEPHY_IMAGE": "ghcr.io/a/b", "HEPHY_DETECTED": "kaniko", "PATH": fixture.path("programs"),
                ]
                for machine in ["linux-amd64", "linux-arm64"] {
                    variables["HEPHY_RELEASE", default: ""]? += "\(machine) \(sum) \(url)hephy.tar.gz\n"
                }
                let result = try await checkout.run("plan", variables)
                #expect(result.status == 0, "\(result.log)")
                #expect(result.outputs["backend"] == "ko", "\(result.log)")
                variables["HEPHY_RELEASE"] = variables["HEPHY_RELEASE"]??.replacing(
                    sum, with: String(repeating: "0", count: 64))
                let refused = try await checkout.run("plan", variables)
                #expect(refused.status == 1, "\(refused.log)")
                #expect(refused.log.contains("nothing of it was used"), "\(refused.log)")
            }
        }
    }
}
