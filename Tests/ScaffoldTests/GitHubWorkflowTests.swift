import BuildPlan
import Forge
import HephyTestSupport
import Scaffold
import Testing

/// What is rendered for GitHub, as hephy itself reads it.
@Suite struct GitHubWorkflowTests {
    private func plan(_ backend: Backend, _ text: String = "", component: String? = nil) throws -> CIPlan {
        let bytes = Array(text.utf8)
        let configuration = try #require(BuildConfiguration.parse(bytes).configuration)
        return CIPlan(
            backend: backend, platforms: configuration.platforms(for: backend).kept, configuration: configuration,
            configurationDigest: CIPlan.digest(of: bytes), hasSpinManifest: backend == .spin,
            hasContainerSources: backend != .spin, host: "github.com", repository: ("acme", "api"),
            pushBranch: "main", component: component)
    }

    private func render(_ plan: CIPlan) throws -> String {
        try GitHubWorkflow.render(plan, from: SharedFolder.files)
    }

    private func file(_ text: String) -> WorkflowFile {
        WorkflowFile(path: GitHubWorkflow.path, bytes: Array(text.utf8))
    }

    private static let component = "acme/hephy-builder/.github/workflows/build.yml@v1"

    @Test(arguments: Backend.allCases, [nil, component])
    func hephyTakesItForItsOwn(_ backend: Backend, _ component: String?) throws {
        let file = file(try render(plan(backend, component: component)))
        #expect(file.isOurs)
        #expect(file.problem == nil)
        #expect(file.name == "Hephy Build")
        #expect(file.runNameHoldsHephyID)
        #expect(file.inputs?.map(\.name) == ["backend", "platforms", "deploy", "sha", "hephy_id"])
        #expect(file.inputs?.allSatisfy { $0.kind == .string && !$0.isRequired } == true)
        #expect(file.inputs?.first?.defaultValue == backend.rawValue)
    }

    @Test func aPushToTheBranchStartsItAndOtherPushesDoNot() throws {
        let file = file(try render(plan(.ko)))
        for (ref, isBuilt) in [
            ("refs/heads/main", true), ("refs/tags/v1.2.3", true), ("refs/heads/other", false), ("refs/tags/x", false),
        ] {
            #expect((file.match(push: ref, changedPaths: [], isNewOrUnknownDiff: false) == .yes) == isBuilt, "\(ref)")
        }
    }

    @Test func withoutABranchOnlyADispatchStartsIt() throws {
        var plan = try plan(.ko)
        plan.pushBranch = nil
        #expect(file(try render(plan)).events == ["workflow_dispatch"])
    }

    @Test(arguments: ["release/1.x", "a+b", "!odd", "ümlaut", "it's", "a,b", "a]b", "x: y", "#1"])
    func theBranchMatchesItselfAlone(_ branch: String) throws {
        var plan = try plan(.ko)
        plan.pushBranch = branch
        let file = file(try render(plan))
        #expect(file.match(push: "refs/heads/\(branch)", changedPaths: nil, isNewOrUnknownDiff: true) == .yes)
        #expect(file.match(push: "refs/heads/aab", changedPaths: nil, isNewOrUnknownDiff: true) != .yes)
    }

    /// `auto` is for the plan step to find out; what a form says before there is a release is what will build.
    @Test(arguments: [nil, component]) func onlyARepositoryThatLeavesTheBackendOpenIsDetectedAnew(
        _ component: String?
    ) throws {
        let pin = "linux-amd64 \(String(repeating: "a", count: 64)) https://example.org/hephy.tar.gz"
        let released = SharedFiles { path in
            path == "release" ? Array("# a comment\n\(pin)\n".utf8) : SharedFolder.bytes(path)
        }
        let open = try plan(.ko, "build_backend: auto\n", component: component)
        let named = try plan(.ko, "build_backend: ko\n", component: component)
        for (plan, files, form, run) in [
            (open, SharedFolder.files, "ko", "auto"), (open, released, "auto", "auto"),
            (named, SharedFolder.files, "ko", "ko"), (named, released, "ko", "ko"),
        ] {
            let text = try GitHubWorkflow.render(plan, from: files)
            #expect(file(text).inputs?.first?.defaultValue == form)
            #expect(text.contains("${{ inputs.backend || '\(run)' }}"))
            let isPinned = component == nil && form == "auto"
            #expect(text.contains("HEPHY_RELEASE: \"\(pin)\"\n") == isPinned)
        }
        let reusable = try GitHubWorkflow.renderReusable(from: released)
        #expect(reusable.contains("HEPHY_RELEASE: \"\(pin)\"\n"))
    }

    @Test(arguments: [
        "linux-amd64 abc https://example.org/x", "linux-amd64", "x \(sum) https://e/x", "linux-a \(sum) ftp://x",
    ])
    func aReleaseThatIsNotUnderstoodIsNamed(_ line: String) throws {
        let files = SharedFiles { $0 == "release" ? Array("\n\(line)\n".utf8) : SharedFolder.bytes($0) }
        #expect(
            throws: ScaffoldError.malformedTemplate(name: "release", line: 2, reason: "not understood: '\(line)'")
        ) { try GitHubWorkflow.renderReusable(from: files) }
    }

    private static let sum = String(repeating: "0", count: 64)

    @Test func eachPlatformHasAJobOfItsOwn() throws {
        let text = try render(plan(.buildkit, "platforms: [linux/amd64, linux/arm/v7, wasi/wasm]\n"))
        #expect(text.contains("\n  build-linux-amd64:\n    name: build (linux/amd64)\n"))
        #expect(text.contains("\n  build-linux-arm-v7:\n    name: build (linux/arm/v7)\n"))
        #expect(!text.contains("build (wasi/wasm)"))
        #expect(text.contains("needs: [plan, build-linux-amd64, build-linux-arm-v7]\n"))
        #expect(text.contains("emulate linux/arm/v7") && !text.contains("emulate linux/amd64"))
    }

    @Test func spinHasOneJobAndNoIndex() throws {
        let text = try render(plan(.spin, "platforms: [linux/amd64, wasm32-wasi]\n"))
        #expect(text.contains("\n  build-wasi-wasm:\n    name: build (wasi/wasm)\n"))
        #expect(!text.contains("build-linux") && !text.contains("\n  index:\n"))
    }

    @Test func theStepsStandInItAsTheyAre() throws {
        let text = try render(plan(.kaniko))
        for name in ["prelude", "plan", "tags", "index", "build-kaniko", "build-buildkit", "build-ko"] {
            let step = try SharedFolder.text("steps/\(name).sh")
            let indented = step.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? "" : "          \($0)" }.joined(separator: "\n")
            #expect(text.contains(indented), "\(name)")
        }
    }

    @Test(arguments: [nil, component])
    func whatTheConfigurationSaysStandsInItWithoutEffect(_ component: String?) throws {
        let configuration = """
            image: registry.example.com/team/app
            context: "a b/\\"c\\""
            build_args: {A: "${{ secrets.TOKEN }}", B: "x\\\\y", C: 1}
            additional_tags: [latest, "v${GITHUB_RUN_NUMBER}"]
            """
        let text = try render(plan(.buildkit, configuration, component: component))
        #expect(!text.contains("${{ secrets.TOKEN }}"))
        #expect(text.contains(#""A=${{ '${{' }} secrets.TOKEN }}\nB=x\\y\nC=1""#))
        #expect(text.contains(#""a b/\"c\"""#))
        #expect(text.contains("\"latest,v${GITHUB_RUN_NUMBER}\""))
        #expect(text.contains("\"registry.example.com/team/app\""))
        #expect(file(text).problem == nil)
    }

    /// Characters that make one with a neighbour, and leave the bytes in between as they were.
    @Test(arguments: ["\u{0D4E}${{ secrets.TOKEN }}", "${{\u{301} secrets.TOKEN }}", "$${{${{ secrets.TOKEN }}"])
    func noNeighbourMakesAnExpressionOfAText(_ value: String) throws {
        let text = try render(plan(.buildkit, "build_args: {A: \"\(value)\"}\n"))
        let line = try #require(text.split(separator: "\n").first { $0.contains("HEPHY_BUILD_ARGS: \"") })
        let rest = Array(line.utf8).split(separator: Array("${{ '${{' }}".utf8)).joined()
        #expect(Array(rest).firstRange(of: Array("${{".utf8)) == nil, "\(line)")
    }

    @Test func theForgesTokenGoesToItsOwnRegistryAlone() throws {
        #expect(try render(plan(.ko)).contains("github.server_url == 'https://github.com' && github.token"))
        #expect(try render(plan(.ko, "image: ghcr.io/acme/other\n")).contains("&& github.token"))
        #expect(try !render(plan(.ko, "image: docker.io/acme/api\n")).contains("&& github.token"))
        #expect(try !render(plan(.ko, "image: ghcr.io.example.com/acme/api\n")).contains("&& github.token"))
        var enterprise = try plan(.ko)
        enterprise.host = "git.corp.example"
        let text = try render(enterprise)
        #expect(text.contains("HEPHY_IMAGE: \"containers.git.corp.example/acme/api\""))
        #expect(text.contains("github.server_url == 'https://git.corp.example' && github.token"))
        enterprise.configuration = try plan(.ko, "image: ghcr.io/acme/api\n").configuration
        #expect(try !render(enterprise).contains("&& github.token"))
    }

    @Test func noExpressionStandsInAScript() throws {
        for component in [nil, Self.component] {
            let lines = try render(plan(.kaniko, component: component)).split(separator: "\n")
            // Scripts are the only lines indented by ten, besides the values of `env` and `with`.
            let scripts = lines.filter { $0.hasPrefix("          ") && $0.contains("${{") }
            #expect(
                scripts.allSatisfy { line in
                    let word = line.drop { $0 == " " }
                    return word.hasPrefix("HEPHY_") || word.hasPrefix("ref: ") || word.hasPrefix("${{ needs.")
                }, "\(scripts)")
        }
    }

    @Test func theCallerHandsOverWhatTheConfigurationSays() throws {
        let text = try render(plan(.ko, "ko: {main: cmd/api}\n", component: Self.component))
        #expect(text.contains("    uses: \(Self.component)\n"))
        #expect(text.contains("      ko_main: \"cmd/api\"\n"))
        #expect(RenderedFile(text)?.component == Self.component)
        #expect(text.split(separator: "\n").count < 100)
    }

    @Test func everyInputThatTheCallerGivesIsOneOfTheReusableWorkflow() throws {
        let reusable = try GitHubWorkflow.renderReusable(from: SharedFolder.files)
        let caller = try render(plan(.ko, component: Self.component))
        let given = try #require(caller.split(separator: "    with:\n").last?.split(separator: "    secrets:\n").first)
        for line in given.split(separator: "\n") {
            let name = line.drop { $0 == " " }.prefix { $0 != ":" }
            #expect(reusable.contains("\n      \(name):\n        description: "), "\(name)")
        }
    }
}
