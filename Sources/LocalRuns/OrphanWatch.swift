import Git
import Subprocess
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Ends what a step has started when this process has gone in a way that leaves it no time to, SIGKILL above all.
///
/// A shell stands by, in a session of its own, whose input is a pipe that only this process holds open: it is told the
/// leader of each step's session, and that the step is over. At the end of the pipe it ends the session that is left.
final class OrphanWatch: Sendable {
    /// What the shell does: SIGKILL follows ten seconds later, as where a run is cancelled.
    private static let script = #"""
        trap "" HUP INT TERM
        leader=
        while read -r word; do leader=$word; done
        [ -n "$leader" ] || exit 0
        kill -TERM "-$leader" 2>/dev/null || exit 0
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            sleep 1
            kill -0 "-$leader" 2>/dev/null || exit 0
        done
        kill -KILL "-$leader" 2>/dev/null
        """#

    /// The pipe's end to write to, in this process, which executes one run alone; -1 where none stands by.
    private static let bell = Atomic<Int32>(-1)

    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    /// Nil where there are no descriptors left: the run can do without.
    init?() {
        guard let ends = try? FileDescriptor.pipe() else { return nil }
        (readEnd, writeEnd) = ends
        for end in [readEnd, writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
        Self.bell.store(writeEnd.rawValue, ordering: .relaxed)
    }

    /// Stands by until the task is cancelled.
    func stand(environment: [String: String]) async {
        var options = PlatformOptions()
        options.createSession = true
        _ = try? await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", Self.script, "hephy-watch"],
            environment: ChildEnvironment(environment).environment, platformOptions: options,
            input: .fileDescriptor(readEnd, closeAfterSpawningProcess: true), output: .discarded, error: .discarded)
        Self.bell.store(-1, ordering: .relaxed)
        try? writeEnd.close()
    }

    /// Tells whose session a step is from now on; nil: nobody's.
    static func note(_ leader: pid_t?) {
        let descriptor = bell.load(ordering: .relaxed)
        guard descriptor >= 0 else { return }
        let line = Array((leader.map { "\($0)" } ?? "").utf8) + [UInt8(ascii: "\n")]
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}
