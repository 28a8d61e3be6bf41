import BuildPlan
import Testing
import YAML

@Suite struct ConfigurationValueTests {
    private func parse(_ text: String) -> ParsedConfiguration {
        BuildConfiguration.parse(Array(text.utf8))
    }

    @Test(arguments: [
        "api", "acme/api", "ghcr.io/acme/api", "localhost/api", "localhost:5000/a/b/c", "a.b/c__d/e-f/g---h/i.j_k",
        "127.0.0.1:5000/x", "[::1]:5000/x", "REGISTRY.example/x", "0/1",
    ])
    func anImageNameIsTaken(name: String) {
        #expect(parse("image: '\(name)'\n").configuration?.image?.value.description == name)
    }

    @Test(
        arguments: [
            ("", "'image' is empty"), ("a:1", "'image' takes no tag; tags stand in 'additional_tags' (a)"),
            ("ghcr.io/a/b:v1", "'image' takes no tag; tags stand in 'additional_tags' (ghcr.io/a/b)"),
            ("a/b@sha256:00", "'image' takes no digest (a/b)"), ("$CI_REGISTRY_IMAGE", "'image' takes no variables"),
            ("ghcr.io/Acme/API", "'image' has upper-case letters, which an image name cannot have (ghcr.io/acme/api)"),
            ("https://ghcr.io/a/b", "'image' is no URL (ghcr.io/a/b)"),
            ("a//b", "'image' has an empty part between '/'"),
            ("/a", "'image' has an empty part between '/'"), ("a/", "'image' has an empty part between '/'"),
            ("a b", "'a b' cannot be part of an image name"), ("a___b", "'a___b' cannot be part of an image name"),
            ("a..b", "'a..b' cannot be part of an image name"), ("-a", "'-a' cannot be part of an image name"),
            ("a_", "'a_' cannot be part of an image name"), ("ä/b", "'ä' cannot be part of an image name"),
            ("ghcr.io:/x", "'ghcr.io:' in 'image' is no registry"), ("a..b/x", "'a..b' in 'image' is no registry"),
            ("[::1/x", "'[::1' in 'image' is no registry"), ("host:port/x", "'host:port' in 'image' is no registry"),
            (String(repeating: "a", count: 256), "'image' has more than 255 characters"),
        ])
    func aTextThatIsNoImageNameIsRefused(name: String, expected: String) {
        let problems = parse("image: '\(name)'\n").problems
        #expect(problems.map { $0.sentence + ($0.suggestion.map { " (\($0))" } ?? "") } == [expected])
    }

    @Test(arguments: [
        ("[latest, ${GITHUB_REF_NAME}]", ["latest", "${GITHUB_REF_NAME}"]),
        ("[${CI_COMMIT_TAG}-x,\n  v${GITHUB_RUN_NUMBER}]", ["${CI_COMMIT_TAG}-x", "v${GITHUB_RUN_NUMBER}"]),
        ("[\"${GITHUB_SHA}\", ${GITHUB_SHA}]", ["${GITHUB_SHA}", "${GITHUB_SHA}"]),
    ])
    func variablesMayStandBareBetweenBrackets(list: String, tags: [String]) {
        let parsed = parse("build_backend: ko\nadditional_tags: \(list)\n")
        #expect(parsed.configuration?.additionalTags.map(\.value.description) == tags, "\(parsed.problems)")
    }

    @Test func whatIsWrongBesideABareVariableStandsAtItsPlace() {
        let problems = parse("additional_tags: [latest, ${GITHUB_REFNAME}, \"a b\"]\nimage: 3\n").problems
        #expect(problems.map(\.place.description.count).count == 3)
        #expect(problems.map { "\($0.mark.line):\($0.mark.column)" } == ["1:27", "1:46", "2:8"])
        #expect(problems.first?.suggestion == "${GITHUB_REF_NAME}")
        #expect(problems.first?.excerpt.text.contains("${GITHUB_REFNAME}") == true)
        let broken = parse("additional_tags: [latest, ${GITHUB_REF_NAME}\nimage: x\n").problems
        #expect(broken.count == 1 && broken.first?.severity == .error)
    }

    @Test func aTagIsCutAtItsVariables() {
        let tags = parse("additional_tags: ['v${GITHUB_RUN_NUMBER}-${CI_COMMIT_SHORT_SHA}', '${CI_COMMIT_TAG}']\n")
            .configuration?.additionalTags.map(\.value.parts)
        #expect(
            tags == [
                [.literal("v"), .variable(.githubRunNumber), .literal("-"), .variable(.gitlabShortSHA)],
                [.variable(.gitlabTag)],
            ])
    }

    @Test(arguments: TagVariable.allCases)
    func everyVariableOfTheListIsUnderstood(variable: TagVariable) {
        #expect(parse("additional_tags: ['${\(variable.rawValue)}']\n").problems.isEmpty)
    }

    @Test(
        arguments: [
            ("", "a tag is empty"), ("v${GITHUB_SHA", "'${' without '}' in the tag 'v${GITHUB_SHA'"),
            ("${GITHUB_SHAA}", "unknown variable 'GITHUB_SHAA' in the tag '${GITHUB_SHAA}' (${GITHUB_SHA})"),
            ("${github_sha}", "unknown variable 'github_sha' in the tag '${github_sha}' (${GITHUB_SHA})"),
            ("${}", "unknown variable '' in the tag '${}'"),
            ("${HOME}", "unknown variable 'HOME' in the tag '${HOME}'"),
            ("${GITHUB_SHA:-x}", "unknown variable 'GITHUB_SHA:-x' in the tag '${GITHUB_SHA:-x}' (${GITHUB_SHA})"),
            ("$GITHUB_SHA", "a variable stands in braces, not as '$GITHUB_SHA' (${GITHUB_SHA})"),
            ("a$", "the tag 'a$' holds '$', which no tag can have"),
            ("${{ github.sha }}", "expressions like '${{ }}' are not understood in the tag '${{ github.sha }}'"),
            (".a", "a tag cannot begin with '.'"), ("-a", "a tag cannot begin with '-'"),
            ("a/b", "the tag 'a/b' holds '/', which no tag can have"),
            ("ä", "the tag 'ä' holds 'ä', which no tag can have"),
            ("a:b", "the tag 'a:b' holds ':', which no tag can have"),
            (
                String(repeating: "a", count: 129),
                "the tag '\(String(repeating: "a", count: 60))...' has more than 128 characters"
            ),
        ])
    func aTextThatIsNoTagIsRefused(tag: String, expected: String) {
        let problems = parse("additional_tags: ['\(tag)']\n").problems
        #expect(problems.map { $0.sentence + ($0.suggestion.map { " (\($0))" } ?? "") } == [expected])
    }

    @Test(
        arguments: [
            ("linux/amd64", "linux/amd64"), ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v3", "linux/amd64/v3"),
            ("linux/arm64", "linux/arm64"), ("linux/arm64/v8", "linux/arm64"), ("linux/arm", "linux/arm/v7"),
            ("linux/arm/v6", "linux/arm/v6"), ("windows/amd64", "windows/amd64"), ("wasm32-wasi", "wasi/wasm"),
            ("wasip1/wasm", "wasi/wasm"), ("wasi/wasm", "wasi/wasm"), ("linux/AMD64", nil), ("linux", nil), ("", nil),
        ] as [(String, String?)])
    func aPlatformIsShownInItsUsualForm(text: String, expected: String?) {
        #expect(Platform(text)?.description == expected)
    }

    @Test func aBackendSkipsThePlatformsItHasNoUseFor() throws {
        let text = "platforms: [linux/amd64, wasm32-wasi, windows/amd64]\n"
        let configuration = try #require(parse(text).configuration)
        let kaniko = configuration.platforms(for: .kaniko)
        #expect(kaniko.kept == [.linuxAMD64])
        #expect(
            kaniko.skipped.map(\.reason) == ["kaniko builds no WebAssembly images", "kaniko builds no Windows images"])
        #expect(configuration.platforms(for: .buildkit).skipped.map(\.platform) == [.wasm])
        let spin = configuration.platforms(for: .spin)
        #expect(spin.kept == [.wasm])
        #expect(spin.skipped.map(\.platform.description) == ["linux/amd64", "windows/amd64"])
    }

    @Test func withoutPlatformsTheBackendsUsualOnesAreKept() {
        for backend in [Backend.kaniko, .buildkit, .ko] {
            #expect(BuildConfiguration().platforms(for: backend).kept == [.linuxAMD64, .linuxARM64])
        }
        #expect(BuildConfiguration().platforms(for: .spin).kept == [.wasm])
    }

    @Test func platformsThatAreAllUselessLeaveNothing() {
        let selection = PlatformSelection(named: [.wasm, .wasm], for: .ko)
        #expect(selection.kept.isEmpty)
        #expect(selection.skipped.count == 1)
    }

    @Test(
        arguments: [
            (.github, "github.com", "Acme", "API", "ghcr.io/acme/api"),
            (.github, "GitHub.com", "Acme", "API", "ghcr.io/acme/api"),
            (.github, "acme.ghe.com", "o", "r", "containers.acme.ghe.com/o/r"),
            (.gitea, "git.corp.example:3000", "O", "R", "git.corp.example:3000/o/r"),
            (.forgejo, "codeberg.org", "o", "R.x", "codeberg.org/o/r.x"),
            (.github, "github.com", "acme", ".github", nil),
            (.local, "localhost", "o", "r", nil),
        ] as [(CIPlatform, String, String, String, String?)])
    func anImageIsKeptInTheForgesOwnRegistry(
        platform: CIPlatform, host: String, owner: String, repository: String, expected: String?
    ) {
        let standard = ImageName.standard(on: platform, host: host, owner: owner, repository: repository)
        guard case .name(let name) = standard else {
            #expect(expected == nil && standard == nil)
            return
        }
        #expect(name.description == expected)
    }

    @Test func gitLabNamesItsImageInsideTheRun() {
        #expect(
            ImageName.standard(on: .gitlab, host: "gitlab.com", owner: "a/b", repository: "c")
                == .variable("CI_REGISTRY_IMAGE"))
    }
}
