import Forge
import Git
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The way to whoever pushes: everything that a hook and its children write to standard output and error goes through it.
///
/// It takes what comes at once and passes complete lines on as fast as the other side reads them, so that a pusher who is
/// slow, stuck or gone holds nobody up. No line has a control character: git before 2.55 would pass it on to a terminal,
/// later ones spell it out.
final class PusherChannel: Sendable {
    /// The stream that the hook was started with.
    private let sink: Int32
    /// Where all that is written to standard error arrives.
    private let source: Int32
    private let isClosing = Atomic<Bool>(false)

    /// After so long without a line a sign of life is sent, before a proxy or a firewall takes the connection for dead.
    private static let silence: Duration = .seconds(45)
    /// How long a pusher who takes nothing is waited for at the end.
    private static let patience: Duration = .seconds(5)
    /// What a pipe takes at once when it says that it takes something (PIPE_BUF).
    private static let pieceSize = 4096

    /// Takes standard output and error over; nil where there are no descriptors left for it.
    init?() {
        var ends: (Int32, Int32) = (-1, -1)
        let made = withUnsafeMutableBytes(of: &ends) { space in
            pipe(space.bindMemory(to: Int32.self).baseAddress)
        }
        sink = fcntl(2, F_DUPFD_CLOEXEC, 10)
        source = ends.0
        guard made == 0, sink >= 0 else { return nil }
        _ = fcntl(source, F_SETFD, FD_CLOEXEC)
        dup2(ends.1, 2)
        dup2(ends.1, 1)
        close(ends.1)
    }

    /// Relays for as long as `body` takes, and then what is left.
    func relaying<Result>(_ body: () async -> Result) async -> Result {
        async let relayed: Void = BlockingThread.run { self.relay() }
        let result = await body()
        isClosing.store(true, ordering: .releasing)
        // The last way in is closed, where no child has kept one of its own.
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        dup2(nowhere, 2)
        dup2(nowhere, 1)
        close(nowhere)
        await relayed
        return result
    }

    private func relay() {
        var lines = PusherLines()
        let start = ContinuousClock.now
        // When something was sent last, or the end began.
        var moved = start
        var isGone = false
        var isOver = false
        while !isOver || !lines.isEmpty && moved.duration(to: .now) < Self.patience {
            var entries = [
                pollfd(fd: isOver ? -1 : source, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isGone ? -1 : sink, events: lines.isEmpty ? 0 : Int16(POLLOUT), revents: 0),
            ]
            let isLast = isClosing.load(ordering: .acquiring)
            _ = poll(&entries, 2, 200)
            if !isOver, entries[0].revents != 0 ? !receive(into: &lines) : isLast {
                isOver = true
                moved = .now
                lines.endLine()
            }
            let events = entries[1].revents
            if events & Int16(POLLOUT) != 0 {
                if let count = send(lines.next(upTo: Self.pieceSize)) { lines.drop(count) } else { isGone = true }
                moved = .now
            } else if events != 0 {
                isGone = true
            }
            if isGone { lines.clear() }
            if lines.isEmpty, !isGone, !isOver, moved.duration(to: .now) >= Self.silence {
                lines.add("hephy: still at it, for \(Self.minutes(since: start))")
            }
        }
        close(source)
        close(sink)
    }

    private static func minutes(since start: ContinuousClock.Instant) -> String {
        let seconds = start.duration(to: .now).components.seconds
        return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
    }

    /// Reads what is there; false at the end.
    private func receive(into lines: inout PusherLines) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { space in
            let count = read(source, space.baseAddress, space.count)
            if count > 0 { lines.take(UnsafeRawBufferPointer(rebasing: space[..<count])) }
            return count > 0 || count < 0 && errno == EINTR
        }
    }

    /// Nil where nobody is there to read any more.
    private func send(_ piece: ArraySlice<UInt8>) -> Int? {
        let count = piece.withUnsafeBytes { write(sink, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EINTR || errno == EAGAIN ? 0 : nil
    }
}
