import HephyTestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The real tools, as one test uses them: docker and buildx with configuration of their own.
struct BuildTools: Sendable {
    let checkout: Checkout
    let services: BuildServices
    let builders: String

    init(_ checkout: Checkout) async throws {
        self.checkout = checkout
        services = try await BuildServices.shared()
        builders = try #require(BuildServices.builders)
        try FileManager.default.createDirectory(
            atPath: checkout.fixture.path("home/.docker"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: checkout.fixture.path("home/.docker/cli-plugins"), withDestinationPath: builders + "/cli-plugins")
    }

    /// A name in the open registry that no other test uses.
    func image(on registry: String? = nil) -> String {
        "\(registry ?? services.registry)/acme/i\(UInt32.random(in: 0...UInt32.max))"
    }

    /// The environment for the daemon; `crane` is on PATH unless it is taken away.
    func environment(crane: Bool = true) throws -> [String: String?] {
        var folder = builders
        if !crane {
            folder = checkout.fixture.path("docker-alone")
            if !FileManager.default.fileExists(atPath: folder) {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(
                    atPath: folder + "/docker", withDestinationPath: builders + "/docker")
            }
        }
        return ["PATH": checkout.path(before: folder), "DOCKER_HOST": services.docker]
    }

    /// The same with a builder for buildx that reaches BuildKit by its own API.
    func buildKit(crane: Bool = true) async throws -> [String: String?] {
        var environment = try environment(crane: crane)
        try await checkout.fixture.run(
            "docker", "buildx", "create", "--name", "tests", "--driver", "remote", "unix://" + services.buildkit,
            environment: environment
        ).check()
        environment["BUILDX_BUILDER"] = "tests"
        return environment
    }

    func crane(_ arguments: String...) async throws -> GitFixture.Ran {
        try await checkout.fixture.run([builders + "/crane"] + arguments)
    }

    func manifest(_ reference: String) async throws -> Manifest {
        let ran = try await crane("manifest", reference).check()
        return try JSONDecoder().decode(Manifest.self, from: Data(ran.standardOutput))
    }

    /// The text of a file in an image of one platform.
    func file(_ path: String, in reference: String, platform: String) async throws -> String {
        let tar = checkout.fixture.path(checkout.fixture.uniqueName("image"))
        try await crane("export", "--platform", platform, reference, tar).check()
        return try await checkout.fixture.run("tar", "-xOf", tar, path).check().output
    }

    func tags(of image: String) async throws -> [String] {
        try await crane("ls", image).check().output.split(separator: "\n").map(String.init)
    }
}
