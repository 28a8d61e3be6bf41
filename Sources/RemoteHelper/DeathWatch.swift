import Git

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
    static func stand(over child: pid_t, environment: [String: String]) async {
        let watch = start(over: child, environment)
        await CallingGit.hasGone()
        guard let watch else {
            if !Task.isCancelled { kill(child, SIGTERM) }
            return
        }
        if Task.isCancelled {
            kill(watch.shell.id, SIGKILL)
        } else {
            _ = ProtocolChannel.write([UInt8(ascii: "\n")], to: watch.bell)
        }
        _ = watch.shell.wait()
        ProtocolChannel.close(watch.bell)
    }

    private static func start(
        over child: pid_t, _ environment: [String: String]
    ) -> (shell: ChildProcess, bell: Int32)? {
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { ProtocolChannel.close(nowhere) }
        guard nowhere >= 0, let life = try? Pipe() else { return nil }
        defer { life.closeReadEnd() }
        let command = ServiceCommand(
            program: "/bin/sh", arguments: ["-c", script, "hephy-watch", "\(child)"].map { Array($0.utf8) },
            environment: environment)
        guard let shell = try? command.start(input: life.readEnd.rawValue, output: nowhere, errors: nowhere) else {
            life.closeWriteEnd()
            return nil
        }
        return (shell, life.writeEnd.rawValue)
    }
}
