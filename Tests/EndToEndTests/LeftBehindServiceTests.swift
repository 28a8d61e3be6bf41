import HephyTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Whatever dies in whatever phase of a push over ssh or to this machine: no process of it stays, and it can be repeated.
@Suite(.timeLimit(.minutes(1)), .enabled(if: Processes.areKnown))
struct LeftBehindServiceTests {
    enum Transport: String, Sendable, CaseIterable { case ssh, file }

    /// What the server waits in: before it lists its refs, with the pack half read, or in its hook; or git's own hook.
    enum Phase: String, Sendable, CaseIterable {
        case list, hook, upload, answer

        /// The server's program at the gate; without one it is git's own.
        var program: String? {
            switch self {
            case .list: "wait\nexec git receive-pack \"$@\"\n"
            case .upload: "git receive-pack --advertise-refs \"$@\"\nhead -c 1 >/dev/null\nwait\n"
            case .hook, .answer: nil
            }
        }
    }

    enum Death: String, Sendable, CaseIterable {
        case gitKilled, gitTerminated, groupInterrupted, groupHungUp, helperKilled, terminalClosed, connectionKilled
    }

    /// The work tree with the remote `hephy`, the repository that it leads to, and a gate at which somebody waits.
    private struct Scene {
        let work: TestRepository
        let bare: TestRepository
        let environment: [String: String?]
        var fixture: GitFixture { work.fixture }
        var gate: String { fixture.path("gate") }

        init(_ transport: Transport, _ phase: Phase, in fixture: GitFixture) async throws {
            work = try await fixture.repository("work", [TestCommit(["README": "hello\n"])])
            bare = try await fixture.bareRepository("bare.git")
            var environment: [String: String?] = ["HEPHY_TRIGGER": "none"]
            if transport == .ssh {
                environment.merge(try await SSHServer(in: fixture).environment) { $1 }
            }
            self.environment = environment
            let url = transport == .ssh ? "forge.example:\(bare.path)" : "file://\(bare.path)"
            try await work.git("remote", "add", "hephy", "hephy::\(url)").check()
            try await fixture.run(["mkfifo", gate]).check()
            let head = "#!/bin/sh\nwait() { echo at the gate >&2; touch '\(gate).reached'; read -r _ <'\(gate)'; }\n"
            if let program = phase.program {
                let path = try fixture.write(head + program, to: "programs/receive", executable: true)
                try await work.git("config", "remote.hephy.receivepack", path).check()
            } else {
                let path = phase == .hook ? work.path + "/.git/hooks/pre-push" : bare.path + "/hooks/pre-receive"
                try fixture.write(head + "wait\n", to: path, executable: true)
            }
            // More than the pipes on the way hold.
            let make = "head -c 4000000 /dev/urandom >big && git add big && git commit -qm big"
            if phase == .upload { try await fixture.run("sh", "-c", make, in: work.path).check() }
        }

        /// Lets whoever waits at the gate go on, and from now on everybody passes.
        func open() async throws {
            let hooks = "'\(work.path)/.git/hooks/pre-push' '\(bare.path)/hooks/pre-receive'"
            try await fixture.run("sh", "-c", "exec 3<>'\(gate)'; echo >&3; rm -f \(hooks)").check()
            try await work.git("config", "--unset-all", "remote.hephy.receivepack")
        }

        func push() async throws -> GitFixture.Ran {
            try await fixture.run(["git", "push", "hephy", "main"], in: work.path, environment: environment)
        }

        /// Pushes, and strikes once the gate is reached; gives the status of that push.
        ///
        /// A hook of this machine's outlives what started it without hephy too: it is let go on where `opens` says so.
        func push(until death: Death, opens: Bool, _ processes: Processes) async throws -> Int32 {
            if death == .terminalClosed {
                let screen = try await Terminal.run(
                    ["git", "push", "--progress", "hephy", "main"], in: work.path,
                    keys: [.hangUp(after: "at the gate")], environment: environment, fixture: fixture)
                #expect(screen.unsent == 0, "\(screen.text)")
                if opens { try await open() }
                return screen.status
            }
            async let pushing = push()
            try await eventually("the gate") { access(gate + ".reached", F_OK) == 0 ? () : nil }
            let git = try await processes.appearance(of: "git push ").id
            switch death {
            case .gitKilled: kill(git, SIGKILL)
            case .gitTerminated: kill(git, SIGTERM)
            case .groupInterrupted: kill(-git, SIGINT)
            case .groupHungUp, .terminalClosed: kill(-git, SIGHUP)
            case .helperKilled: kill(try await processes.appearance(of: "/git-remote-hephy ").id, SIGKILL)
            case .connectionKilled: kill(try await processes.appearance(startingWith: "ssh -F ").id, SIGKILL)
            }
            if opens { try await open() }
            return try await pushing.status
        }
    }

    /// On this machine there is no connection beside the server.
    static let deaths = Transport.allCases.flatMap { way in
        Death.allCases.filter { way == .ssh || $0 != .connectionKilled }.map { (way, $0) }
    }

    @Test(arguments: deaths, Phase.allCases)
    func nothingIsLeftAndThePushCanBeRepeated(_ case: (Transport, Death), _ phase: Phase) async throws {
        let (transport, death) = `case`
        try await GitFixture.with { fixture in
            let scene = try await Scene(transport, phase, in: fixture)
            let processes = Processes(fixture: fixture)
            let opens = phase == .hook || phase == .answer && transport == .file
            #expect(try await scene.push(until: death, opens: opens, processes) != 0)
            try await processes.end()
            try await scene.open()
            try await processes.end(naming: scene.bare.path)
            let refs = try await scene.bare.git("for-each-ref").check().output
            // Only a server that has the whole pack may go on without us.
            if phase != .answer { #expect(refs == "") }
            let again = try await scene.push()
            #expect(again.status == 0, "\(again)")
            #expect((again.errors == "Everything up-to-date\n") == !refs.isEmpty, "\(again)")
            #expect(try await scene.bare.commitID("main") == scene.work.commitID("main"))
            try await processes.end()
        }
    }
}
