/// The lines that a pusher has yet to take: complete, without control characters, and no more than are worth keeping.
struct PusherLines {
    /// A line that has not ended yet.
    private var rest: [UInt8] = []
    private var lines: [[UInt8]] = []
    /// Those before it have been sent, and so much of it.
    private var first = 0
    private var sent = 0
    private var size = 0

    /// Beyond this the oldest lines are left out.
    static let sizeLimit = 256 << 10
    /// A line without an end is cut here.
    static let longestLine = 16 << 10

    var isEmpty: Bool { first == lines.count }

    /// Takes raw text of any length.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || rest.count >= Self.longestLine { endLine(evenEmpty: true) }
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
        }
    }

    /// Ends the line that has no end yet.
    mutating func endLine() {
        endLine(evenEmpty: false)
    }

    private mutating func endLine(evenEmpty: Bool) {
        guard evenEmpty || !rest.isEmpty else { return }
        // Of a line that was to be rewritten in place the last state counts.
        var line = rest[...]
        while line.last == UInt8(ascii: "\r") { line.removeLast() }
        if let start = line.lastIndex(of: UInt8(ascii: "\r")) { line = line[(start + 1)...] }
        add(String(decoding: line, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }

    /// Adds a line.
    mutating func add(_ text: String) {
        let line = Array((StandardError.safe(text) + "\n").utf8)
        lines.append(line)
        size += line.count
        if size > Self.sizeLimit { leaveOut() }
    }

    private mutating func leaveOut() {
        // The first may be half way through.
        let kept = sent > 0 ? 1 : 0
        var end = first + kept
        while size > Self.sizeLimit / 2, end < lines.count - 1 {
            size -= lines[end].count
            end += 1
        }
        let count = end - first - kept
        guard count > 0 else { return }
        let note = Array("hephy: \(count) lines are left out here: they came faster than they were read\n".utf8)
        lines.replaceSubrange(first + kept..<end, with: [note])
        size += note.count
    }

    /// The first bytes that are to be sent; some, where it is not empty.
    func next(upTo limit: Int) -> ArraySlice<UInt8> {
        guard first < lines.count else { return [] }
        var piece = lines[first][sent...]
        // Short lines go together.
        for line in lines[(first + 1)...] {
            if piece.count + line.count > limit { break }
            piece += line
        }
        return piece.prefix(limit)
    }

    /// Takes `count` bytes off that were sent.
    mutating func drop(_ count: Int) {
        var left = count
        while left > 0, first < lines.count {
            let length = lines[first].count
            if left < length - sent {
                sent += left
                break
            }
            left -= length - sent
            size -= length
            sent = 0
            first += 1
        }
        if first > 1000 || first == lines.count {
            lines.removeSubrange(..<first)
            first = 0
        }
    }

    mutating func clear() {
        lines.removeAll()
        first = 0
        sent = 0
        size = 0
    }
}
