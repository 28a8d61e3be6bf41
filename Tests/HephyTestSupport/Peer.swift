#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A real program beside hephy that some tests need.
///
/// With `CI=true` such a test runs in any case, and fails for want of its program; elsewhere it is skipped without one.
package struct Peer: Sendable {
    /// Where it is; nil when it is not installed.
    package let program: String?

    /// - Parameters:
    ///   - name: what it is called on PATH.
    ///   - variable: the environment variable that names it when it lies elsewhere.
    package init(_ name: String, variable: String) {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        program = ([environment[variable]].compactMap { $0 } + folders).first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    package var isWanted: Bool {
        program != nil || ProcessInfo.processInfo.environment["CI"] == "true"
    }

    /// A program of the Python package index that looks at CI files or runs them; `scripts/test-tools --ci` prints the
    /// folder where it put them.
    package static func ciTool(_ name: String) -> Peer {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" } ?? ""
        let folders = [environment["HEPHY_TEST_CI"], "\(cache)/hephy-test-tools/ci/bin"].compactMap(\.self)
        return Peer(program: folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) })
    }

    /// A Python that has the packages pyforgejo and py-gitea; `scripts/test-tools --gitea` prints its folder.
    package static let giteaClients: Peer = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" } ?? ""
        let folders = [environment["HEPHY_TEST_GITEA"], "\(cache)/hephy-test-tools/gitea/bin"].compactMap(\.self)
        return Peer(program: folders.map { "\($0)/python" }.first { FileManager.default.isExecutableFile(atPath: $0) })
    }()

    /// GitLab's own client, and a Python that has python-gitlab; `scripts/test-tools --gitlab` prints their folder.
    package static let glab = gitLabTool("glab")
    package static let gitLabPython = gitLabTool("python")

    private static func gitLabTool(_ name: String) -> Peer {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? environment["HOME"].map { $0 + "/.cache" } ?? ""
        let folders = [environment["HEPHY_TEST_GITLAB"], "\(cache)/hephy-test-tools/gitlab"].compactMap(\.self)
        return Peer(program: folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) })
    }

    private init(program: String?) {
        self.program = program
    }

    /// GitHub's own client; `scripts/test-tools --gh` prints where it put one.
    package static let gh = Peer("gh", variable: "HEPHY_TEST_GH")

    /// git's own extension for large files, which git finds on PATH.
    package static let gitLFS = Peer("git-lfs", variable: "HEPHY_TEST_GIT_LFS")
}
