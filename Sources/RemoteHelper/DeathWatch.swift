import Git
import Subprocess

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

/// Ends a child, and what it has started, when this process has gone in whatever way, or the git that it works for.
///
/// A transport that waits for its server does not notice that nobody waits for it. A shell stands by whose input is a pipe
/// that only this process holds open: at its end, whatever brought it about, the shell ends the child. The kernel's own
/// parent-death signal goes by the thread that has started the child, of which the pool keeps none for ever.
enum DeathWatch {
    /// What the shell does.
    ///
    /// Signals to the whole group must not end it before its turn. A child may be a shell before what connects.
    private static let script = #"""
        trap "" HUP INT TERM
        read -r _
        children=
        read -r children <"/proc/$1/task/$1/children" || [ -n "$children" ] || children=$(pgrep -P "$1")
        kill -TERM "$1" $children
        """#

    /// Stands by until the task is cancelled; where no shell can be started, the end of git alone is seen.
    @concurrent
    static func stand(over child: pid_t, environment: Environment) async {
        if await hasWatched(child, environment) { return }
        await CallingGit.hasGone()
        if !Task.isCancelled { kill(child, SIGTERM) }
    }

    private static func hasWatched(_ child: pid_t, _ environment: Environment) async -> Bool {
        guard let life = try? Pipe() else { return false }
        defer { life.closeWriteEnd() }
        let bell = life.writeEnd.rawValue
        async let _ = ring(bell)
        let watched = try? await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script, "hephy-watch", "\(child)"], environment: environment,
            input: .fileDescriptor(life.readEnd, closeAfterSpawningProcess: true), output: .discarded,
            error: .discarded)
        return watched != nil
    }

    /// Gives the shell its line when git has gone.
    private static func ring(_ bell: Int32) async {
        await CallingGit.hasGone()
        if !Task.isCancelled { _ = ProtocolChannel.write([UInt8(ascii: "\n")], to: bell) }
    }
}
