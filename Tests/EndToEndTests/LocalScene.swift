import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A work tree whose remote `hephy` is the embedded forge, and the machine that its runs execute on.
struct LocalScene {
    let fixture: GitFixture
    let work: TestRepository
    /// What git, hephy and the runs see on top of the fixture's.
    var environment: [String: String?]

    /// What builds in a scene.
    enum Builder {
        /// The steps of `share/steps` with the real buildah, and nothing else that builds.
        case buildah
        /// Steps of the test's own by their names; those that are not named do what is needed to go on. A program
        /// `docker` answers as if it could build.
        case steps([String: String])
        /// The steps of `share/steps`, and nothing that builds.
        case none
    }

    static let buildable = TestCommit(["Dockerfile": "FROM scratch\nCOPY hello /hello\n", "hello": "hello, world\n"])

    /// The machine's own, as platforms name it.
    static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    private static let standIns = [
        "plan.sh": "echo checked",
        "tags.sh": "echo main",
        "build-local.sh": "echo building",
        "index.sh": "echo \"hephy: image=$HEPHY_IMAGE:sha@sha256:0\"",
    ]

    /// Runs `body` with `commits` in the work tree, none of them pushed yet, and the remote `hephy::local/app`.
    ///
    /// - Throws: whatever `body` throws, or what hindered the scene from being set up.
    static func with(
        _ builder: Builder, _ commits: [TestCommit] = [buildable], remote: String = "hephy::local/app",
        _ body: (LocalScene) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let work = try await fixture.repository("work", commits)
            try await work.git("remote", "add", "hephy", remote).check()
            var environment: [String: String?] = [
                "PATH": fixture.path("programs") + ":" + (fixture.environment["PATH"] ?? ""),
                "HEPHY_SHARE": GitFixture.share, "BUILDAH_ISOLATION": "chroot",
                "CONTAINERS_STORAGE_CONF": fixture.path("storage.conf"),
            ]
            let stores = ["graphroot", "runroot"].map { "\($0) = \"\(fixture.path($0))\"" }
            try fixture.write(
                "[storage]\ndriver = \"vfs\"\n\(stores.joined(separator: "\n"))\n", to: "storage.conf")
            for name in ["docker", "podman", "buildctl", "buildah"] {
                let answers = if case .steps = builder { name == "docker" } else { false }
                if case .buildah = builder, name == "buildah" { continue }
                try fixture.write("#!/bin/sh\nexit \(answers ? 0 : 1)\n", to: "programs/\(name)", executable: true)
            }
            if case .steps(let own) = builder {
                for (name, text) in standIns.merging(own, uniquingKeysWith: { _, own in own }) {
                    try fixture.write("set -eu\n\(text)\n", to: "share/steps/\(name)")
                }
                environment["HEPHY_SHARE"] = fixture.path("share")
            }
            let scene = LocalScene(fixture: fixture, work: work, environment: environment)
            fixture.atEnd { await scene.endRuns() }
            try await body(scene)
        }
    }

    /// `git push` with these arguments behind it; `hephy main` without any.
    func push(_ arguments: String..., environment extra: [String: String?] = [:]) async throws -> GitFixture.Ran {
        try await fixture.run(
            ["git", "push"] + (arguments.isEmpty ? ["hephy", "main"] : arguments), in: work.path,
            environment: environment.merging(extra) { _, own in own }, timeout: .seconds(110))
    }

    /// `hephy` in the work tree.
    func hephy(_ arguments: String...) async throws -> GitFixture.Ran {
        try await fixture.run(
            ["\(GitFixture.builtPrograms)/hephy"] + arguments, in: work.path, environment: environment,
            timeout: .seconds(110))
    }

    /// `git push` on a terminal of its own.
    func pushOnTerminal(keys: [Terminal.Key]) async throws -> Terminal.Screen {
        try await Terminal.run(
            ["git", "push", "hephy", "main"], in: work.path, keys: keys, environment: environment, fixture: fixture)
    }

    /// A commit of its own on `branch`.
    func commit(_ text: String, on branch: String = "main") async throws -> String {
        try await work.commit([TestCommit(["hello": .text(text)], on: branch)])[0]
    }

    /// Lets the steps that wait for the file `name` go on.
    func allow(_ name: String) throws {
        try fixture.write("", to: name)
    }

    /// The shell's way to wait for `allow(name)`.
    static func waiting(for name: String) -> String {
        "while [ ! -e \"$HOME/../\(name)\" ]; do sleep 0.05; done"
    }

    /// What the image of the machine's own store has in a file.
    func contents(of file: String, in image: String) async throws -> String {
        let script = "ctr=$(buildah from --quiet \"$1\") && cat \"$(buildah mount \"$ctr\")/$2\""
        return try await fixture.run(["sh", "-c", script, "sh", image, file], environment: environment).check().output
    }

    /// A disk of its own with so much room, for as long as the test takes.
    func smallDisk(kilobytes: Int) async throws -> String {
        try fixture.write("", to: "disk/place")
        let path = fixture.path("disk")
        try await fixture.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path).check()
        let fixture = fixture
        fixture.atEnd { _ = try? await fixture.run("umount", "-l", path) }
        return path
    }

    // MARK: - What there is of runs

    var runsFolder: String { fixture.path("home/.data/hephy/runs") }

    /// The folders of all runs of the only repository, oldest first.
    func runs() throws -> [String] {
        let stores = (try? FileManager.default.contentsOfDirectory(atPath: runsFolder)) ?? []
        guard let store = stores.first else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: "\(runsFolder)/\(store)")
            .filter { $0.allSatisfy(\.isNumber) }.sorted().map { "\(runsFolder)/\(store)/\($0)" }
    }

    /// What the record of a run says.
    func record(of run: String) throws -> Record {
        try JSONDecoder().decode(Record.self, from: Data(contentsOf: URL(filePath: "\(run)/run.json")))
    }

    struct Record: Decodable {
        struct Job: Decodable {
            var name: String
            var ending: String?
            var remark: String?
        }
        struct Outcome: Decodable {
            var image: String?
            var digest: String?
        }
        var number: Int
        var stage: String
        var ending: String?
        var remark: String?
        var jobs: [Job]
        var outcome: Outcome?
    }

    /// Ends what still executes, so that the scratch folder can go.
    private func endRuns() async {
        for entry in Processes(fixture: fixture).running() { kill(entry.id, SIGKILL) }
    }
}
