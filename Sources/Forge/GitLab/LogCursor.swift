/// How far a job's log has been read, and how its server lets it be read.
struct LogCursor: Sendable {
    enum Mode: Sendable {
        case unknown
        /// `byte_offset` and `byte_limit` count.
        case ranged
        /// The server gives nothing but the whole log.
        case whole
    }

    /// What is kept of the log's end, to find the place again when it was archived.
    static let tailLength = 4096
    private static let headLength = 64

    var mode = Mode.unknown
    /// Bytes handed out so far.
    private(set) var delivered: Int
    /// Where on the server the next byte is.
    var position: Int
    private(set) var head: [UInt8] = []
    private(set) var tail: [UInt8] = []
    /// The whole log's ETag.
    var tag: String?
    /// Whether the log of the finished job has been compared with what was handed out while it ran.
    var isSettled = false
    /// Where who has no token is on the job's page.
    var page = LogPageCursor()

    init(from offset: Int) {
        delivered = offset
        position = offset
        page.known = offset
    }

    /// Takes note of bytes that are handed out.
    mutating func deliver(_ bytes: ArraySlice<UInt8>) {
        if delivered == head.count, head.count < Self.headLength {
            head += bytes.prefix(Self.headLength - head.count)
        }
        delivered += bytes.count
        tail = Array((tail + bytes.suffix(Self.tailLength)).suffix(Self.tailLength))
    }

    /// Takes over what `other`, which began where this one was, has handed out since.
    mutating func follow(_ other: LogCursor) {
        if delivered == 0 { head = other.head }
        tail = Array((tail + other.tail).suffix(Self.tailLength))
        delivered = other.delivered
        position = other.delivered
    }

    /// Whether `bytes`, which were asked for from the middle of the log, are its beginning: a server behind the same
    /// name that does not know offsets.
    func isBeginning(_ bytes: [UInt8]) -> Bool {
        position > 0 && head.count >= 32 && bytes.count >= head.count && bytes.starts(with: head)
    }

    /// What of `archived`, the log from the beginning of ``tail`` on, has not been handed out yet.
    ///
    /// An archived log may hold other bytes near its end than the live one did (gitlab-org/gitlab#452097): then lines
    /// that were handed out are told apart as a whole.
    func news(in archived: [UInt8]) -> [UInt8] {
        if archived.starts(with: tail) { return Array(archived.dropFirst(tail.count)) }
        let feed = UInt8(ascii: "\n")
        var known: [ArraySlice<UInt8>: Int] = [:]
        for line in tail.split(separator: feed, omittingEmptySubsequences: false) {
            known[Self.visible(line), default: 0] += 1
        }
        var news: [UInt8] = []
        for line in archived.split(separator: feed) {
            if let count = known[Self.visible(line)], count > 0 {
                known[Self.visible(line)] = count - 1
            } else {
                news += line + [feed]
            }
        }
        return news
    }

    /// A line without blanks and resets of colours around it.
    private static func visible(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        let reset = Array("\u{1b}[0;m".utf8)
        while true {
            if let first = line.first, first == 0x20 || first == 0x0d {
                line = line.dropFirst()
            } else if line.starts(with: reset) {
                line = line.dropFirst(reset.count)
            } else {
                break
            }
        }
        while let last = line.last, last == 0x20 || last == 0x0d { line = line.dropLast() }
        return line
    }
}
