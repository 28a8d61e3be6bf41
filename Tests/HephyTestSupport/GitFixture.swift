import Subprocess
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A scratch folder, an environment made from nothing, and what has to be undone at the end of one test.
package final class GitFixture: Sendable {
    /// The test's own folder; removed at the end unless `HEPHY_KEEP_SCRATCH` is set.
    package let scratch: String
    /// What children see, by name; nothing of the machine's own but where programs lie.
    package let environment: [String: String]
    private let cleanups = Mutex<[@Sendable () async -> Void]>([])
    private let counter = Mutex(0)

    private init() throws {
        let own = ProcessInfo.processInfo.environment
        let name = "hephy-test-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        scratch = (own["TMPDIR"].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } ?? "/tmp") + "/" + name
        var environment = [
            // `scripts/test-tools --git SUITE` prints a folder for HEPHY_TEST_GIT, with another git than the machine's.
            "PATH":
                ([Self.builtPrograms] + [own["HEPHY_TEST_GIT"]].compactMap(\.self)
                + [own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"]).joined(separator: ":"),
            "HOME": scratch + "/home",
            "TMPDIR": scratch + "/tmp",
            "LC_ALL": "C",
            "TERM": "xterm-256color",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            // Nothing here has to survive a power cut, and waiting for the disk is most of what a small push does.
            "GIT_TEST_FSYNC": "0",
            "HEPHY_SHARE": Self.share,
            "GIT_AUTHOR_NAME": "A U Thor",
            "GIT_AUTHOR_EMAIL": "author@example.com",
            "GIT_AUTHOR_DATE": "1767225600 +0000",
            "GIT_COMMITTER_NAME": "C O Mitter",
            "GIT_COMMITTER_EMAIL": "committer@example.com",
            "GIT_COMMITTER_DATE": "1767225600 +0000",
        ]
        for (variable, folder) in [
            ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            environment[variable] = scratch + "/home/." + folder
        }
        for kept in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SWIFT_BACKTRACE", "DEVELOPER_DIR"] {
            environment[kept] = own[kept]
        }
        self.environment = environment
        for folder in ["home", "tmp"] {
            try FileManager.default.createDirectory(
                atPath: scratch + "/" + folder, withIntermediateDirectories: true)
        }
        try FileManager.default.createDirectory(
            atPath: scratch + "/home/.runtime", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Runs a test in a fixture of its own and tidies up behind it, the newest thing first.
    package static func with<Result>(_ body: (GitFixture) async throws -> Result) async throws -> Result {
        let fixture = try GitFixture()
        do {
            let result = try await body(fixture)
            await fixture.tidyUp()
            return result
        } catch {
            await fixture.tidyUp()
            throw error
        }
    }

    /// Keeps `cleanup` for the end of the test; the last one given runs first.
    package func atEnd(_ cleanup: @escaping @Sendable () async -> Void) {
        cleanups.withLock { $0.append(cleanup) }
    }

    private func tidyUp() async {
        for cleanup in cleanups.withLock({ $0.reversed() }) { await cleanup() }
        if ProcessInfo.processInfo.environment["HEPHY_KEEP_SCRATCH"] == nil {
            try? FileManager.default.removeItem(atPath: scratch)
        }
    }

    /// The folder of the test bundle, where the built programs lie.
    package static let builtPrograms: String = {
        let bundle = CommandLine.arguments.first.map(folder(of:)) ?? "."
        guard bundle.contains(".xctest/") || bundle.hasSuffix(".xctest") else { return absolute(bundle) }
        var parts = bundle.split(separator: "/", omittingEmptySubsequences: false)
        while let last = parts.popLast(), !last.hasSuffix(".xctest") {}
        return absolute(parts.joined(separator: "/"))
    }()

    /// The folder `Tests/doubles` of this checkout.
    package static let doubles: String = folder(of: folder(of: #filePath)) + "/doubles"

    /// The folder `share` of this checkout, which is installed beside the programs.
    package static let share: String = folder(of: folder(of: folder(of: #filePath))) + "/share"

    private static func folder(of path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// A name that nothing else in this fixture has, `double-1`.
    package func uniqueName(_ stem: String) -> String {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return "\(stem)-\(number)"
    }

    /// The path of something in the scratch folder.
    package func path(_ relative: String) -> String { scratch + "/" + relative }

    /// Writes a file below the scratch folder, folders on the way included, and gives its path.
    @discardableResult
    package func write(_ text: String, to relative: String, executable: Bool = false) throws -> String {
        try write(Array(text.utf8), to: relative, executable: executable)
    }

    @discardableResult
    package func write(_ bytes: [UInt8], to relative: String, executable: Bool = false) throws -> String {
        let full = relative.hasPrefix("/") ? relative : path(relative)
        try FileManager.default.createDirectory(
            atPath: Self.folder(of: full), withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: full))
        if executable {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: full)
        }
        return full
    }

    /// The text of a file below the scratch folder; bytes that are not UTF-8 are replaced.
    package func read(_ relative: String) throws -> String {
        let full = relative.hasPrefix("/") ? relative : path(relative)
        return String(decoding: try Data(contentsOf: URL(filePath: full)), as: UTF8.self)
    }
}
