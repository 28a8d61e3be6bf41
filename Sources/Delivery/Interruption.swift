import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What happens on Ctrl-C once a push has landed: the last words are printed and the process ends, with no request.
///
/// One key press reaches the helper twice, from the terminal and from git, which dies of it; only the first counts.
final class Interruption {
    /// The address of the words, which the handler takes; it may touch nothing that allocates or takes a lock.
    private static let words = Atomic<UInt>(0)
    private static let length = Atomic<Int>(0)
    /// Whether SIGINT means nothing: who pushes to a server does not end what runs on it.
    static let isIgnored = Atomic<Bool>(false)
    /// A second way to standard error, for the words alone.
    private static let terminal = dup(2)
    /// Where everything that other threads still write goes once the words are said.
    private static let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)

    /// From now on until the end of this object, of which there is one at a time, SIGINT prints `lastWords` to standard
    /// error and ends the process with 130.
    init(lastWords: String) {
        guard !Self.isIgnored.load(ordering: .relaxed) else { return }
        let bytes = Array(lastWords.utf8)
        // Never given back: a handler on another thread may be reading it, and there are a few in a process's life.
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        // No child keeps the terminal open; and both are made here, for a handler may not.
        _ = fcntl(Self.terminal, F_SETFD, FD_CLOEXEC)
        _ = Self.nowhere
        Self.length.store(bytes.count, ordering: .releasing)
        Self.words.store(UInt(bitPattern: copy), ordering: .releasing)
        signal(SIGINT) { _ in
            let address = Interruption.words.exchange(0, ordering: .acquiringAndReleasing)
            guard let words = UnsafeRawPointer(bitPattern: address) else { return }
            // Nothing may stand below the last words, whatever another thread is about to say.
            dup2(Interruption.nowhere, 2)
            _ = write(Interruption.terminal, words, Interruption.length.load(ordering: .acquiring))
            _exit(ExitStatus.detached.rawValue)
        }
    }

    /// The last line: what goes on, and how to come back to it.
    ///
    /// - Parameters:
    ///   - text: what stands behind "detached".
    ///   - isErasing: whether a status line may stand where it goes.
    /// - Returns: the line for standard error, its line feed included.
    static func words(_ text: String, erasing isErasing: Bool) -> String {
        "\(isErasing ? "\r\u{1b}[K" : "")hephy: detached; \(text)\n"
    }

    deinit {
        guard !Self.isIgnored.load(ordering: .relaxed) else { return }
        signal(SIGINT, SIG_DFL)
    }
}
