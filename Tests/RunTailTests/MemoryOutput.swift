import RunTail
import Synchronization

/// Keeps what is printed.
final class MemoryOutput: TailOutput {
    let usesColor: Bool
    let showsStatus: Bool
    private let state = Mutex<(bytes: [UInt8], statuses: [String?])>(([], []))

    init(usesColor: Bool = false, showsStatus: Bool = false) {
        self.usesColor = usesColor
        self.showsStatus = showsStatus
    }

    func write(_ lines: [UInt8]) { state.withLock { $0.bytes += lines } }
    func setStatus(_ text: String?) { state.withLock { $0.statuses.append(text) } }

    var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
    var statuses: [String?] { state.withLock { $0.statuses } }
}
