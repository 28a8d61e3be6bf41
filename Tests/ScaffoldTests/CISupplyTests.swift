import BuildPlan
import HephyTestSupport
import Scaffold
import Testing

/// What a rendered workflow takes from elsewhere, which a server of one's own has to have.
@Suite struct CISupplyTests {
    private func names(
        _ backend: Backend, _ text: String = "", component: String? = nil, files: SharedFiles = SharedFolder.files
    ) throws -> [String] {
        let configuration = try #require(BuildConfiguration.parse(Array(text.utf8)).configuration)
        let plan = CIPlan(
            backend: backend, platforms: [], configuration: configuration, host: "git.corp.example",
            repository: ("acme", "api"), component: component)
        return try plan.supplies(from: files).map { "\($0.kind.rawValue) \($0.name)" }
    }

    private static let checkout = "action actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
    private static let crane = "image gcr.io/go-containerregistry/crane:v0.20.7"

    @Test func eachBackendNamesWhatItsStepsFetch() throws {
        #expect(
            try names(.kaniko) == [Self.checkout, "image ghcr.io/osscontainertools/kaniko:v1.28.3", Self.crane])
        #expect(
            try names(.buildkit) == [
                Self.checkout, "image moby/buildkit:v0.32.2", "image docker/buildkit-syft-scanner:stable-1", Self.crane,
            ])
        #expect(
            try names(.buildkit, "sbom: false\n") == [Self.checkout, "image moby/buildkit:v0.32.2", Self.crane])
        #expect(try names(.ko) == [Self.checkout, "module github.com/google/ko@v0.19.1", Self.crane])
        #expect(try names(.spin) == [Self.checkout, "archive https://github.com/spinframework/spin/releases"])
    }

    @Test func theSharedWorkflowsRepositoryIsNamed() throws {
        let component = "acme/hephy-builder/.github/workflows/build.yml@v1"
        #expect(try names(.ko, component: component).first == "repository acme/hephy-builder@v1")
    }

    @Test func aReleaseIsNamedWhereARunDetects() throws {
        let pin = "linux-amd64 \(String(repeating: "a", count: 64)) https://example.org/hephy.tar.gz"
        let released = SharedFiles { $0 == "release" ? Array("\(pin)\n".utf8) : SharedFolder.bytes($0) }
        let archive = "archive https://example.org/hephy.tar.gz"
        #expect(try names(.ko, "build_backend: auto\n", files: released).contains(archive))
        #expect(try !names(.ko, "build_backend: ko\n", files: released).contains(archive))
    }

    /// An image that a step falls back to stands in the list of some backend, and can be had from elsewhere by a variable.
    @Test func noImageOfTheStepsIsForgotten() throws {
        let listed = try Backend.allCases.flatMap { try names($0) }
        let workflow = try SharedFolder.text("templates/github.yml")
        for step in ["build-kaniko.sh", "build-buildkit.sh", "build-ko.sh", "build-spin.sh", "index.sh"] {
            let text = try SharedFolder.text("steps/\(step)")
            for part in text.split(separator: "${HEPHY_").dropFirst() {
                guard let end = part.firstRange(of: "_IMAGE:-") else { continue }
                let variable = "HEPHY_\(part[..<end.lowerBound])_IMAGE"
                guard variable.utf8.allSatisfy({ (0x41...0x5a).contains($0) || $0 == 0x5f }) else { continue }
                var image = String(part[end.upperBound...].prefix { $0 != "}" })
                if image == "$default_image" {
                    let start = try #require(text.firstRange(of: "\ndefault_image=")).upperBound
                    image = String(text[start...].prefix { $0 != "\n" })
                }
                #expect(listed.contains("image \(image)"), "\(step): \(image)")
                #expect(workflow.contains("\(variable): "), "\(variable)")
            }
        }
    }
}
