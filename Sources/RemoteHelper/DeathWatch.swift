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

/// Ends a child when this process has been killed in a way that it cannot see.
///
/// A transport that waits for its server does not notice that nobody waits for it. A shell stands by whose input is a pipe
/// that only this process holds open: at its end, whatever brought it about, the shell ends the child. The kernel's own
/// parent-death signal goes by the thread that has started the child, of which the pool keeps none for ever.
enum DeathWatch {
    /// Stands by until the task is cancelled; a watch that cannot be started holds nothing up.
    @concurrent
    static func stand(over child: pid_t, environment: Environment) async {
        guard let life = try? Pipe() else { return }
        defer { life.closeWriteEnd() }
        // Signals to the whole group must not end it before its turn.
        let script = #"trap "" HUP INT TERM; read -r _; kill -TERM "$1""#
        _ = try? await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script, "hephy-watch", "\(child)"], environment: environment,
            input: .fileDescriptor(life.readEnd, closeAfterSpawningProcess: true), output: .discarded,
            error: .discarded)
    }
}
