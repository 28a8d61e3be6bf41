import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whatever dies in the middle of a pack that does not go on: no process of a fetch or a clone stays, and it can be
/// repeated.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct LeftBehindFetchTests {
    enum Transport: String, Sendable, CaseIterable { case http, ssh }

    enum Death: String, Sendable, CaseIterable {
        case gitKilled, gitTerminated, groupInterrupted, groupHungUp, helperKilled

        func strike(_ command: String, _ processes: Processes) async throws {
            let git = try await processes.appearance(of: "git \(command) ").id
            switch self {
            case .gitKilled: kill(git, SIGKILL)
            case .gitTerminated: kill(git, SIGTERM)
            case .groupInterrupted: kill(-git, SIGINT)
            case .groupHungUp: kill(-git, SIGHUP)
            case .helperKilled: kill(try await processes.appearance(of: "/git-remote-hephy ").id, SIGKILL)
            }
        }
    }

    /// Runs `body` with an empty work tree, what git has to be told, the URL of a repository whose packs stall and the
    /// one where they do not, and what lets go of whoever makes them stall.
    private func with(
        _ transport: Transport,
        _ body: (
            _ work: TestRepository, _ environment: [String: String?], _ stalling: String, _ url: String,
            _ open: () async throws -> Void
        ) async throws -> Void
    ) async throws {
        try await GitFixture.with { fixture in
            let source = try await fixture.repository("source", [TestCommit(["README": "hello\n"])])
            let make = "head -c 3000000 /dev/urandom >big && git add big && git commit -qm big"
            try await fixture.run("sh", "-c", make, in: source.path).check()
            let bare = try await fixture.bareRepository("served/bare.git")
            try await source.git("push", "--quiet", bare.path, "main").check()
            let work = try await fixture.repository("work")
            // The pack is indexed as it comes, in a fetch as in a clone.
            try await work.git("config", "fetch.unpackLimit", "1").check()
            if transport == .http {
                try await GitServer.with(in: fixture) { server in
                    let origin = server.origins["http"] ?? ""
                    try await body(
                        work, [:], "hephy::\(origin)/post-stallpack/bare.git", "hephy::\(origin)/smart/bare.git", {})
                }
                return
            }
            let server = try await SSHServer(in: fixture)
            let gate = fixture.path("gate")
            try await fixture.run(["mkfifo", gate]).check()
            try fixture.write(
                "#!/bin/sh\n[ -p '\(gate)' ] || exec git upload-pack \"$@\"\n"
                    + "git upload-pack \"$@\" | { dd bs=4096 count=30 2>/dev/null; read -r _ <'\(gate)'; }\n",
                to: "programs/upload", executable: true)
            let url = "hephy::forge.example:\(bare.path)"
            try await body(work, server.environment, url, url) {
                try await fixture.run("sh", "-c", "exec 3<>'\(gate)'; echo >&3; rm -f '\(gate)'").check()
            }
        }
    }

    static let deaths = Transport.allCases.flatMap { way in Death.allCases.map { (way, $0) } }

    @Test(arguments: deaths, ["fetch", "clone"])
    func nothingIsLeftAndItCanBeRepeated(_ case: (Transport, Death), _ command: String) async throws {
        let (transport, death) = `case`
        try await with(transport) { work, environment, stalling, url, open in
            let processes = Processes(fixture: work.fixture)
            try await work.git("config", "remote.forge.url", stalling).check()
            try await work.git("config", "remote.forge.fetch", "+refs/heads/*:refs/remotes/forge/*").check()
            let program = transport == .ssh ? ["--upload-pack=" + work.fixture.path("programs/upload")] : []
            let words = [command] + program + (command == "clone" ? [stalling, "copy"] : ["forge"])
            async let running = work.fixture.run(["git"] + words, in: work.path, environment: environment)
            _ = try await processes.appearance(of: "index-pack")
            try await death.strike(command, processes)
            #expect(try await running.status != 0)
            try await processes.end()
            try await open()
            try await work.git("remote", "set-url", "forge", url).check()
            let again = [command] + program + (command == "clone" ? [url, "copy-2"] : ["forge"])
            let ran = try await work.fixture.run(["git"] + again, in: work.path, environment: environment)
            #expect(ran.status == 0, "\(ran)")
            try await processes.end()
        }
    }
}
