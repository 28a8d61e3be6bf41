import HephyTestSupport
import Testing

/// Which git the end-to-end tests run with.
enum GitVersion {
    /// Whether it is `major.minor` or newer.
    static func isAtLeast(_ major: Int, _ minor: Int) async throws -> Bool {
        let text = try await GitFixture.with { try await $0.run("git", "--version").check().line }
        let numbers = text.split(separator: " ").last { $0.contains(".") }?.split(separator: ".").compactMap { Int($0) }
        guard let numbers, numbers.count >= 2 else { return false }
        return (numbers[0], numbers[1]) >= (major, minor)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test with gits that are older; `scripts/test` counts that as no missing test.
    static func needsGit(_ major: Int, _ minor: Int) -> ConditionTrait {
        .enabled("needs git \(major).\(minor)") { try await GitVersion.isAtLeast(major, minor) }
    }
}
