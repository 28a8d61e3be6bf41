import BuildPlan
import Scaffold
import Testing

/// What is rendered for GitLab.
@Suite struct GitLabPipelineTests {
    private func plan(_ backend: Backend, _ text: String = "", component: String? = nil) throws -> CIPlan {
        let bytes = Array(text.utf8)
        let configuration = try #require(BuildConfiguration.parse(bytes).configuration)
        return CIPlan(
            backend: backend, platforms: configuration.platforms(for: backend).kept, configuration: configuration,
            configurationDigest: CIPlan.digest(of: bytes), hasSpinManifest: backend == .spin,
            hasContainerSources: backend != .spin, host: "gitlab.com", repository: ("acme", "api"),
            pushBranch: "main", component: component)
    }

    private func render(_ plan: CIPlan, as form: GitLabPipeline.Form = .main) throws -> String {
        try GitLabPipeline.render(plan, as: form, from: SharedFolder.files)
    }

    private static let remote = "https://gitlab.com/tools/hephy-builder/-/raw/v1/share/gitlab/build.yml"
    private static let attached = GitLabPipeline.Form.attached(stage: "image", inMergeRequests: false)

    @Test(arguments: Backend.allCases, [nil, remote])
    func theMainFileHasTheMarkAndTheInputs(_ backend: Backend, _ component: String?) throws {
        let text = try render(plan(backend, component: component))
        #expect(text.split(separator: "\n").contains("# hephy:workflow 1"))
        let header = try #require(text.split(separator: "\n---\n").first)
        for name in ["backend", "platforms", "deploy", "sha", "hephy_id"] {
            #expect(header.contains("\n    \(name):\n      description: "), "\(name)")
        }
        #expect(RenderedFile(text)?.configurationDigest == CIPlan.digest(of: []))
        #expect(RenderedFile(text)?.component == component)
    }

    @Test func aFileBesideAnotherHasNeitherHeaderNorStagesNorRulesOfThePipeline() throws {
        for component in [nil, Self.remote] {
            let text = try render(plan(.ko, component: component), as: Self.attached)
            for word in ["\n---\n", "\nspec:", "\nstages:", "\nworkflow:", "# hephy:workflow"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(!text.contains("inputs.") && text.contains("image"))
            #expect(RenderedFile(text) != nil)
        }
        let text = try render(plan(.ko), as: Self.attached)
        #expect(text.contains("\nhephy plan:\n") && text.contains("  stage: \"image\"\n"))
        #expect(
            text.contains("\nhephy build (linux/arm64):\n") && text.contains("    - job: \"hephy build (linux/amd64)\"")
        )
    }

    @Test func eachPlatformHasAJobAndItsRunnersTags() throws {
        let text = try render(
            plan(
                .buildkit,
                """
                platforms: [linux/amd64, linux/arm/v7, wasi/wasm]
                runners: {linux/arm/v7: [arm, big]}

                """))
        #expect(text.contains("\nbuild (linux/amd64):\n  extends: .hephy-build\n  variables:\n"))
        #expect(text.contains("\nbuild (linux/arm/v7):\n  extends: .hephy-build\n  tags: [\"arm\", \"big\"]\n"))
        #expect(!text.contains("build (wasi/wasm)"))
        let thin = try render(plan(.kaniko, "runners: {default: own}\n", component: Self.remote))
        #expect(thin.contains("\nhephy build (linux/arm64):\n  tags: [\"own\"]\n"))
    }

    @Test func spinHasOneJobAndNoIndex() throws {
        let text = try render(plan(.spin))
        #expect(text.contains("\nbuild (wasi/wasm):\n") && !text.contains("build (linux"))
        #expect(!text.contains("\nindex:\n") && !text.contains("build-kaniko.sh\" <<"))
    }

    @Test func theStepsStandInItAsTheyAre() throws {
        let text = try render(plan(.kaniko))
        for name in ["prelude", "plan", "tags", "index", "build-kaniko", "build-buildkit", "build-ko"] {
            let step = try SharedFolder.text("steps/\(name).sh")
            let indented = step.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : "      \($0)" }.joined(separator: "\n")
            #expect(text.contains(indented), "\(name)")
        }
    }

    @Test func aDispatchAloneStartsItWhereThatIsAskedFor() throws {
        var plan = try plan(.ko)
        let rule = #"- if: $CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "merge_request_event""#
        #expect(try !render(plan).contains(rule) && !render(plan, as: Self.attached).contains(rule))
        plan.pushBranch = nil
        #expect(try render(plan).contains(rule) && render(plan, as: Self.attached).contains(rule))
    }

    @Test func whatTheConfigurationSaysIsAWordOfTheShellWithoutEffect() throws {
        let text = try render(
            plan(
                .buildkit,
                """
                context: "a b/$(id)"
                build_args: {A: "it's $HOME", B: "$[[ inputs.backend ]]", C: 1}
                additional_tags: ["v${GITHUB_RUN_NUMBER}"]

                """))
        #expect(text.contains("HEPHY_CONTEXT='a b/$''(id)'\n"))
        #expect(
            text.contains("      HEPHY_BUILD_ARGS='A=it'\\''s $''HOME\n      B=$''[[ inputs.backend ]]\n      C=1'\n"))
        #expect(text.contains("HEPHY_ADDITIONAL_TAGS='v$''{GITHUB_RUN_NUMBER}'\n"))
    }

    @Test func aCallerCannotHoldWhatGitLabWouldReplace() throws {
        let plan = try plan(.buildkit, "build_args: {A: \"$[[ inputs.backend ]]\"}\n", component: Self.remote)
        #expect(throws: ScaffoldError.interpolated(text: "A=$[[ inputs.backend ]]")) { try render(plan) }
    }

    @Test func theCallerIncludesTheSharedFileAsItIsInstalled() throws {
        let shared = try SharedFolder.text("gitlab/build.yml")
        let text = try render(plan(.ko, "ko: {main: cmd/api}\n", component: Self.remote))
        #expect(
            text.contains("  - remote: \"\(Self.remote)\"\n    integrity: \(GitLabPipeline.integrity(of: shared))\n"))
        #expect(text.contains("      ko_main: \"cmd/api\"\n      spin_manifest: \"\"\n"))
        let component = try render(plan(.ko, component: "gitlab.com/tools/hephy-builder/build@1"))
        #expect(component.contains("  - component: \"gitlab.com/tools/hephy-builder/build@1\"\n    inputs:\n"))
        #expect(!component.contains("integrity"))
        let given = try #require(text.split(separator: "    inputs:\n").last?.split(separator: "# hephy:end").first)
        for line in given.split(separator: "\n") {
            let name = line.drop { $0 == " " }.prefix { $0 != ":" }
            #expect(shared.contains("\n    \(name):\n      description: "), "\(name)")
        }
    }

    /// The example of the FIPS 180-4 page, as a browser's and GitLab's `integrity` has it.
    @Test func anIntegrityIsTheBase64OfTheDigest() {
        #expect(GitLabPipeline.integrity(of: "abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    }
}
