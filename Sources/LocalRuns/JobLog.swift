import Forge
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The log of one job, to which each line goes with its step and the time.
final class JobLog: Sendable {
    private let path: String
    private let descriptor: Int32
    private let journal: RunJournal
    /// The part of a line that has no end yet.
    private let rest = Mutex<[UInt8]>([])

    /// A line without an end is cut here, so that a program that writes none is seen all the same.
    private static let longestLine = 32 << 10

    /// - Throws: `LocalRunsError.file` when the file cannot be made.
    init(_ path: String, journal: RunJournal) throws(LocalRunsError) {
        self.path = path
        self.journal = journal
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let fault = FileFault(path: path, code: errno)
            journal.note(fault)
            throw .file(fault)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Adds a line of hephy's own.
    func say(_ text: String, step: Int) {
        take(Array("hephy: \(text)\n".utf8), step: step)
    }

    /// Adds what a step has written.
    func take(_ piece: [UInt8], step: Int) {
        rest.withLock { rest in
            var lines: [UInt8] = []
            var start = piece.startIndex
            while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
                lines += LocalLog.stamp(step: step) + rest + piece[start...end]
                rest.removeAll(keepingCapacity: true)
                start = end + 1
            }
            rest += piece[start...]
            if rest.count > Self.longestLine { lines += Self.taken(&rest, step) }
            write(lines)
        }
    }

    /// Ends the line that a step has left without an end.
    func endLine(step: Int) {
        rest.withLock { rest in
            if !rest.isEmpty { write(Self.taken(&rest, step)) }
        }
    }

    private static func taken(_ rest: inout [UInt8], _ step: Int) -> [UInt8] {
        defer { rest.removeAll(keepingCapacity: true) }
        return LocalLog.stamp(step: step) + rest + [UInt8(ascii: "\n")]
    }

    private func write(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, journal.fault == nil else { return }
        do {
            try LocalFile.write(bytes, to: descriptor, path: path)
        } catch {
            journal.note(error)
        }
    }
}
