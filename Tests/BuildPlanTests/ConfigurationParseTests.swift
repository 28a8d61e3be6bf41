import BuildPlan
import Testing
import YAML

@Suite struct ConfigurationParseTests {
    private func parse(_ text: String) -> ParsedConfiguration {
        BuildConfiguration.parse(Array(text.utf8))
    }

    @Test func everyKeyIsRead() throws {
        let text = """
            version: 1
            build_backend: buildkit
            ci_platform: gitlab
            upstream_repo: https://github.com/acme/api.git
            platforms: [linux/amd64, linux/arm64/v8, wasm32-wasi]
            additional_tags: [latest, "v${GITHUB_RUN_NUMBER}", 1.10]
            image: registry.example:5000/acme/api
            context: ./app/
            dockerfile: app/Dockerfile.prod
            build_args: {VERSION: 1.20, DEBUG: true, EMPTY: ""}
            ko: {main: ./cmd/api}
            spin: {manifest: web/spin.toml}
            deploy: {target: kubernetes, namespace: prod, deployment: api, container: web, manifest: k8s}
            """
        guard case .valid(let configuration, let warnings) = parse(text) else {
            Issue.record("refused: \(parse(text).problems.map(\.sentence))")
            return
        }
        #expect(warnings.isEmpty)
        #expect(configuration.backend == Marked(.buildkit, at: Mark(line: 2, column: 16)))
        #expect(configuration.ciPlatform?.value == .gitlab)
        #expect(configuration.upstreamRepository?.value == "https://github.com/acme/api.git")
        #expect(configuration.platforms.map(\.value) == [.linuxAMD64, .linuxARM64, .wasm])
        #expect(configuration.platforms[1].mark == Mark(line: 5, column: 26))
        #expect(configuration.additionalTags.map(\.value.description) == ["latest", "v${GITHUB_RUN_NUMBER}", "1.10"])
        #expect(configuration.image?.value.description == "registry.example:5000/acme/api")
        #expect(configuration.context?.value == "app")
        #expect(configuration.dockerfile?.value == "app/Dockerfile.prod")
        #expect(
            configuration.buildArguments == [
                BuildArgument(name: "VERSION", value: "1.20"), BuildArgument(name: "DEBUG", value: "true"),
                BuildArgument(name: "EMPTY", value: ""),
            ])
        #expect(configuration.ko.main?.value == "cmd/api")
        #expect(configuration.spin.manifest?.value == "web/spin.toml")
        guard case .kubernetes(let target) = configuration.deploy?.value else {
            Issue.record("no kubernetes target")
            return
        }
        #expect(
            [target.namespace, target.deployment, target.container, target.manifest] == ["prod", "api", "web", "k8s"])
    }

    @Test(arguments: [
        "", "# nothing\n", "---\n", "~\n", "{}\n", "\u{FEFF}", "version: 1\n",
        "build_backend: auto\nci_platform: auto\n",
    ])
    func whatIsNotSaidIsLeftToDefaults(text: String) {
        #expect(parse(text) == .valid(BuildConfiguration(), warnings: []))
    }

    @Test func theOtherDeployTargetsAreRead() {
        guard
            case .spinkube(let spin) = parse("deploy: {target: spinkube, name: shop.api}").configuration?.deploy?.value
        else {
            Issue.record("no spinkube target")
            return
        }
        #expect(spin.name == "shop.api")
        let text = "deploy: {target: hephy-workflow, app: shop, controller: https://hephy.corp.example}"
        guard case .hephyWorkflow(let workflow) = parse(text).configuration?.deploy?.value else {
            Issue.record("no hephy-workflow target")
            return
        }
        #expect(workflow.controller == "https://hephy.corp.example")
        #expect(parse("deploy: {target: none}").configuration?.deploy?.value == .nowhere)
    }

    @Test func everyProblemIsToldAtOnceInTheOrderOfTheText() {
        let text = """
            platforms: [linux/amd65]
            buildbackend: kaniko
            context: ../x
            image: Acme/API
            """
        let problems = parse(text).problems
        #expect(
            problems.map(\.place) == [1, 2, 3, 4].map { ".hephy/build-config.yaml:\($0):\([13, 1, 10, 8][$0 - 1])" })
        #expect(problems.map(\.suggestion) == ["linux/amd64", "build_backend", nil, "acme/api"])
        #expect(problems[0].excerpt.text == "platforms: [linux/amd65]")
        #expect(problems[0].excerpt.column == 13)
    }

    @Test func aNewerVersionIsTheOnlyProblem() {
        let problems = parse("version: 2\nnew_key: x\nplatforms: 3\n").problems
        #expect(problems.map(\.sentence) == ["this hephy is too old: it knows version 1 of the file, not 2"])
        #expect(problems.first?.mark == Mark(line: 1, column: 10))
    }

    @Test func aPlatformNamedTwiceIsAWarning() {
        guard case .valid(let configuration, let warnings) = parse("platforms: [linux/arm64, linux/arm64/v8]\n") else {
            Issue.record("refused")
            return
        }
        #expect(configuration.platforms.map(\.value) == [.linuxARM64])
        #expect(warnings.map(\.sentence) == ["'linux/arm64/v8' names the platform 'linux/arm64' again"])
        #expect(warnings.map(\.severity) == [.warning])
    }

    @Test(
        arguments: [
            ("- a\n", "1:1 the file holds a list and not a mapping of keys"),
            ("kaniko\n", "1:1 the file holds text and not a mapping of keys"),
            ("a: [\n", "2:1 did not find expected node content while parsing a flow node"),
            ("ko:\n\tmain: x\n", "2:1 a tab cannot indent YAML; use spaces"),
            ("image: a\nimage: b\n", "2:1 the key 'image' stands already in line 1"),
            ("image: a\n---\n", "2:1 a second document begins here; only one is allowed"),
            ("[a]: b\n", "1:1 a key is text, not a list"),
            ("version: \"1\"\n", "1:10 'version' takes the number 1, not text"),
            ("version: 0\n", "1:10 'version' is 1, not 0"),
            ("build_backend:\n", "1:15 'build_backend' has no value"),
            ("build_backend: [ko]\n", "1:16 'build_backend' takes text, not a list"),
            (
                "build_backend: Kaniko\n",
                "1:16 'Kaniko' is no build_backend: it is one of auto, kaniko, buildkit, ko, spin (kaniko)"
            ),
            (
                "ci_platform: gitlob\n",
                "1:14 'gitlob' is no ci_platform: it is one of auto, github, gitlab, gitea, forgejo, local (gitlab)"
            ),
            ("backend: ko\n", "1:1 unknown key 'backend' (build_backend)"),
            ("tags: [a]\n", "1:1 unknown key 'tags' (additional_tags)"),
            ("zebra: x\n", "1:1 unknown key 'zebra'"),
            ("ko: {mian: x}\n", "1:6 unknown key 'mian' in 'ko' (main)"),
            ("ko: x\n", "1:5 'ko' takes a mapping, not text"),
            ("platforms: linux/amd64\n", "1:12 'platforms' takes a list of platforms, not text ([linux/amd64])"),
            ("platforms: [1]\n", "1:13 'platforms' takes text, not a number (\"1\")"),
            ("platforms: [x86_64]\n", "1:13 unknown platform 'x86_64' (linux/amd64)"),
            ("platforms: [plan9/amd64]\n", "1:13 unknown platform 'plan9/amd64'"),
            ("dockerfile: true\n", "1:13 'dockerfile' takes text, not a boolean (\"true\")"),
            (
                "dockerfile: /etc/passwd\n",
                "1:13 'dockerfile' is an absolute path; it begins at the root of the repository"
            ),
            ("dockerfile: a/../b\n", "1:13 'dockerfile' has '..', which could leave the repository"),
            ("dockerfile: .\n", "1:13 'dockerfile' names the repository itself, not a file in it"),
            ("dockerfile: ./--help\n", "1:13 'dockerfile' begins with '-'"),
            ("context: https://x/y\n", "1:10 'context' is a path in the repository, not a URL"),
            ("context: ''\n", "1:10 'context' is empty"),
            ("context: \"a\\nb\"\n", "1:10 'context' holds a line break"),
            ("context: \"a\\u202Eb\"\n", "1:10 'context' holds the character U+202E"),
            (
                "spin: {manifest: /x}\n",
                "1:18 'spin.manifest' is an absolute path; it begins at the root of the repository"
            ),
            ("upstream_repo: https://u:p@h/o/r\n", "1:16 'upstream_repo' holds a password"),
            ("upstream_repo: a b\n", "1:16 'upstream_repo' holds a space"),
            ("upstream_repo: --x\n", "1:16 'upstream_repo' begins with '-'"),
            ("build_args: [A=b]\n", "1:13 'build_args' takes a mapping of names to values, not a list"),
            ("build_args: {A-B: x}\n", "1:14 'A-B' is no name of a build argument"),
            ("build_args: {A: [x]}\n", "1:17 'build_args.A' takes text, not a list"),
            ("build_args: {A: }\n", "1:17 'build_args.A' has no value"),
            ("build_args: {A: \"x\\0\"}\n", "1:17 'build_args.A' holds the character U+0000"),
            ("deploy: kubernetes\n", "1:9 'deploy' takes a mapping, not text"),
            ("deploy: {app: x}\n", "1:9 'deploy' has no 'target' (target: kubernetes)"),
            (
                "deploy: {target: k8s}\n",
                "1:18 'k8s' is no deploy target: it is one of none, kubernetes, spinkube, hephy-workflow"
            ),
            (
                "deploy: {target: kubernetes, app: x}\n",
                "1:30 'deploy.app' has no meaning for the target 'kubernetes'"
            ),
            (
                "deploy: {target: kubernetes, namespace: Prod}\n",
                "1:41 'deploy.namespace' takes lower-case letters, digits, '-', and begins and ends with a letter or digit"
            ),
            (
                "deploy: {target: hephy-workflow, controller: 'ftp://x'}\n",
                "1:46 'deploy.controller' takes an http or https URL without a password"
            ),
        ])
    func aFaultIsNamedAtItsPlace(text: String, expected: String) {
        let problems = parse(text).problems
        let told = problems.map { problem in
            "\(problem.mark.line):\(problem.mark.column) \(problem.sentence)"
                + (problem.suggestion.map { " (\($0))" } ?? "")
        }
        #expect(told == [expected])
        #expect(parse(text).configuration == nil)
    }

    @Test func hostileTextIsShownEscapedAndShortened() throws {
        let text = "\"\\e[31m\\u202E\(String(repeating: "x", count: 500))\": 1\n"
        let problem = try #require(parse(text).problems.first)
        #expect(problem.sentence == "unknown key '\\u{1B}[31m\\u{202E}\(String(repeating: "x", count: 54))...'")
        #expect(problem.excerpt.text.unicodeScalars.count < 110)
        let path = try #require(BuildConfiguration.parse([0x07], path: "a\u{1B}b").problems.first)
        #expect(path.place == "a\\u{1B}b:1:1")
        #expect(path.excerpt.text == "\\u{7}")
        #expect(path.sentence == "the character U+0007 is not allowed here")
    }

    @Test func aLongLineIsShownAroundItsPlace() throws {
        let text =
            "\(String(repeating: "#", count: 10))\nbuild_args: {A: \(String(repeating: "a", count: 300)), 9: x, B: b}\n"
        let problem = try #require(parse(text).problems.first)
        #expect(problem.mark == Mark(line: 2, column: 319))
        #expect(problem.excerpt.text.hasPrefix("...aaa"))
        let shown = Array(problem.excerpt.text.unicodeScalars)
        #expect(shown[problem.excerpt.column - 1] == "9")
    }

    @Test func aFileOverTheLimitIsRefusedWhole() {
        let text = String(repeating: "#", count: BuildConfiguration.byteLimit + 1)
        #expect(parse(text).problems.map(\.sentence) == ["the text has more than 65536 bytes"])
    }

    @Test func anyBytesGiveAVerdictAndPrintableProblems() {
        let keys = ConfigurationKey.allCases.map { $0.rawValue + ": " }
        let tokens =
            keys + [
                "- ", "[", "]", "{", "}", ", ", "\n", "  ", "&x ", "*x", "kaniko", "linux/amd64", "${", "}", "$",
                "target: ",
                "kubernetes", "\u{1B}", "\u{202E}", "\t", "1", "~", "\"\\0\"", "..", "/", "main: ", "ä", "\u{2028}",
            ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...25, using: &random)).map { _ in
                tokens.randomElement(using: &random) ?? ""
            }
            .joined()
            let parsed = parse(text)
            if parsed.configuration == nil { #expect(parsed.problems.contains { $0.severity == .error }, "\(text)") }
            for problem in parsed.problems {
                let printed = problem.place + problem.sentence + (problem.suggestion ?? "") + problem.excerpt.text
                let isClean = printed.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                }
                #expect(isClean, "\(text.debugDescription)")
            }
        }
    }
}
