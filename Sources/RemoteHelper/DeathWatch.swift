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

/// A shell that ends a child, and what it has started, when this process has gone in whatever way.
///
/// Its input is a pipe that only this process holds open: at its end, whatever brought it about, the shell ends the child.
struct DeathWatch: Sendable {
    /// What the shell does.
    ///
    /// Signals to the whole group must not end it before its turn. A child may be a shell before what connects, which goes
    /// first: as soon as the child itself has gone, this process, if it is there still, sends the watch away.
    private static let script = #"""
        trap "" HUP INT TERM
        read -r _
        children=
        read -r children <"/proc/$1/task/$1/children" || [ -n "$children" ] || children=$(pgrep -P "$1")
        kill -TERM $children "$1"
        """#

    private let shell: ChildProcess
    private let bell: Int32

    /// Nil where no shell can be started.
    init?(over child: pid_t, environment: [String: String]) {
        let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { ProtocolChannel.close(nowhere) }
        guard nowhere >= 0, let life = try? Pipe() else { return nil }
        defer { life.closeReadEnd() }
        let command = ServiceCommand(
            program: "/bin/sh", arguments: ["-c", Self.script, "hephy-watch", "\(child)"].map { Array($0.utf8) },
            environment: environment)
        guard let shell = try? command.start(input: life.readEnd.rawValue, output: nowhere, errors: nowhere) else {
            life.closeWriteEnd()
            return nil
        }
        self.shell = shell
        bell = life.writeEnd.rawValue
    }

    /// Has the child ended now.
    func ring() {
        _ = ProtocolChannel.write([UInt8(ascii: "\n")], to: bell)
    }

    /// Sends the shell away; the child has gone.
    func dismiss() {
        kill(shell.id, SIGKILL)
        _ = shell.wait()
        ProtocolChannel.close(bell)
    }
}
