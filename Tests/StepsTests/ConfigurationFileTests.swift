import BuildPlan
import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The configuration as a run reads it that was not rendered from it: `config.awk` beside hephy's own reader.
@Suite(.timeLimit(.minutes(2)))
struct ConfigurationFileTests {
    static let path = ".hephy/build-config.yaml"
    /// Texts in the plain forms that a run reads.
    static let plain: [String] = [
        "", "# nothing\n\n   # at all", "---\nbuild_backend: ko\n", "build_backend: auto\n", "build_backend: 'kaniko'",
        // The vision's own file.
        """
        version: 1
        # ko builds Go programs
        build_backend: ko    # no Dockerfile

        platforms:
          - linux/amd64
          - linux/arm64
          - wasm32-wasi  # WebAssembly
        additional_tags: [latest, ${GITHUB_REF_NAME}]

        """,
        "build_backend: spin\r\nplatforms: [wasi/wasm]\r\n", "platforms: []\nadditional_tags: [ ]\n",
        "platforms: [linux/amd64,\"linux/arm64\" , 'linux/arm/v7']", "platforms: [linux/arm64,]  # one",
        "platforms: [ # here\n  linux/amd64, # one\n\n  # two\n  linux/arm64\n]\n",
        "platforms:\n- linux/amd64\n- linux/arm\nbuild_backend: buildkit",
        "platforms:\n    # a\n    -   'linux/amd64'\n\n    - linux/amd64/v1 # again\n",
        "additional_tags: [v${GITHUB_RUN_NUMBER}, a-${CI_COMMIT_TAG}.b, ${GITHUB_SHA}${CI_PIPELINE_IID}, _x, 1.0, 7]",
        "additional_tags:\n  - ${GITHUB_REF_NAME}\n  - \"${CI_COMMIT_SHORT_SHA}-x\"\n  - '2'\n  - 1e3\n  - A.b--c_",
        "additional_tags: [\(String(repeating: "a", count: 128))]",
        "additional_tags: [\(TagVariable.allCases.map { "x${\($0.rawValue)}" }.joined(separator: ", "))]",
        "image: ghcr.io/acme/api", "image: \"localhost:5000/a/b__c.d-e--f\"", "image: acme", "image: Reg.Example/x/y2",
        "image: reg-1.example:65535/x", "ci_platform: github\nupstream_repo: https://github.com/acme/api.git\n",
        "upstream_repo: git@github.com:acme/api.git\nci_platform: auto", "upstream_repo: 'hephy::local/app'",
        "# für Größe, 日本語, 🙂\nimage: acme/api # é\n", "version: 1",
    ]
    /// Texts that hephy's own reader may take and a run does not.
    static let others: [String] = [
        "context: app", "deploy: {target: none}", "kaniko:\n  image: x", "Build_Backend: ko", "unknown: 1",
        "build_backend: make", "build_backend: \"\"", "build_backend:", "build_backend:\n  ko",
        "build_backend: ko kaniko",
        "build_backend: &a ko", "build_backend: !!str ko", "build_backend: |\n  ko", "build_backend: \"k\\x6f\"",
        "build_backend : ko", "\"build_backend\": ko", "{build_backend: ko}", "build_backend:ko", " build_backend: ko",
        "build_backend: ko\nbuild_backend: ko", "build_backend: [ko]", "? build_backend\n: ko", "ko", "~", "- ko",
        "build_backend: ko\n...\n", "%YAML 1.2\n---\nbuild_backend: ko", "build_backend: ko\n---\nimage: x",
        "build_backend: ko\n  spin", "build_backend: ko#x", "build_backend: 'ko'#x", "build_backend:\tko", "\tx: y",
        "version: 2", "version: \"1\"", "version: one", "version: 1.0", "version:", "version: -1",
        "platforms: linux/amd64", "platforms:", "platforms: ~", "platforms:\n  linux/amd64", "platforms: [linux/amd46]",
        "platforms: [linux/amd64", "platforms: [linux/amd64\nlinux/arm64]", "platforms: [linux/amd64 linux/arm64]",
        "platforms: [linux/amd64]]", "platforms: [[linux/amd64]]", "platforms: [,]", "platforms: [linux/amd64,,x]",
        "platforms: [a: b]", "platforms:\n  - linux/amd64\n- linux/arm64",
        "platforms:\n  - linux/amd64\n    - linux/arm64",
        "platforms:\n  - linux/amd64\n   \n  -\n", "platforms:\n  - # none", "platforms:\n  - - linux/amd64",
        "platforms:\n  - linux/amd64: x", "platforms: [true]", "platforms: [1]", "platforms: [linux/amd64]#x",
        "platforms: [linux/amd64]\n  - linux/arm64", "platforms: [\"\"]", "platforms: [-]", "platforms: [*a]",
        "platforms: [linux/amd64\n---\n]", "platforms: [linux/amd64,#x\n linux/arm64]", "platforms: [linux/../amd64]",
        "additional_tags: [a b]", "additional_tags: [$X]", "additional_tags: [${NOPE}]", "additional_tags: [${{ x }}]",
        "additional_tags: [.a]", "additional_tags: [-a]", "additional_tags: ['a,b']", "additional_tags: [a/b]",
        "additional_tags: [${GITHUB_SHA]", "additional_tags: [true]", "additional_tags: [null]", "additional_tags: a",
        "additional_tags: [\"\"]", "additional_tags: [\(String(repeating: "a", count: 129))]",
        "additional_tags: ['it''s']",
        "additional_tags: [é]", "additional_tags: [a:b]", "additional_tags:\n  - a:\n", "additional_tags: [a}]",
        "image: ghcr.io/Acme/api", "image: a:1", "image: a@sha256:0", "image: 12", "image: 0x1f", "image: 1.5",
        "image: true",
        "image: https://ghcr.io/a", "image: a//b", "image: a/", "image: /a", "image: -a/b", "image: $X", "image: a__-b",
        "image: reg.example:x/a", "image: reg.example:123456/a", "image: \(String(repeating: "a", count: 256))",
        "image: [a]", "image: 'a\n  b'", "image: .example/a", "ci_platform: jenkins", "ci_platform: [github]",
        "upstream_repo: https://u:secret@github.com/a", "upstream_repo: a b", "upstream_repo: -x", "upstream_repo: 12",
        "upstream_repo: \"\"", "# \u{7}\nbuild_backend: ko", "# \u{2028}build_backend: ko", "# \u{85}image: a",
        "\u{FEFF}build_backend: ko", "#\u{0}\nbuild_backend: ko", "# a\rbuild_backend: ko",
        "# \(String(repeating: "x", count: 70_000))",
    ]
    static let files: [String: TreeEntry] = [
        "Dockerfile": "FROM scratch\n", "go.mod": "module example.org/api\n",
        "spin.toml": "spin_manifest_version = 2\n",
    ]

    /// A checkout in which one configuration after the other stands.
    private struct Scene {
        let checkout: Checkout
        let awk: String

        func plan(_ bytes: [UInt8], _ variables: [String: String?] = [:]) async throws -> StepResult {
            let path = checkout.repository.path + "/" + ConfigurationFileTests.path
            try Data(bytes).write(to: URL(filePath: path))
            let given: [String: String?] = [
                "HEPHY_READ_CONFIG": "true", "HEPHY_DETECTED": "buildkit",
                "HEPHY_DEFAULT_IMAGE": "ghcr.io/Acme/Default",
            ]
            return try await checkout.run(
                "plan", given.merging(checkout.ownPrograms) { $1 }.merging(variables) { $1 })
        }
    }

    private func with(_ awk: String = "/usr/bin/awk", _ body: (Scene) async throws -> Void) async throws {
        try await Checkout.with(Self.files.merging([Self.path: ""]) { $1 }) { checkout in
            try checkout.fixture.write("#!/bin/sh\nexec \(awk) \"$@\"\n", to: "bin/awk", executable: true)
            try await body(Scene(checkout: checkout, awk: awk))
        }
    }

    @Test(arguments: ["/usr/bin/awk", "busybox awk"])
    func whatARunReadsMeansWhatHephyReads(_ awk: String) async throws {
        try await with(awk) { scene async throws in
            for text in Self.plain {
                let configuration = try #require(BuildConfiguration.parse(Array(text.utf8)).configuration, "\(text)")
                let result = try await scene.plan(Array(text.utf8))
                #expect(result.status == 0, "\(text): \(result.log)")
                let backend = configuration.backend?.value ?? .buildkit
                let platforms = PlatformSelection(named: configuration.platforms.map(\.value), for: backend).kept
                let image = configuration.image?.value.description.lowercased()
                let expected = [
                    "backend": backend.rawValue, "platforms": platforms.map(\.description).joined(separator: ","),
                    "image": image ?? "ghcr.io/acme/default", "push": "true", "ko_main": "",
                    "additional_tags": configuration.additionalTags.map(\.value.description).joined(separator: ","),
                ]
                #expect(result.outputs == expected, "\(text)")
            }
        }
    }

    @Test(arguments: ["/usr/bin/awk", "busybox awk"])
    func everythingElseIsRefusedInOneLine(_ awk: String) async throws {
        try await with(awk) { scene async throws in
            for text in Self.others {
                let result = try await scene.plan(Array(text.utf8))
                #expect(result.status == 1, "\(text): \(result.log)")
                #expect(result.ran.errors.hasPrefix("hephy: "), "\(result.log)")
                #expect(result.ran.errors.split(separator: "\n").count == 1, "\(result.log)")
                #expect(!result.ran.errors.contains("secret"))
                #expect(result.outputs.isEmpty)
            }
        }
    }

    static let noText: [[UInt8]] = [
        [0x23, 0xFF], [0x23, 0xC0, 0x80], [0x23, 0xE0, 0x80, 0x80], [0x23, 0xED, 0xA0, 0x80], [0x23, 0xC3],
        [0x23, 0xF4, 0x90, 0x80, 0x80], [0x23, 0xF0, 0x80, 0x80, 0x80], [0x23, 0xEF, 0xBF, 0xBE], [0x23, 0xC2, 0x80],
    ]

    @Test(arguments: ["/usr/bin/awk", "busybox awk"])
    func bytesThatAreNoTextAreRefused(_ awk: String) async throws {
        try await with(awk) { scene async throws in
            for bytes in Self.noText {
                #expect(BuildConfiguration.parse(bytes).configuration == nil)
                #expect(try await scene.plan(bytes).status == 1)
            }
        }
    }

    @Test func whatARunCannotCarrySaysWhatCan() async throws {
        try await with { scene async throws in
            let result = try await scene.plan(Array("image: acme/api\ncontext: app\n".utf8))
            #expect(
                result.ran.errors == """
                    hephy: .hephy/build-config.yaml:2: 'context' is not read by a run; \
                    `hephy init` renders a workflow that carries it

                    """)
        }
    }

    @Test func whatTheRunWasGivenGoesBeforeTheFile() async throws {
        let text = "build_backend: ko\nplatforms: [linux/arm64]\nimage: acme/file\nadditional_tags: [file]\n"
        let given: [String: String?] = [
            "HEPHY_BACKEND": "kaniko", "HEPHY_PLATFORMS": "linux/amd64", "HEPHY_IMAGE": "acme/given",
            "HEPHY_ADDITIONAL_TAGS": "given\n ${GITHUB_SHA} , x",
        ]
        try await with { scene async throws in
            let result = try await scene.plan(Array(text.utf8), given)
            #expect(
                result.outputs == [
                    "backend": "kaniko", "platforms": "linux/amd64", "image": "acme/given", "push": "true",
                    "ko_main": "", "additional_tags": "given,${GITHUB_SHA},x",
                ])
        }
    }

    /// A rendered run has the values already, in all their forms; a run on this machine has them from hephy.
    @Test func aRunThatHasItsConfigurationDoesNotReadTheFile() async throws {
        try await with { scene async throws in
            let text = Array("build_backend: ko\ncontext: .\n".utf8)
            let local = try await scene.plan(text, ["HEPHY_READ_CONFIG": nil])
            #expect(local.outputs["backend"] == "buildkit", "\(local.log)")
            let path = scene.checkout.repository.path + "/" + Self.path
            let sum = try await scene.checkout.fixture.run("sha256sum", path).check().output.prefix(64)
            let rendered = try await scene.plan(text, ["HEPHY_CONFIG_SHA256": String(sum)])
            #expect(rendered.outputs["backend"] == "buildkit", "\(rendered.log)")
        }
    }
}
