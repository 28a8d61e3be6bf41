import Forge
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Reads a pipe until all who write to it have closed it, or a while after the one that counts has ended.
final class PipeReader: Sendable {
    private let descriptor: Int32
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// From now on nothing is waited for longer than `span`.
    func end(after span: Duration) {
        deadline.withLock { $0 = ContinuousClock.now + span }
    }

    /// Blocks; `receive` gets each piece.
    func read(_ receive: ([UInt8]) -> Void) {
        while true {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&wanted, 1, 100)
            if count > 0 {
                guard let piece = try? LocalFile.read(descriptor, upTo: 64 << 10, path: ""), !piece.isEmpty else {
                    return
                }
                receive(piece)
            }
            let isOver = deadline.withLock { $0.map { ContinuousClock.now >= $0 } ?? false }
            if isOver { return }
        }
    }
}
