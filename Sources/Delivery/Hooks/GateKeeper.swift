import Forge
import Git

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Sees to it that a push that was found green lands, also where the git that has received it ends before it could,
/// as it does when the pusher has gone.
package struct GateKeeper: Sendable {
    private let hold: GateHold
    private let environment: [String: String]

    init(_ hold: GateHold, environment: [String: String]) {
        self.hold = hold
        self.environment = environment
    }

    /// Takes over from the hook, with the lock of the push at descriptor 3.
    ///
    /// - Parameters:
    ///   - folder: the push that was kept.
    ///   - environment: that of the hook.
    package init(folder: String, environment: [String: String]) {
        hold = GateHold(inheritedAt: folder, lock: 3)
        self.environment = environment
    }

    /// Waits for the end of the git that has received the push, and makes it land where that has not.
    package func keep() async {
        for number in [SIGPIPE, SIGHUP, SIGINT, SIGTERM] { signal(number, SIG_IGN) }
        _ = fcntl(hold.lock, F_SETFD, FD_CLOEXEC)
        guard let record = hold.record() else { return }
        let receiver = ProcessIdentity(record.receiver)
        while receiver.isAlive {
            try? await Task.sleep(for: .milliseconds(100))
        }
        await land()
    }

    /// Makes the push land where it has not, by pushing it again; each ref moves only from where it was.
    func land() async {
        defer { hold.remove() }
        guard let surroundings = HookEnvironment(environment), let record = hold.record() else { return }
        var git = GitProgram(environment: environment, directory: surroundings.gitDirectory)
        // The hooks of the repository see what they saw of the pusher; git's own variables are those of another push.
        for name in environment.keys where name.hasPrefix("GIT_") { git.environment[name] = nil }
        for (name, value) in surroundings.variables where name.hasPrefix("GIT_") { git.environment[name] = value }
        guard await !hasLanded(record, git) else { return }
        let alternates = environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? "\(surroundings.gitDirectory)/objects"
        git.environment["GIT_OBJECT_DIRECTORY"] = hold.objects
        git.environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = alternates
        git.environment[GateHold.passVariable] = hold.name
        var arguments = ["push", "--quiet", "--no-verify"]
        for option in record.options { arguments += ["--push-option=\(option)"] }
        for update in record.updates { arguments.append("--force-with-lease=\(update.ref):\(update.old ?? "")") }
        arguments += ["--", surroundings.gitDirectory]
        arguments += record.updates.map { "\($0.new ?? ""):\($0.ref)" }
        _ = try? await git.run(arguments)
    }

    private func hasLanded(_ record: GateHold.Record, _ git: GitProgram) async -> Bool {
        guard let ran = try? await git.run(["for-each-ref", "--format=%(objectname) %(refname)"]) else { return false }
        let lines = String(decoding: ran.standardOutput, as: UTF8.self).split(separator: "\n")
        let refs = Dictionary(
            lines.map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return (String(parts.last ?? ""), String(parts.first ?? ""))
            }, uniquingKeysWith: { $1 })
        return record.updates.allSatisfy { refs[$0.ref] == $0.new }
    }
}

/// A process that is waited for, and not another one that was given its number.
private struct ProcessIdentity {
    private let id: pid_t
    private let start: String?

    init(_ id: pid_t) {
        self.id = id
        start = Self.start(of: id)
    }

    var isAlive: Bool {
        guard kill(id, 0) == 0 || errno == EPERM else { return false }
        return start == nil || Self.start(of: id) == start
    }

    /// When it was started, as /proc tells it; nil where there is none, and for one that is only waited for (proc(5)).
    private static func start(of id: pid_t) -> String? {
        guard let bytes = try? LocalFile.contents(of: "/proc/\(id)/stat") else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return String(fields[19])
    }
}
