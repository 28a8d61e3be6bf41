import Synchronization

/// Lines that stay, and below them one status line that is rewritten in place.
package final class TerminalOutput: TailOutput {
    private static let erase = Array("\r\u{1b}[K".utf8)

    package let usesColor: Bool
    private let writer: DescriptorWriter
    /// The status line on the screen.
    ///
    /// Held while writing, so that lines of two threads cannot mix with it.
    private let status = Mutex<[UInt8]>([])

    package init(descriptor: Int32, usesColor: Bool = true) {
        writer = DescriptorWriter(descriptor: descriptor)
        self.usesColor = usesColor
    }

    package var showsStatus: Bool { true }

    package func write(_ lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        status.withLock { shown in
            writer.write(shown.isEmpty ? lines : Self.erase + lines + shown)
        }
    }

    package func setStatus(_ text: String?) {
        let line = text.map { Self.fit($0, columns: writer.columns ?? 80) } ?? []
        status.withLock { shown in
            guard line != shown else { return }
            shown = line
            writer.write(Self.erase + line)
        }
    }

    /// Cuts `text` so that it cannot reach the last column, where some terminals wrap.
    ///
    /// Characters beyond ASCII count
    /// as two columns: what they really take differs between terminals.
    private static func fit(_ text: String, columns: Int) -> [UInt8] {
        var line: [UInt8] = []
        var left = columns - 1
        for scalar in text.unicodeScalars {
            left -= scalar.isASCII ? 1 : 2
            if left < 0 { break }
            line.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        }
        return line
    }
}
